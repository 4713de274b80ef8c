import { expect } from 'chai';
import * as fc from 'fast-check';
import { overridesApply, overridesOf, parseRoleOverrides } from '#hub/domain/access/role-overrides.js';
import { DomainError } from '#hub/platform/errors.js';

const faultsOf = (value: unknown): readonly string[] => {
  try {
    parseRoleOverrides(value);
  } catch (error) {
    if (error instanceof DomainError && error.code === 'access.role_overrides_invalid') return error.details['faults'] as readonly string[];
    throw error;
  }
  return [];
};

describe('role overrides', () => {
  it('are trimmed, sorted and freed of repetition', () => {
    expect(parseRoleOverrides({ preserved: [' b', 'a', 'b '], reason: ' audit ', author: '', expires_at: '2030-01-31T13:00:00+01:00' })).to.deep.equal({
      enabled: true,
      preserved: ['a', 'b'],
      suppressed: [],
      reason: 'audit',
      author: null,
      expires_at: '2030-01-31T12:00:00.000Z',
    });
  });

  it('list every fault', () => {
    const faults = faultsOf({ enabled: 'yes', preserved: ['ok', '2nd', 7], suppressed: 'admin', reason: 1, expires_at: '2030-02-30T00:00:00Z', role: 'x' });
    expect(faults).to.have.length(7);
    expect(faults.join()).to.contain('preserved[1] "2nd"');
  });

  it('refuse what is no object', () => {
    for (const value of [null, [], 'x', 1, undefined]) expect(faultsOf(value)).to.have.length(1);
    expect(faultsOf(JSON.parse('{"__proto__": {"enabled": true}}'))).to.have.length(1);
  });

  it('refuse instants without offset or off the calendar', () => {
    for (const text of ['2030-01-31', '2030-01-31T12:00:00', '2030-13-01T00:00:00Z', 'tomorrow', '', 1_900_000_000])
      expect(faultsOf({ expires_at: text }), String(text)).to.have.length(1);
  });

  it('normalise to a form that stays as it is', () => {
    const roles = fc.array(fc.stringMatching(/^ ?[A-Za-z][a-z.:]{0,5} ?$/));
    fc.assert(
      fc.property(roles, roles, fc.string(), (preserved, suppressed, reason) => {
        const once = parseRoleOverrides({ preserved, suppressed, reason: reason.replaceAll('\0', '') });
        expect(parseRoleOverrides(structuredClone(once))).to.deep.equal(once);
      }),
    );
  });

  it('survive anything with a list of faults', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true }), (value) => {
        expect(faultsOf(value)).to.be.an('array');
      }),
    );
  });

  it('count until their expiry, and no longer at that very instant', () => {
    const overrides = parseRoleOverrides({ expires_at: '2030-01-01T00:00:00Z' });
    const end = Date.UTC(2030, 0, 1);
    expect([end - 1, end, end + 1].map((now) => overridesApply(overrides, now))).to.deep.equal([true, false, false]);
    expect(overridesApply(parseRoleOverrides({ enabled: false }), 0)).to.equal(false);
    expect(overridesApply(null, 0)).to.equal(false);
  });

  it('are found in the claims of a membership, and never ignored when they cannot be read', () => {
    expect(overridesOf({})).to.equal(null);
    expect(overridesOf({ role_overrides: null })).to.equal(null);
    expect(overridesOf({ role_overrides: { suppressed: ['admin'] } })?.suppressed).to.deep.equal(['admin']);
    expect(() => overridesOf({ role_overrides: 'x' })).to.throw(DomainError);
  });
});
