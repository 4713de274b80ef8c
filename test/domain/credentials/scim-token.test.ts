import { expect } from 'chai';
import { checkNewScimToken, isLive, type ScimToken } from '#hub/domain/credentials/index.js';

const NOW = Date.UTC(2030, 0, 1);
const token = (given: Partial<ScimToken>): ScimToken => ({
  orgId: 'o',
  id: 'i',
  connectionId: 'c',
  hint: 'h',
  scopes: ['users'],
  createdBy: 't',
  createdAt: new Date(0),
  expiresAt: null,
  revokedAt: null,
  lastUsedAt: null,
  ...given,
});

describe('a SCIM token', () => {
  it('lives until it is revoked or expires, and not at that very instant', () => {
    expect(isLive(token({}), NOW)).to.equal(true);
    expect(isLive(token({ expiresAt: new Date(NOW + 1) }), NOW)).to.equal(true);
    expect(isLive(token({ expiresAt: new Date(NOW) }), NOW)).to.equal(false);
    expect(isLive(token({ revokedAt: new Date(NOW - 1) }), NOW)).to.equal(false);
  });

  it('is one of two at most; those that are over do not count', () => {
    const over = [token({ revokedAt: new Date(0) }), token({ expiresAt: new Date(0) })];
    expect(() => checkNewScimToken([...over, token({})], null, NOW)).not.to.throw();
    expect(() => checkNewScimToken([...over, token({}), token({})], null, NOW)).to.throw().with.property('code', 'credentials.scim_tokens_live');
    expect(() => checkNewScimToken([], new Date(NOW), NOW)).to.throw().with.property('code', 'credentials.expiry_past');
  });
});
