import { expect } from 'chai';
import * as fc from 'fast-check';
import { splitMemberOperations, takeMembers } from '#hub/endpoints/scim/member-operations.js';
import type { SplitOperations } from '#hub/endpoints/scim/member-operations.js';
import { parsePatch } from '#hub/endpoints/scim/patch-request.js';
import type { JsonValue } from '#hub/endpoints/scim/resource-json.js';
import { ScimError } from '#hub/endpoints/scim/scim-error.js';
import { validateResource } from '#hub/endpoints/scim/validate.js';
import { GROUP, refusal, registry } from './samples.js';

const split = (...operations: JsonValue[]): SplitOperations => splitMemberOperations(parsePatch({ Operations: operations }), registry.group);
const deltas = (...operations: JsonValue[]): unknown => split(...operations).memberOperations;

describe('member operations', () => {
  it('add members in every spelling', () => {
    const added = [{ kind: 'add', members: [{ value: 'a' }] }];
    for (const operation of [
      { op: 'add', path: 'members', value: [{ value: 'a' }] },
      { op: 'Add', path: 'MEMBERS', value: { Value: 'a' } },
      { op: 'Add', path: 'members', value: [{ $ref: null, value: 'a', display: 'A' }] },
      { op: 'add', path: `${GROUP}:members`, value: ['a', 'a'] },
      { op: 'add', path: 'members', value: 'a' },
      { op: 'add', value: { members: [{ value: 'a' }] } },
      { op: 'add', value: { [`${GROUP}:members`]: [{ value: 'a' }] } },
      { op: 'add', path: GROUP, value: { members: [{ value: 'a' }] } },
      { op: 'add', value: { [GROUP]: { members: [{ value: 'a' }] } } },
    ]) expect(deltas(operation), JSON.stringify(operation)).to.deep.equal(added);
  });

  it('keep what a client says about the type, in the RFC\'s spelling', () => {
    expect(deltas({ op: 'add', path: 'members', value: [{ value: 'a', type: 'user' }, { value: 'g', type: 'Group' }, { value: 'x', type: 'Robot' }] })).to.deep.equal([
      { kind: 'add', members: [{ value: 'a', type: 'User' }, { value: 'g', type: 'Group' }, { value: 'x' }] },
    ]);
  });

  it('remove one or several by id, by filter or by a value that lists them', () => {
    expect(deltas({ op: 'remove', path: 'members[value eq "A"]' })).to.deep.equal([{ kind: 'remove', ids: ['A'] }]);
    expect(deltas({ op: 'Remove', path: `${GROUP}:members[VALUE EQ "a" or value eq "b" or (value eq "a")]` })).to.deep.equal([{ kind: 'remove', ids: ['a', 'b'] }]);
    for (const value of [[{ value: 'a' }, { $ref: null, value: 'b' }], ['a', 'b']]) expect(deltas({ op: 'Remove', path: 'members', value })).to.deep.equal([{ kind: 'remove', ids: ['a', 'b'] }]);
    expect(deltas({ op: 'remove', path: 'members', value: { value: 'a' } })).to.deep.equal([{ kind: 'remove', ids: ['a'] }]);
    expect(deltas({ op: 'remove', path: 'members[value eq "a"]', value: [{ value: 'z' }] })).to.deep.equal([{ kind: 'remove', ids: ['a'] }]);
  });

  it('remove all only when nothing narrows it', () => {
    expect(deltas({ op: 'remove', path: 'members' })).to.deep.equal([{ kind: 'removeAll' }]);
    expect(deltas({ op: 'remove', path: 'members', value: [] })).to.deep.equal([]);
    expect(deltas({ op: 'remove', path: 'members', value: '' })).to.deep.equal([]);
    expect(refusal(() => deltas({ op: 'remove', path: 'members', value: [{ display: 'a' }] }))).to.equal('invalidValue');
    expect(split({ op: 'remove', value: { members: [{ value: 'a' }] } })).to.have.property('memberOperations').that.deep.equals([]);
  });

  it('remove by other conditions, for whoever knows the members', () => {
    const [delta] = split({ op: 'remove', path: 'members[type eq "Group"]' }).memberOperations;
    expect(delta?.kind).to.equal('removeMatching');
    const [narrow] = split({ op: 'remove', path: 'members[value eq "a" and type eq "Group"]' }).memberOperations;
    expect(narrow?.kind).to.equal('removeMatching');
  });

  it('replace all, also by nothing', () => {
    expect(deltas({ op: 'replace', path: 'members', value: [{ value: 'a' }] })).to.deep.equal([{ kind: 'replaceAll', members: [{ value: 'a' }] }]);
    for (const value of [[], null, '']) expect(deltas({ op: 'Replace', value: { members: value } })).to.deep.equal([{ kind: 'replaceAll', members: [] }]);
    expect(deltas({ op: 'add', path: 'members', value: [] })).to.deep.equal([]);
  });

  it('keep their order and leave the rest alone', () => {
    const { memberOperations, rest } = split(
      { op: 'replace', value: { id: 'g', displayName: 'D', members: [{ value: 'a' }] } },
      { op: 'add', path: 'members', value: [{ value: 'b' }] },
      { op: 'replace', path: 'displayName', value: 'E' },
      { op: 'remove', path: 'members[value eq "a"]' },
    );
    expect(memberOperations.map((delta) => delta.kind)).to.deep.equal(['replaceAll', 'add', 'remove']);
    expect(rest).to.deep.equal([{ op: 'replace', path: undefined, value: { id: 'g', displayName: 'D' } }, { op: 'replace', path: 'displayName', value: 'E' }]);
  });

  it('refuse to change a member in place, and ids that cannot be ids', () => {
    for (const path of ['members[value eq "a"].value', 'members.value', 'members[value eq "a"].display']) expect(refusal(() => deltas({ op: 'replace', path, value: 'b' })), path).to.equal('mutability');
    expect(refusal(() => deltas({ op: 'add', path: 'members[value eq "a"]', value: {} }))).to.equal('noTarget');
    for (const value of [[{ display: 'x' }], [5], [{ value: 7 }], [['a']], [{ value: 'a\0' }], [{ value: '\ud800' }], ['x'.repeat(300)], [{ value: { value: 'a' } }]]) {
      expect(refusal(() => deltas({ op: 'add', path: 'members', value })), JSON.stringify(value)).to.equal('invalidValue');
    }
    expect(refusal(() => deltas({ op: 'remove', path: 'members[value eq]' }))).to.equal('invalidFilter');
  });

  it('take five thousand members in one operation', () => {
    const value = Array.from({ length: 5000 }, (_, index) => ({ value: `user-${index}` }));
    const [delta] = split({ op: 'add', path: 'members', value }).memberOperations;
    expect(delta?.kind === 'add' && delta.members.length).to.equal(5000);
  });

  it('end in deltas or a ScimError for any value', () => {
    const paths = fc.constantFrom('members', 'members[value eq "a"]', undefined, 'members.value', 'MEMBERS[type eq "x" or value eq "y"]', 'members[');
    fc.assert(
      fc.property(fc.constantFrom('add', 'remove', 'replace'), paths, fc.jsonValue({ maxDepth: 3 }), (op, path, value) => {
        try {
          split({ op, ...(path === undefined ? {} : { path }), value: value as JsonValue });
        } catch (error) {
          expect(error).to.be.instanceOf(ScimError);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('are taken out of a whole group', () => {
    const group = validateResource(registry.group, { schemas: [GROUP], displayName: 'G', Members: [{ value: 'a', display: 'x' }, { value: 'a' }, { value: 'b', type: 'Group' }] });
    expect(takeMembers(registry.group, group)).to.deep.equal({ members: [{ value: 'a' }, { value: 'b', type: 'Group' }], resource: { schemas: [GROUP], displayName: 'G' } });
    expect(takeMembers(registry.group, { displayName: 'G' }).members).to.equal(undefined);
  });
});
