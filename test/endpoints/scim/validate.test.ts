import { expect } from 'chai';
import * as fc from 'fast-check';
import { STRICT } from '#hub/endpoints/scim/dialects.js';
import type { JsonObject } from '#hub/endpoints/scim/resource-json.js';
import { parseJson } from '#hub/endpoints/scim/resource-json.js';
import { ScimError } from '#hub/endpoints/scim/scim-error.js';
import { applyPatch } from '#hub/endpoints/scim/patch.js';
import { parsePatch } from '#hub/endpoints/scim/patch-request.js';
import { extendRegistry } from '#hub/endpoints/scim/schema-registry.js';
import { validateResource } from '#hub/endpoints/scim/validate.js';
import type { ValidateOptions } from '#hub/endpoints/scim/validate.js';
import { ENTERPRISE, GROUP, USER, refusal, registry } from './samples.js';

const user = (body: object, options?: ValidateOptions): JsonObject => validateResource(registry.user, { schemas: [USER], userName: 'a', ...body }, options);
const messageOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
  return 'nothing was refused';
};

describe('resource validation', () => {
  it('writes every name as the schema does, whatever its case', () => {
    const body = { SCHEMAS: [USER.toUpperCase()], USERNAME: 'a', NAME: { FAMILYNAME: 'F' }, Emails: [{ VALUE: 'e', Type: 'work' }], [ENTERPRISE.toLowerCase()]: { DEPARTMENT: 'D' } };
    expect(validateResource(registry.user, body)).to.deep.equal({ schemas: [USER, ENTERPRISE], userName: 'a', name: { familyName: 'F' }, emails: [{ value: 'e', type: 'work' }], [ENTERPRISE]: { department: 'D' } });
  });

  it('lets the last of several spellings of a name win', () => {
    expect(user({ title: 'a', TITLE: 'b' })['title']).to.equal('b');
    expect(user({ title: 'a', TITLE: null })).not.to.have.property('title');
  });

  it('leaves out what is unassigned: null, "" and empty lists', () => {
    expect(user({ title: null, nickName: '', emails: [], phoneNumbers: [null], ims: [{}], photos: [{ value: '', type: 'photo' }], name: { givenName: '' }, [ENTERPRISE]: { department: null, manager: '' } })).to.deep.equal({ schemas: [USER], userName: 'a' });
  });

  it('ignores what is readOnly or unknown, unless it must be strict', () => {
    const body = { id: 'x', meta: { version: '1' }, groups: [{ value: 'g' }], nothing: { deep: [1] }, 'urn:unknown:2.0:User': { x: 1 }, name: { other: 1, givenName: 'G' } };
    expect(user(body)).to.deep.equal({ schemas: [USER], userName: 'a', name: { givenName: 'G' } });
    for (const unknown of [{ nothing: 1 }, { name: { other: 1 } }, { [ENTERPRISE]: { other: 1 } }]) expect(refusal(() => user(unknown, { strict: true }))).to.equal('invalidValue');
    expect(user({ id: 'x', meta: {} }, { strict: true })).to.deep.equal({ schemas: [USER], userName: 'a' });
  });

  it('refuses a wrong type as invalidValue and names the path', () => {
    const cases: [object, string][] = [
      [{ active: 'maybe' }, 'active must be a boolean'], [{ active: 1 }, 'active'], [{ title: 5 }, 'title must be a string'], [{ title: { a: 1 } }, 'title'], [{ name: 'x' }, 'name must be an object'], [{ emails: { value: 'x' } }, 'emails must be a list'],
      [{ emails: 'x' }, 'emails must be a list'], [{ emails: ['x'] }, 'emails must be an object'], [{ emails: [{ value: 5 }] }, 'emails[0].value must be a string'], [{ emails: [{ value: 'a' }, { value: 'b', primary: 'x' }] }, 'emails[1].primary'],
      [{ [ENTERPRISE]: { department: 7 } }, `${ENTERPRISE}:department`], [{ [ENTERPRISE]: { manager: { value: 7 } } }, `${ENTERPRISE}:manager.value`], [{ [ENTERPRISE]: [] }, ENTERPRISE], [{ x509Certificates: [{ value: '###' }] }, 'x509Certificates[0].value'],
    ];
    for (const [body, words] of cases) {
      expect(refusal(() => user(body)), words).to.equal('invalidValue');
      expect(messageOf(() => user(body))).to.include(words);
    }
  });

  it('wants what is required', () => {
    expect(messageOf(() => validateResource(registry.user, { schemas: [USER] }))).to.equal('userName is required.');
    expect(refusal(() => user({ userName: '' }))).to.equal('invalidValue');
    expect(refusal(() => user({ userName: null }))).to.equal('invalidValue');
    expect(refusal(() => validateResource(registry.group, { schemas: [GROUP] }))).to.equal('invalidValue');
  });

  it('bounds texts and lists, and refuses what the database cannot hold', () => {
    const wrong = [{ userName: 'x'.repeat(513) }, { title: 'x'.repeat(4097) }, { emails: Array.from({ length: 501 }, () => ({ value: 'x' })) }, { title: 'a\0b' }, { name: { givenName: '\ud800' } }, { emails: [{ value: 'x', type: '\udc00' }] }, { profileUrl: `http://${'x'.repeat(9000)}` }, { externalId: 'a\0' }, { password: '\0' }];
    for (const body of wrong) expect(refusal(() => user(body)), JSON.stringify(body).slice(0, 60)).to.equal('invalidValue');
    expect(user({ displayName: '😀'.repeat(256) })['displayName']).to.have.length(512);
  });

  it('allows one primary value', () => {
    expect(refusal(() => user({ emails: [{ value: 'a', primary: true }, { value: 'b', primary: 'True' }] }))).to.equal('invalidValue');
    expect(user({ emails: [{ value: 'a', primary: true }, { value: 'b', primary: false }] })['emails']).to.have.length(2);
  });

  it('reads schemas: the core URN must be there, others may, and it says in the end what is held', () => {
    expect(user({ schemas: [USER, ENTERPRISE, 'urn:unknown'] })['schemas']).to.deep.equal([USER]);
    for (const schemas of [[], [ENTERPRISE], [GROUP], 'x', [1], {}, USER]) expect(refusal(() => user({ schemas })), JSON.stringify(schemas)).to.equal('invalidSyntax');
    expect(validateResource(registry.user, { userName: 'a' })['schemas']).to.deep.equal([USER]);
    expect(refusal(() => validateResource(registry.user, { userName: 'a' }, { dialect: STRICT }))).to.equal('invalidSyntax');
    const legacy = 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group';
    expect(validateResource(registry.group, { schemas: [legacy], displayName: 'G' })['schemas']).to.deep.equal([GROUP]);
    expect(refusal(() => validateResource(registry.user, { schemas: [legacy], userName: 'a' }))).to.equal('invalidSyntax');
  });

  it('understands the dialects, and not when it must be strict', () => {
    const body = { active: 'True', title: ['x'], [ENTERPRISE]: { manager: 'm' }, emails: [{ value: 'a', primary: 'false' }] };
    expect(user(body)).to.deep.include({ active: true, title: 'x', [ENTERPRISE]: { manager: { value: 'm' } }, emails: [{ value: 'a', primary: false }] });
    for (const [key, value] of Object.entries(body)) expect(refusal(() => user({ [key]: value }, { dialect: STRICT })), key).to.equal('invalidValue');
  });

  it('checks every type that a custom extension may have', () => {
    const id = 'urn:example:2.0:Badge';
    const attributes = [
      { name: 'number', type: 'integer' }, { name: 'weight', type: 'decimal' }, { name: 'since', type: 'dateTime' }, { name: 'tags', type: 'string', multiValued: true },
      { name: 'desk', type: 'complex', subAttributes: [{ name: 'floor', type: 'integer', required: true }, { name: 'room', type: 'string' }] },
    ];
    const extended = extendRegistry(registry, [{ id, extends: 'User', required: true, attributes }]);
    const badge = (held: object): unknown => validateResource(extended.user, { schemas: [USER], userName: 'a', [id]: held })[id];
    const right = { number: 7, weight: 1.5, since: '2026-01-31T08:00:00+02:00', tags: ['a', 'b'], desk: { floor: 3 } };
    expect(badge(right)).to.deep.equal(right);
    for (const wrong of [{ number: 1.5 }, { number: 1e300 }, { number: '7' }, { weight: '1' }, { since: 'today' }, { since: 5 }, { tags: [1] }, { tags: 'a' }, { desk: { room: 'x' } }, { desk: { floor: 'x' } }]) expect(refusal(() => badge(wrong)), JSON.stringify(wrong)).to.equal('invalidValue');
    expect(messageOf(() => badge({ number: 1e300 }))).to.include(`${id}:number is beyond its limit`);
    expect(messageOf(() => validateResource(extended.user, { userName: 'a' }))).to.equal(`${id} is required.`);
    expect(messageOf(() => badge({ desk: { room: 'x' } }))).to.equal(`${id}:desk.floor is required.`);
    const patch = (operation: JsonObject): unknown => applyPatch({ schemas: [USER, id], id: '1', userName: 'a', [id]: { desk: { floor: 3, room: 'x' } } }, parsePatch({ Operations: [operation] }), extended.user);
    expect(refusal(() => patch({ op: 'remove', path: `${id}:desk.floor` }))).to.equal('mutability');
    expect(refusal(() => patch({ op: 'remove', path: id }))).to.equal('mutability');
  });

  it('must be an object', () => {
    for (const body of [null, undefined, 1, 'x', true, [], [{}]]) expect(refusal(() => validateResource(registry.user, body))).to.equal('invalidSyntax');
  });

  it('is not touched by __proto__ and constructor', () => {
    const body = parseJson('{"userName":"a","__proto__":{"title":"p"},"constructor":{"prototype":{"x":1}},"name":{"__proto__":{"givenName":"p"},"toString":"x"},"\\u005f_proto__":{"y":1}}');
    expect(validateResource(registry.user, body)).to.deep.equal({ schemas: [USER], userName: 'a' });
    expect({}).not.to.have.property('x');
  });

  it('answers any JSON with a canonical resource or a ScimError, and its own result again with the same', () => {
    const key = fc.constantFrom('userName', 'USERNAME', 'name', 'emails', 'active', ENTERPRISE, 'schemas', 'manager', 'value', 'primary', 'type', 'givenName', '__proto__', 'addresses', 'x509Certificates', 'photos', 'password');
    const leaf = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.boolean(), fc.double(), fc.constantFrom(null, 'True', USER, ENTERPRISE));
    const json = fc.letrec<{ json: unknown }>((tie) => ({ json: fc.oneof({ maxDepth: 4 }, leaf, fc.array(tie('json'), { maxLength: 3 }), fc.dictionary(key, tie('json'), { maxKeys: 4 })) })).json;
    fc.assert(
      fc.property(json, fc.dictionary(key, json), (any, body) => {
        for (const input of [any, { ...body, userName: 'u', schemas: [USER] }]) {
          try {
            const resource = validateResource(registry.user, input);
            expect(validateResource(registry.user, structuredClone(resource))).to.deep.equal(resource);
          } catch (error) {
            expect(error).to.be.instanceOf(ScimError).and.to.have.property('status', 400);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });
});
