import { expect } from 'chai';
import * as fc from 'fast-check';
import { STRICT } from '#hub/endpoints/scim/dialects.js';
import type { JsonObject, JsonValue } from '#hub/endpoints/scim/resource-json.js';
import { extendRegistry } from '#hub/endpoints/scim/schema-registry.js';
import { applyPatch } from '#hub/endpoints/scim/patch.js';
import { parsePatch } from '#hub/endpoints/scim/patch-request.js';
import { ScimError } from '#hub/endpoints/scim/scim-error.js';
import { ENTERPRISE, USER, barbara, patchUser, refusal, registry } from './samples.js';

const after = (operations: JsonValue[], user?: JsonObject): JsonObject => patchUser(operations, user).resource;
const add = (path: string | undefined, value: JsonValue): JsonObject => ({ op: 'add', ...(path === undefined ? {} : { path }), value });
const replace = (path: string | undefined, value: JsonValue): JsonObject => ({ op: 'replace', ...(path === undefined ? {} : { path }), value });
const remove = (path: string | undefined, value?: JsonValue): JsonObject => ({ op: 'remove', ...(path === undefined ? {} : { path }), ...(value === undefined ? {} : { value }) });
const work = { value: 'bjensen@example.com', type: 'work', primary: true };
const home = { value: 'babs@jensen.org', type: 'home' };
const withoutEmails = (): JsonObject => {
  const { emails: _emails, ...rest } = barbara();
  return rest;
};

const managerAfter = (value: JsonValue, path = `${ENTERPRISE}:manager`): JsonValue | undefined => (after([replace(path, value)])[ENTERPRISE] as JsonObject)['manager'];
const parse = (body: unknown): string => refusal(() => parsePatch(body));

describe('PATCH', () => {
  describe('create-on-absent', () => {
    it('creates the value that the filter describes', () => {
      expect(after([replace('emails[type eq "work"].value', 'a@x')], withoutEmails())['emails']).to.deep.equal([{ type: 'work', value: 'a@x' }]);
      expect(after([add('phoneNumbers[type eq "mobile"].value', '+1')])['phoneNumbers']).to.deep.equal([{ type: 'mobile', value: '+1' }]);
      expect(after([add('addresses[type eq "work"].streetAddress', 'Main'), add('addresses[type eq "work"].locality', 'X')])['addresses']).to.deep.equal([
        { type: 'work', streetAddress: 'Main', locality: 'X' },
      ]);
      expect(after([add('emails[type eq "other"]', { value: 'o@x' })])['emails']).to.deep.equal([work, home, { type: 'other', value: 'o@x' }]);
    });

    it('also for primary eq "True", for invented types in their own case, and for several conditions', () => {
      expect(after([replace('roles[primary eq "True"].value', 'admin')])['roles']).to.deep.equal([{ primary: true, value: 'admin' }]);
      expect(after([add('emails[type eq "Sommerhaus"].value', 's@x')], withoutEmails())['emails']).to.deep.equal([{ type: 'Sommerhaus', value: 's@x' }]);
      expect(after([add('ims[type eq "xmpp" and primary eq true].value', 'me')])['ims']).to.deep.equal([{ type: 'xmpp', primary: true, value: 'me' }]);
    });

    it('is noTarget where the filter cannot be turned into a value', () => {
      for (const filter of ['type co "fax"', 'type eq "x" or type eq "y"', 'not (type pr)', 'type ne "work" and value sw "q"', 'value eq "nobody@x"', 'type eq "x" and type eq "y"', 'display pr', 'type eq null']) {
        expect(refusal(() => after([replace(`emails[${filter}].primary`, true)])), filter).to.equal('noTarget');
        expect(refusal(() => after([add(`emails[${filter}]`, { display: 'x' })])), filter).to.equal('noTarget');
      }
      expect(refusal(() => after([replace('emails[type eq "fax"].type', 'pager')]))).to.equal('noTarget');
      expect(refusal(() => patchUser([replace('emails[type eq "fax"].value', 'x')], barbara(), { dialect: STRICT }))).to.equal('noTarget');
    });

    it('creates nothing when there is nothing to set', () => {
      for (const empty of [null, '', []]) expect(patchUser([replace('phoneNumbers[type eq "fax"].value', empty)]).changed).to.equal(false);
    });
  });

  describe('a value without path', () => {
    it('sets each attribute it names, in any case', () => {
      const user = after([replace(undefined, { DISPLAYNAME: 'B', active: false, Name: { GivenName: 'Barb' } })]);
      expect(user).to.include({ displayName: 'B', active: false });
      expect(user['name']).to.deep.equal({ familyName: 'Jensen', givenName: 'Barb' });
    });

    it('lands keys that are paths or URNs in place', () => {
      const user = after([
        add(undefined, {
          'name.familyName': 'J',
          'emails[type eq "work"].value': 'w@x',
          'phoneNumbers[type eq "work"].value': '1',
          [`${ENTERPRISE}:department`]: 'Sales',
          [`${ENTERPRISE}:manager.value`]: '9',
          [`${USER}:title`]: 'Dr.',
        }),
      ]);
      expect(user['name']).to.deep.equal({ familyName: 'J', givenName: 'Barbara' });
      expect(user['emails']).to.deep.equal([{ ...work, value: 'w@x' }, home]);
      expect(user['phoneNumbers']).to.deep.equal([{ type: 'work', value: '1' }]);
      expect(user[ENTERPRISE]).to.deep.equal({ department: 'Sales', manager: { value: '9' } });
      expect(user['title']).to.equal('Dr.');
    });

    it('reads an object under the URN of the core schema as if it stood by itself, and no other value there', () => {
      expect(after([replace(undefined, { [USER.toUpperCase()]: { title: 'Dr.', [USER]: { nickName: 'B' } } })])).to.include({ title: 'Dr.', nickName: 'B' });
      for (const value of [null, 'x', 1, []]) expect(patchUser([replace(undefined, { [USER]: value })]).changed, JSON.stringify(value)).to.equal(false);
    });

    it('merges an extension given as an object under its URN', () => {
      expect(after([replace(undefined, { [ENTERPRISE]: { costCenter: '4', 'manager.value': '7' } })])[ENTERPRISE]).to.deep.equal({ department: 'Tours', costCenter: '4', manager: { value: '7' } });
      expect(after([add(ENTERPRISE, { division: 'D' })])[ENTERPRISE]).to.include({ department: 'Tours', division: 'D' });
    });

    it('may repeat the id that the resource has, and no other', () => {
      expect(after([replace(undefined, { id: '2819c223', displayName: 'New' })])['displayName']).to.equal('New');
      expect(refusal(() => after([replace(undefined, { id: 'other', displayName: 'New' })]))).to.equal('mutability');
    });

    it('cannot repeat the id when it must be strict', () => {
      expect(refusal(() => patchUser([replace(undefined, { id: '2819c223' })], barbara(), { dialect: STRICT }))).to.equal('mutability');
    });

    it('ignores what it does not know and what is readOnly, unless it is to be strict', () => {
      expect(patchUser([replace(undefined, { nothing: 1, 'a b': 2, groups: [{ value: 'g' }], meta: {}, schemas: [], ['__proto__']: { x: 1 }, constructor: 1 })]).changed).to.equal(false);
      expect(refusal(() => patchUser([replace(undefined, { nothing: 1 })], barbara(), { strict: true }))).to.equal('invalidPath');
    });

    it('must be an object', () => {
      for (const value of ['x', 1, true, null, [], [1], [{}, {}]]) expect(refusal(() => after([replace(undefined, value)])), JSON.stringify(value)).to.equal('invalidValue');
    });
  });

  describe('primary', () => {
    it('goes from the others when a new value carries it', () => {
      expect(after([add('emails', [{ value: 'n@x', type: 'other', primary: true }])])['emails']).to.deep.equal([{ ...work, primary: false }, home, { value: 'n@x', type: 'other', primary: true }]);
    });

    it('goes from the others when a path sets it', () => {
      expect(after([replace('emails[type eq "home"].primary', true)])['emails']).to.deep.equal([{ ...work, primary: false }, { ...home, primary: true }]);
      expect(after([replace('emails[type eq "home"]', { value: 'h@x', primary: 'True' })])['emails']).to.deep.equal([{ ...work, primary: false }, { type: 'home', value: 'h@x', primary: true }]);
    });

    it('cannot be on two values', () => {
      const two = [{ value: 'a', primary: true }, { value: 'b', primary: true }];
      expect(refusal(() => after([add('emails', two)]))).to.equal('invalidValue');
      expect(refusal(() => after([replace('emails', two)]))).to.equal('invalidValue');
      expect(refusal(() => after([replace('emails.primary', true)]))).to.equal('invalidValue');
    });
  });

  describe('an operation that changes nothing', () => {
    it('neither duplicates a value nor reports a change', () => {
      const user = barbara();
      for (const operation of [
        add('emails', [work]), add('emails', [{ value: 'BABS@jensen.org', type: 'Home' }]), add('emails', { value: 'babs@jensen.org' }), replace('active', true), replace('active', 'True'), add('displayName', 'Babs Jensen'),
        replace('emails', [home, work].toReversed()), replace('name', { givenName: 'Barbara' }), remove('nickName'), remove('emails[type eq "fax"]'), remove(`${ENTERPRISE}:costCenter`), replace('nickName', ''), add('emails', []),
        replace('emails[type eq "work"].value', 'bjensen@example.com'), replace(undefined, { id: '2819c223', active: true }), replace('schemas', [USER]), replace(`${ENTERPRISE}:manager`, '26118915'),
      ]) {
        const result = patchUser([operation], user);
        expect(result.changed, JSON.stringify(operation)).to.equal(false);
        expect(result.resource).to.equal(user);
      }
    });

    it('is one without operations, too', () => {
      expect(patchUser([]).changed).to.equal(false);
      expect(refusal(() => patchUser([], barbara(), { dialect: STRICT }))).to.equal('invalidSyntax');
    });

    it('is not one that adds and one that removes, though together they change nothing', () => {
      expect(patchUser([add('nickName', 'x'), remove('nickName')]).changed).to.equal(false);
    });
  });

  describe('mutability', () => {
    it('is the refusal of an explicit path to what is readOnly', () => {
      for (const path of ['id', 'meta', 'meta.lastModified', 'groups', 'groups.value', 'groups[value eq "x"]', `${ENTERPRISE}:manager.displayName`]) {
        expect(refusal(() => after([replace(path, 'x')])), path).to.equal('mutability');
        expect(refusal(() => after([remove(path)])), path).to.equal('mutability');
      }
      expect(refusal(() => after([replace('id', '2819c223')]))).to.equal('mutability');
    });

    it('is the refusal of removing what is required, however it is said', () => {
      for (const operation of [remove('userName'), replace('userName', null), replace('USERNAME', ''), replace(undefined, { userName: null }), remove('schemas')]) {
        expect(refusal(() => after([operation])), JSON.stringify(operation)).to.equal('mutability');
      }
    });

    it('lets an immutable attribute be set once', () => {
      const badge = { id: 'urn:example:2.0:Badge', extends: 'User', attributes: [{ name: 'code', type: 'string', mutability: 'immutable' }] };
      const { user: type } = extendRegistry(registry, [badge]);
      const patch = (user: JsonObject, operation: JsonObject): JsonObject => applyPatch(user, parsePatch({ Operations: [operation] }), type).resource;
      const set = patch(barbara(), add(`${badge.id}:code`, 'A'));
      expect(set[badge.id]).to.deep.equal({ code: 'A' });
      expect(patch(set, replace(`${badge.id}:code`, 'A'))).to.equal(set);
      for (const operation of [replace(`${badge.id}:code`, 'B'), remove(`${badge.id}:code`), remove(badge.id), replace(badge.id, { code: 'C' })]) {
        expect(refusal(() => patch(set, operation)), JSON.stringify(operation)).to.equal('mutability');
      }
    });
  });

  describe('add', () => {
    it('appends to lists and merges into complex values', () => {
      expect(after([add('emails', [{ value: 'n@x' }])])['emails']).to.deep.equal([work, home, { value: 'n@x' }]);
      expect(after([add('name', { middleName: 'J' })])['name']).to.deep.equal({ familyName: 'Jensen', givenName: 'Barbara', middleName: 'J' });
    });

    it('completes a value known by its value and type', () => {
      expect(after([add('emails', [{ ...home, display: 'H' }])])['emails']).to.deep.equal([work, { ...home, display: 'H' }]);
    });
  });

  describe('replace', () => {
    it('replaces a list whole, or what a filter selects', () => {
      expect(after([replace('emails', [{ value: 'n@x' }])])['emails']).to.deep.equal([{ value: 'n@x' }]);
      expect(after([replace('emails[type eq "work"]', { value: 'n@x' })])['emails']).to.deep.equal([{ type: 'work', value: 'n@x' }, home]);
      expect(after([replace('emails[value eq "BABS@jensen.org"]', { value: 'n@x' })])['emails']).to.deep.equal([work, { value: 'n@x' }]);
    });

    it('does not clear by saying nothing that is understood', () => {
      for (const operation of [replace('name', {}), replace('name', { unknown: 1 }), replace(`${ENTERPRISE}:manager`, { displayName: 'readOnly' }), replace('emails[type eq "work"]', { unknown: 1 }), add('emails', [{}]), replace(ENTERPRISE, {})]) {
        expect(patchUser([operation]).changed, JSON.stringify(operation)).to.equal(false);
      }
    });

    it('clears with null and with ""', () => {
      for (const empty of [null, '']) {
        expect(after([replace('displayName', empty)])).not.to.have.property('displayName');
        expect(after([replace('name.givenName', empty)])['name']).to.deep.equal({ familyName: 'Jensen' });
        expect(after([replace('name', { givenName: empty })])['name']).to.deep.equal({ familyName: 'Jensen' });
        expect(after([replace('emails[type eq "work"].value', empty)])['emails']).to.deep.equal([home]);
        expect(after([replace('emails', empty)])).not.to.have.property('emails');
        expect(after([replace(`${ENTERPRISE}:department`, empty)])[ENTERPRISE]).to.deep.equal({ manager: { value: '26118915' } });
      }
    });
  });

  describe('remove', () => {
    it('needs a path: without one it is an error and never means all', () => {
      expect(refusal(() => after([remove(undefined)]))).to.equal('noTarget');
      expect(refusal(() => after([remove('')]))).to.equal('noTarget');
      expect(refusal(() => after([remove(undefined, { emails: [work] })]))).to.equal('noTarget');
    });

    it('takes an attribute, a part, selected values, or a part of them', () => {
      expect(after([remove('emails')])).not.to.have.property('emails');
      expect(after([remove('name.givenName')])['name']).to.deep.equal({ familyName: 'Jensen' });
      expect(after([remove('emails[type eq "home"]')])['emails']).to.deep.equal([work]);
      expect(after([remove('emails[type eq "work"].primary')])['emails']).to.deep.equal([{ value: work.value, type: 'work' }, home]);
      expect(after([remove('emails[type eq "work"].value')])['emails']).to.deep.equal([home]);
      expect(after([remove('emails[value pr]')])).not.to.have.property('emails');
    });

    it('takes only what a value lists, and nothing when it lists nothing', () => {
      expect(after([remove('emails', [{ value: 'BABS@jensen.org' }])])['emails']).to.deep.equal([work]);
      expect(after([remove('emails', { value: 'babs@jensen.org', type: 'work' })])['emails']).to.deep.equal([work, home]);
      expect(patchUser([remove('emails', [])]).changed).to.equal(false);
    });

    it('takes an extension, and its URN from schemas', () => {
      const user = after([remove(ENTERPRISE)]);
      expect(user).not.to.have.property(ENTERPRISE);
      expect(user['schemas']).to.deep.equal([USER]);
      expect(after([remove(`${ENTERPRISE}:manager`), remove(`${ENTERPRISE}:department`)])['schemas']).to.deep.equal([USER]);
    });
  });

  describe('dialects', () => {
    it('reads manager as text, object, list, wrapped legacy value, or nothing', () => {
      for (const value of ['7', { value: '7' }, ['7'], [{ value: '7' }], [{ $ref: null, value: '7' }], { value: '7', displayName: 'ignored' }]) expect(managerAfter(value), JSON.stringify(value)).to.deep.equal({ value: '7' });
      expect(managerAfter('7', 'manager')).to.deep.equal({ value: '7' });
      for (const value of ['', null, [], { value: '' }, { value: null }]) expect(managerAfter(value), JSON.stringify(value)).to.equal(undefined);
    });

    it('reads one-element lists for scalars, also wrapped', () => {
      expect(after([replace('displayName', ['N'])])['displayName']).to.equal('N');
      expect(after([replace('displayName', [{ $ref: null, value: 'N' }])])['displayName']).to.equal('N');
      expect(after([replace('active', ['False'])])['active']).to.equal(false);
      expect(refusal(() => after([replace('displayName', ['a', 'b'])]))).to.equal('invalidValue');
    });

    it('reads operation names in any case', () => {
      expect(after([{ op: 'Add', path: 'title', value: 'x' }, { op: 'REPLACE', path: 'title', value: 'y' }, { OP: 'Remove', Path: 'nickName' }])['title']).to.equal('y');
    });
  });

  it('never lets in again whom it only leaves open: active that is cleared stays as it was', () => {
    const inactive = { ...barbara(), active: false };
    for (const operation of [remove('active'), replace('active', null), replace('active', ''), replace(undefined, { active: null }), add(USER, { active: [] })]) {
      expect(patchUser([operation], inactive), JSON.stringify(operation)).to.deep.equal({ resource: inactive, changed: false });
    }
    expect(after([replace('active', true)], inactive)['active']).to.equal(true);
  });

  it('is refused as a whole when one operation is wrong, and never touches what it was given', () => {
    const user = barbara();
    const copy = structuredClone(user);
    expect(refusal(() => after([replace('displayName', 'x'), remove('emails'), replace('nothing', 1)], user))).to.equal('invalidPath');
    after([replace('name.familyName', 'x'), add('emails', [{ value: 'q', primary: true }]), remove(`${ENTERPRISE}:manager`)], user);
    expect(user).to.deep.equal(copy);
  });

  it('is checked as a whole: wrong types and lengths are invalidValue', () => {
    for (const [path, value] of [['active', 'maybe'], ['active', 1], ['displayName', 5], ['displayName', 'x'.repeat(600)], ['title', 'a\0b'], ['title', '\ud800'], ['emails', 'x\0'], ['emails[type eq "work"].primary', 'x'], ['name', 'x'], ['profileUrl', 7]] as const) {
      expect(refusal(() => after([replace(path, value)])), `${path} ${String(value)}`).to.equal('invalidValue');
    }
  });

  it('has a form', () => {
    expect(parse({ Operations: [null] })).to.equal('invalidSyntax');
    expect(parse({ Operations: null })).to.equal('invalidSyntax');
    expect(parse({ schemas: ['urn:x'], Operations: [] })).to.equal('invalidSyntax');
    expect(parse({ Operations: [{ op: 'move', path: 'a', value: 1 }] })).to.equal('invalidSyntax');
    expect(parse({ Operations: [{ op: 'add', path: 5, value: 1 }] })).to.equal('invalidPath');
    expect(parse({ Operations: [{ op: 'add', path: 'a' }] })).to.equal('invalidValue');
    expect(parse({ Operations: Array.from({ length: 5001 }, () => ({ op: 'remove', path: 'a' })) })).to.equal('413');
    for (const body of [null, 1, 'x', [], {}]) expect(parse(body)).to.equal('invalidSyntax');
  });

  it('is bounded in operations and values, so that none is slow', () => {
    const emails = Array.from({ length: 500 }, (_, index) => ({ value: `${index}@x`, type: 'work' }));
    expect(refusal(() => after(Array.from({ length: 1001 }, () => remove('title'))))).to.equal('413');
    expect(refusal(() => after([add('emails', [{ value: 'new@x' }])], barbara({ emails })))).to.equal('invalidValue');
    expect(refusal(() => after([add('emails', [...emails, { value: 'new@x' }])]))).to.equal('invalidValue');
    const start = process.cpuUsage();
    for (const operation of [add('emails', emails), remove('emails[type eq "x"]'), replace('emails[value eq "499@x"].display', '')]) expect(patchUser(Array.from({ length: 100 }, () => operation), barbara({ emails })).changed).to.equal(false);
    expect(process.cpuUsage(start).user).to.be.lessThan(2_000_000);
  });

  it('takes certificates of any size without a slow check', () => {
    const start = process.cpuUsage();
    expect(refusal(() => after([add('x509Certificates', [{ value: `${' '.repeat(65_000)}!` }])]))).to.equal('invalidValue');
    expect(process.cpuUsage(start).user).to.be.lessThan(500_000);
  });

  describe('properties', () => {
    const value = fc.oneof(fc.constantFrom<JsonValue>('x', '', null, true, 'True', 7, [], {}, ['a'], { value: 'v' }, [{ value: 'v', type: 'work' }], [{ value: 'v', primary: true }, { value: 'w' }], { givenName: 'G', familyName: null }, { displayName: 'D', 'emails[type eq "x"].value': 'q' }), fc.jsonValue({ maxDepth: 3 }).map((json) => json as JsonValue));
    const path = fc.constantFrom(undefined, 'displayName', 'userName', 'name', 'name.givenName', 'emails', 'emails.type', 'emails[type eq "work"]', 'emails[type eq "work"].value', 'emails[type eq "new"].value', 'emails[primary eq true].primary', 'emails[value co "x"]', 'addresses[type eq "w"].country', 'active', ENTERPRISE, `${ENTERPRISE}:manager`, `${ENTERPRISE}:manager.value`, 'id', 'schemas', 'nothing', 'x509Certificates', 'password', 'externalId');
    const operation = fc.record({ op: fc.constantFrom('add', 'replace', 'remove', 'Add'), path, value }).map(({ path, ...rest }) => (path === undefined ? rest : { ...rest, path }) as JsonObject);

    it('gives a valid resource or a ScimError for any operations, and never mutates', () => {
      fc.assert(
        fc.property(fc.array(operation, { maxLength: 5 }), (operations) => {
          const user = barbara();
          const copy = structuredClone(user);
          try {
            const { resource } = patchUser(operations, user);
            expect(resource).to.include({ id: '2819c223' });
            expect(resource['userName']).to.be.a('string');
          } catch (error) {
            expect(error).to.be.instanceOf(ScimError).and.to.have.property('status', 400);
          }
          expect(user).to.deep.equal(copy);
        }),
        { numRuns: 1000 },
      );
    });

    it('changes nothing when one add, replace or remove is repeated', () => {
      fc.assert(
        fc.property(operation, (once) => {
          let first: JsonObject;
          try {
            first = patchUser([once]).resource;
          } catch {
            return;
          }
          const isSelfErasing = typeof once['path'] === 'string' && once['path'].includes('[');
          if (!isSelfErasing) expect(patchUser([once], first)).to.deep.equal({ resource: first, changed: false });
        }),
        { numRuns: 1000 },
      );
    });
  });
});
