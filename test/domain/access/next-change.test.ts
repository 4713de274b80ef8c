import { expect } from 'chai';
import { nextChange, parseRoleOverrides, type RoleGrant } from '#hub/domain/access/index.js';

const NOW = Date.UTC(2030, 0, 1);
const grant = (expiresAt: number | null): RoleGrant => ({ role: 'admin', cause: 'manual', causeRef: '', expiresAt });
const overrides = (enabled: boolean) => parseRoleOverrides({ enabled, suppressed: ['admin'], expires_at: '2030-01-02T00:00:00Z' });

describe('the next change of roles by time alone', () => {
  it('is the earliest expiry still to come', () => {
    expect(nextChange([grant(NOW - 1), grant(null), grant(NOW + 20), grant(NOW + 10)], null, NOW)).to.equal(NOW + 10);
  });

  it('is also the end of an override that counts', () => {
    expect(nextChange([grant(null)], overrides(true), NOW)).to.equal(Date.UTC(2030, 0, 2));
    expect(nextChange([], overrides(false), NOW)).to.equal(null);
  });

  it('is never when nothing expires or everything has', () => {
    expect([nextChange([], null, NOW), nextChange([grant(NOW)], null, NOW), nextChange([grant(null)], null, NOW)]).to.deep.equal([null, null, null]);
  });
});
