import { expect } from 'chai';
import * as fc from 'fast-check';
import { DomainError } from '#hub/platform/errors.js';
import { createExtensionDesk } from '#hub/endpoints/scim/extension-desk.js';
import { extendRegistry } from '#hub/endpoints/scim/schema-registry.js';
import { plant } from '../../support/plant-extension.ts';
import { ENTERPRISE, USER, registry } from './samples.js';

const desk = createExtensionDesk(registry, () => Promise.resolve());
const one = (name: string, more: object = {}): object => ({ name, type: 'string', ...more });

/** Every fault of a definition as `place problem`; the code of a refusal that names none. */
function faults(run: () => void): string[] {
  try {
    run();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const { faults: named } = (error.details ?? {}) as { faults?: { at: string; problem: string }[] };
    return named?.map(({ at, problem }) => `${at} ${problem}`) ?? [error.code];
  }
  return [];
}
const declared = (definition: object, others: readonly object[] = []): string[] => faults(() => desk.check(others, { ...plant, ...definition }));
const change = (after: object | undefined, use: { held: boolean; missing: boolean }, before: object | undefined = plant): string[] =>
  faults(() => desk.assertRoomForChange(before, after === undefined ? undefined : { ...plant, ...after }, use));
const without = (name: string): object[] => plant.attributes.filter((attribute) => attribute.name !== name);

describe('an extension that an organization declares', () => {
  it('is taken when nothing stands against it', () => {
    expect(declared({})).to.deep.equal([]);
    expect(declared({ extends: 'Group' })).to.deep.equal([]);
    expect(declared({}, [{ ...plant, id: `${plant.id}2` }])).to.deep.equal([]);
    // as Microsoft's documentation names extensions of customers
    expect(declared({ id: 'urn:ietf:params:scim:schemas:extension:CustomExtensionName:2.0:User' })).to.deep.equal([]);
  });

  it('may not take a URN of SCIM, of the installation or of another schema, in any case', () => {
    const reserved = [USER, ENTERPRISE, USER.replace('user', 'USER'), `${USER}:userName`, 'urn:ietf:params:scim:api:messages:2.0:PatchOp', 'urn:ietf:params:scim:schemas:core:2.0:Device'];
    for (const id of reserved) expect(declared({ id }), id).to.deep.equal(['/id is a URN of SCIM itself or of this installation']);
    expect(declared({ id: plant.id.replace('plant', 'PLANT') }, [plant])).to.deep.equal(['/id is declared already, perhaps in another case']);
    expect(declared({ id: `${plant.id}:costCode` }, [plant])).to.deep.equal([`/id makes ${plant.id}:costCode the name of a schema and of an attribute at once`]);
    expect(declared({}, [{ ...plant, id: `${plant.id}.badges.type` }])).to.deep.equal([`/id makes ${plant.id}.badges.type the name of a schema and of an attribute at once`]);
    for (const id of ['urn:x', 'urn:a:b', 'urn:example:', 'urn:example:x.', `urn:example:${'x'.repeat(300)}`]) expect(declared({ id }), id).to.deep.equal(['/id must be a URN of letters, digits, “-”, “.”, “_” and “:”']);
  });

  it('is told every fault of its attributes by place', () => {
    expect(declared({ extends: 'Device' })).to.deep.equal(['/extends must be User or Group']);
    expect(declared({ attributes: [one('code'), one('CODE'), { ...one('parts'), type: 'complex' }, one('simple', { subAttributes: [one('x')] })] })).to.deep.equal([
      '/attributes/1/name CODE is used twice; names compare without regard to case',
      '/attributes/2/subAttributes must name the parts of a complex attribute',
      '/attributes/3/subAttributes does not belong to an attribute of type string',
    ]);
    const parts = { ...one('parts'), type: 'complex', subAttributes: [one('a'), one('A'), one('pin', { mutability: 'writeOnly' })] };
    expect(declared({ attributes: [parts] })).to.deep.equal([
      '/attributes/0/subAttributes/1/name A is used twice; names compare without regard to case',
      '/attributes/0/subAttributes/2/returned must be never where mutability is writeOnly',
    ]);
  });

  it('has no name that every object has, and no name that is none', () => {
    for (const name of ['constructor', 'toString', 'hasOwnProperty', '__proto__', 'a.b', 'a b', '', 'ä', 'x'.repeat(65)]) {
      expect(declared({ attributes: [one(name)] }), name).to.deep.equal(['scim.schema_invalid']);
      expect(declared({ attributes: [{ ...one('parts'), type: 'complex', subAttributes: [one(name)] }] }), name).to.deep.equal(['scim.schema_part_invalid']);
    }
  });

  it('is bounded in number, attributes and length', () => {
    const many = (count: number): object[] => Array.from({ length: count }, (_, index) => one(`a${index}`));
    expect(declared({ attributes: many(200) })).to.deep.equal([]);
    expect(declared({ attributes: many(10_000) })).to.deep.include('/attributes has 10000 attributes with their parts, more than 200');
    expect(declared({ attributes: [{ ...one('parts'), type: 'complex', subAttributes: many(200) }] })).to.deep.equal(['/attributes has 201 attributes with their parts, more than 200']);
    expect(declared({ description: 'x'.repeat(70_000) })).to.deep.equal(['/ is longer than 65536 characters']);
    const twenty = Array.from({ length: 20 }, (_, index) => ({ ...plant, id: `${plant.id}${index}` }));
    expect(declared({}, twenty)).to.deep.equal(['/ is one schema more than the 20 that an organization may have']);
  });
});

describe('a definition of whatever form', () => {
  const name = fc.oneof(fc.constantFrom('a', 'A', 'b', '$ref', 'constructor', '__proto__', 'valueOf'), fc.string({ maxLength: 5 }));
  const characteristics = { name, type: fc.constantFrom('string', 'complex', 'integer', 'text'), mutability: fc.constantFrom('readWrite', 'writeOnly', 'x'), returned: fc.constantFrom('default', 'never'), multiValued: fc.boolean() };
  const part = fc.record(characteristics, { requiredKeys: ['name', 'type'] });
  const attribute = fc.record({ ...characteristics, subAttributes: fc.oneof(fc.array(part, { maxLength: 3 }), fc.jsonValue()) }, { requiredKeys: ['name', 'type'] });
  const definition: fc.Arbitrary<unknown> = fc.record({ id: fc.oneof(fc.constantFrom(plant.id, USER, ENTERPRISE, `${plant.id}:a`), fc.string()), extends: fc.constantFrom('User', 'Group', 'x'), attributes: fc.array(fc.oneof(attribute, fc.jsonValue()), { maxLength: 4 }) });

  it('is refused as a DomainError, or makes a registry in which each of its attributes has its own path', () => {
    let taken = 0;
    fc.assert(
      fc.property(fc.oneof<fc.WeightedArbitrary<unknown>[]>({ weight: 4, arbitrary: definition }, { weight: 1, arbitrary: fc.jsonValue() }), (value) => {
        if (faults(() => desk.check([], value)).length > 0) return;
        taken += 1;
        const extended = extendRegistry(registry, [value]);
        const { id, extends: type, attributes } = value as { id: string; extends: string; attributes: { name: string }[] };
        const { paths } = type === 'Group' ? extended.group : extended.user;
        expect(new Set(attributes.map((each) => paths.get(`${id}:${each.name}`.toLowerCase())))).to.have.property('size', attributes.length);
      }),
      { numRuns: 300, examples: [[plant]] },
    );
    expect(taken).to.be.greaterThan(0);
  });
});

describe('a change of a declared extension', () => {
  const [unused, used] = [{ held: false, missing: true }, { held: true, missing: true }];
  const [costCode, badges] = plant.attributes;

  it('is free while no resource holds values', () => {
    expect(change(undefined, unused)).to.deep.equal([]);
    expect(change({ attributes: [one('other', { required: true })] }, unused)).to.deep.equal([]);
  });

  it('keeps declared what resources hold', () => {
    expect(change(undefined, used)).to.deep.equal(['/ cannot be removed while resources hold values of it']);
    expect(change({ extends: 'Group' }, used)).to.deep.equal(['/extends must stay User while resources hold values of it']);
    expect(change({ id: plant.id.toUpperCase().replace('URN', 'urn') }, used)).to.deep.equal([`/id must be spelled ${plant.id} while resources hold values of it`]);
    expect(change({ attributes: without('note') }, used)).to.deep.equal(['/attributes must keep note, in this spelling']);
    expect(change({ attributes: [{ ...costCode, type: 'integer', multiValued: true }, ...without('costCode')] }, used)).to.deep.equal([
      '/attributes/0/type must stay string',
      '/attributes/0/multiValued must stay false',
    ]);
    expect(change({ attributes: [{ ...badges, subAttributes: badges.subAttributes.slice(1) }, ...without('badges')] }, used)).to.deep.equal(['/attributes/0/subAttributes must keep value, in this spelling']);
  });

  it('requires nothing that resources may lack', () => {
    expect(change({ attributes: [...plant.attributes, one('other', { required: true })] }, used)).to.deep.equal(['/attributes/5/required cannot become true']);
    expect(change({ required: true }, unused)).to.deep.equal(['/required cannot be true while there is a User without it']);
    expect(faults(() => desk.assertRoomForChange(undefined, { ...plant, required: true }, unused))).to.deep.equal(['/required cannot be true while there is a User without it']);
    expect(change({ required: true }, { held: true, missing: false })).to.deep.equal([]);
  });

  it('may add, widen and hide', () => {
    const wider = plant.attributes.map((attribute) => ({ ...attribute, required: false, description: 'New words.' }));
    expect(change({ attributes: [...wider, one('other', { returned: 'never' })] }, used)).to.deep.equal([]);
  });
});
