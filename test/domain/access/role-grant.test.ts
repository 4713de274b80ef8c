import { expect } from 'chai';
import * as fc from 'fast-check';
import { diffGrants, sortGrants, type RoleGrant } from '#hub/domain/access/role-grant.js';

const grant = (role: string, expiresAt: number | null = null): RoleGrant => ({ role, cause: 'manual', causeRef: '', expiresAt });
const grants = fc.array(
  fc.record<RoleGrant>({
    role: fc.constantFrom('a', 'b', 'a.b'),
    cause: fc.constantFrom('mapping', 'manual'),
    causeRef: fc.constantFrom('', 'x', '","'),
    expiresAt: fc.constantFrom(null, 1, 2),
  }),
);
const keyOf = ({ role, cause, causeRef }: RoleGrant): string => JSON.stringify([role, cause, causeRef]);

describe('difference of grants', () => {
  it('leads from the one set of rows to the other by deleting and then inserting', () => {
    fc.assert(
      fc.property(grants, grants, (previous, next) => {
        const { add, remove } = diffGrants(previous, next);
        const gone = new Set(remove.map(keyOf));
        const kept = sortGrants(previous).filter((it) => !gone.has(keyOf(it)));
        const keys = [...kept, ...add].map(keyOf);
        expect(new Set(keys).size).to.equal(keys.length);
        expect(sortGrants([...kept, ...add])).to.deep.equal(sortGrants(next));
      }),
    );
  });

  it('touches nothing when nothing changed', () => {
    fc.assert(
      fc.property(grants, (list) => {
        expect(diffGrants(list, list.toReversed())).to.deep.equal({ add: [], remove: [] });
      }),
    );
  });

  it('replaces a row whose expiry changed', () => {
    expect(diffGrants([grant('a', 1)], [grant('a', 2), grant('b')])).to.deep.equal({ add: [grant('a', 2), grant('b')], remove: [grant('a', 1)] });
  });

  it('counts the longer one of two that differ in expiry alone', () => {
    expect(sortGrants([grant('a', 1), grant('a', 2)])).to.deep.equal([grant('a', 2)]);
    expect(sortGrants([grant('a', null), grant('a', 2)])).to.deep.equal([grant('a', null)]);
  });
});
