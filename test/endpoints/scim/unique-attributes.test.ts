import { expect } from 'chai';
import * as fc from 'fast-check';
import { buildRegistry, extendRegistry } from '#hub/endpoints/scim/schema-registry.js';
import type { JsonObject } from '#hub/endpoints/scim/resource-json.js';
import { claimsOf, uniqueChangeOf, type UniqueVocabulary } from '#hub/endpoints/scim/unique-attributes.js';
import { DomainError } from '#hub/platform/errors.js';
import { BADGE, ROOM, badge, room } from '../../support/badge-extension.ts';
import { plant } from '../../support/plant-extension.ts';
import { USER, registry } from './samples.js';

const vocabulary = extendRegistry(registry, [badge, room]).unique as UniqueVocabulary;
const claims = (own: JsonObject, kind: 'User' | 'Group' = 'User', urn = BADGE) => claimsOf(kind, vocabulary.attributes.get(kind) ?? [], { schemas: [USER], [urn]: own });
const digests = (own: JsonObject): string[] => claims(own).map(({ digest }) => digest);
const refused = (definition: object): string => {
  try {
    extendRegistry(registry, [definition]);
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
  return 'accepted';
};

const markOf = (...definitions: object[]): string | undefined => extendRegistry(registry, definitions).unique?.mark;
const extension = (...attributes: object[]): object => ({ ...badge, attributes });
const change = (before: JsonObject | undefined, after: JsonObject) => uniqueChangeOf(vocabulary, 'User', before && { [BADGE]: before }, { [BADGE]: after });

describe('unique values of a resource', () => {
  it('are none where nothing is declared unique, which is so of the shipped schemas', () => {
    expect(registry.unique).to.equal(undefined);
    expect(extendRegistry(registry, [plant]).unique).to.equal(undefined);
    expect(buildRegistry([...registry.schemas.values()], registry.resourceTypeDocuments).unique).to.equal(undefined);
  });

  it('are of attributes, lists and parts that are unique, each once, and of nothing else', () => {
    const found = claims({ number: 'N', passport: 'P', keys: ['a', 'A', 'b'], cards: [{ value: 'c', type: 'x' }, { type: 'x' }, { value: 'd' }], desk: 0, note: 'n' });
    expect(found.map(({ attribute }) => attribute.slice(BADGE.length + 1)).toSorted()).to.deep.equal(['cards.value', 'cards.value', 'desk', 'keys', 'keys', 'number', 'passport']);
    expect(found.filter(({ wide }) => wide).map(({ attribute }) => attribute)).to.deep.equal([`${BADGE}:passport`]);
    expect(claims({ number: 'N' }, 'Group', ROOM)).to.deep.equal([]);
    expect(claims({ door: 'N' }, 'Group', ROOM)).to.have.length(1);
  });

  it('are none of what is absent, null, empty, of a wrong type, or only inherited', () => {
    expect(digests({ number: null, keys: [], cards: [null, 'x', {}], since: 'yesterday', desk: '1', serial: { value: 'x' } })).to.deep.equal([]);
    expect(claimsOf('User', vocabulary.attributes.get('User') ?? [], { [BADGE]: 'text' })).to.deep.equal([]);
    expect(claimsOf('User', vocabulary.attributes.get('User') ?? [], {})).to.deep.equal([]);
  });

  it('are the same without regard to case unless case matters, and as moments whatever the zone', () => {
    expect(digests({ number: 'Ä1' })).to.deep.equal(digests({ number: 'a\u03081' })).and.to.have.length(1);
    expect(digests({ serial: 'a' })).not.to.deep.equal(digests({ serial: 'A' }));
    expect(digests({ since: '2030-01-01T00:00:00Z' })).to.deep.equal(digests({ since: '2030-01-01T01:00:00+01:00' })).and.to.have.length(1);
    expect(digests({ number: 'x' })).not.to.deep.equal(digests({ serial: 'x' }));
    expect(digests({ number: 'x'.repeat(1_000_000) })[0]).to.have.length(64);
  });

  it('of a change are what is new and what goes, and nothing where all stays', () => {
    expect(change({ number: 'a', note: 'x' }, { number: 'A', note: 'y' })).to.equal(undefined);
    expect(change(undefined, { note: 'y' })).to.equal(undefined);
    const swapped = change({ keys: ['a', 'b'] }, { keys: ['b', 'c'] });
    expect(swapped?.claim.map(({ digest }) => digest)).to.deep.equal(digests({ keys: ['c'] }));
    expect(swapped?.release.map(({ digest }) => digest)).to.deep.equal(digests({ keys: ['a'] }));
  });

  it('taken up and given up turn what was held into what is held', () => {
    const list = fc.array(fc.constantFrom('a', 'B', 'b', 'c', 'd', '__proto__'));
    fc.assert(
      fc.property(list, list, (before, after) => {
        const change = uniqueChangeOf(vocabulary, 'User', { [BADGE]: { keys: before } }, { [BADGE]: { keys: after } });
        const held = new Set(digests({ keys: before }));
        for (const { digest } of change?.release ?? []) expect(held.delete(digest)).to.equal(true);
        for (const { digest } of change?.claim ?? []) expect(held.has(digest) || !held.add(digest)).to.equal(false);
        expect([...held].toSorted()).to.deep.equal(digests({ keys: after }));
      }),
    );
  });

  it('are read from what the directory keeps as from the resource itself', () => {
    const resource = { schemas: [USER], [BADGE]: { number: 'é', keys: ['k'] } };
    expect(vocabulary.claimsOf('User', JSON.stringify(resource))).to.deep.equal(claims(resource[BADGE]));
    expect(vocabulary.kinds.get('User')).to.deep.equal([`"${BADGE}":`]);
  });

  it('have another mark where anything about them is another, and the same one wherever nothing is', () => {
    const wider = { ...badge, attributes: badge.attributes.map((one) => (one.name === 'number' ? { ...one, uniqueness: 'global' } : one)) };
    const exact = { ...badge, attributes: badge.attributes.map((one) => (one.name === 'number' ? { ...one, caseExact: true } : one)) };
    expect(new Set([markOf(badge), markOf(room), markOf(badge, room), markOf(wider), markOf(exact)]).size).to.equal(5);
    expect(markOf(room, badge)).to.equal(markOf(badge, room));
    expect(markOf({ ...badge, attributes: badge.attributes.toReversed(), description: 'new' }, plant)).to.equal(markOf(badge));
  });

  it('cannot be of a complex attribute as a whole, nor of one that is never returned', () => {
    const parts = [{ name: 'value', type: 'string' }];
    expect(refused(extension({ name: 'cards', type: 'complex', uniqueness: 'server', subAttributes: parts }))).to.equal('scim.schema_uniqueness');
    expect(refused(extension({ name: 'pin', type: 'string', returned: 'never', uniqueness: 'global' }))).to.equal('scim.schema_uniqueness');
    expect(refused(extension({ name: 'cards', type: 'complex', subAttributes: [{ ...parts[0], mutability: 'writeOnly', uniqueness: 'server' }] }))).to.equal('scim.schema_uniqueness');
    expect(refused(extension({ name: 'cards', type: 'complex', uniqueness: 'none', subAttributes: [{ ...parts[0], uniqueness: 'server' }] }))).to.equal('accepted');
  });
});
