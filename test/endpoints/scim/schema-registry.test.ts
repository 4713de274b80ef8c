import { expect } from 'chai';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DomainError } from '#hub/platform/errors.js';
import { buildRegistry, extendRegistry, loadRegistry } from '#hub/endpoints/scim/schema-registry.js';
import { validateResource } from '#hub/endpoints/scim/validate.js';
import { ENTERPRISE, USER, registry } from './samples.js';

const badge = {
  id: 'urn:example:scim:2.0:Badge',
  name: 'Badge',
  extends: 'User',
  attributes: [
    { name: 'number', type: 'integer' },
    { name: 'code', type: 'string', caseExact: true, mutability: 'immutable' },
  ],
};

/** The code with which a definition is refused. */
function refused(attributes: unknown, id = badge.id): string {
  try {
    extendRegistry(registry, [{ ...badge, id, attributes }]);
  } catch (error) {
    return error instanceof DomainError ? error.code : String(error);
  }
  return 'nothing was refused';
}

describe('schema registry', () => {
  it('finds attributes by name, part and URN, whatever their case', () => {
    const { paths } = registry.user;
    expect(paths.get('username')?.path).to.equal('userName');
    expect(paths.get('name.familyname')?.path).to.equal('name.familyName');
    expect(paths.get(`${USER}:userName`.toLowerCase())?.path).to.equal('userName');
    expect(paths.get(`${ENTERPRISE}:manager.value`.toLowerCase())?.path).to.equal(`${ENTERPRISE}:manager.value`);
    expect(paths.get('manager')).to.equal(undefined);
    expect(registry.user.barePaths.get('manager')?.extension).to.equal(ENTERPRISE);
  });

  it('knows the characteristics of RFC 7643', () => {
    const { paths } = registry.user;
    expect(paths.get('username')).to.include({ caseExact: false, required: true, uniqueness: 'server', mutability: 'readWrite' });
    expect(paths.get('id')).to.include({ caseExact: true, mutability: 'readOnly', returned: 'always' });
    expect(paths.get('externalid')).to.include({ caseExact: true, mutability: 'readWrite' });
    expect(paths.get('password')).to.include({ mutability: 'writeOnly', returned: 'never' });
    expect(paths.get('meta.lastmodified')).to.include({ type: 'dateTime', mutability: 'readOnly' });
    expect(paths.get('emails')).to.include({ type: 'complex', multiValued: true });
    expect(registry.group.paths.get('members.value')).to.include({ mutability: 'immutable', caseExact: true });
  });

  it('has no attribute that every object has', () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) expect(registry.user.paths.get(name.toLowerCase())).to.equal(undefined);
  });

  it('takes a custom extension from a file that says what it extends', () => {
    const extended = extendRegistry(registry, [badge]);
    expect(extended.user.paths.get('urn:example:scim:2.0:badge:number')?.type).to.equal('integer');
    expect(extended.group.extensions.size).to.equal(0);
    expect(extended.resourceTypeDocuments.find((type) => type.name === 'User')?.schemaExtensions).to.deep.include({ schema: badge.id, required: false });
    const user = validateResource(extended.user, { schemas: [USER], userName: 'a', [badge.id]: { NUMBER: 7, other: 1 } });
    expect(user).to.deep.equal({ schemas: [USER, badge.id], userName: 'a', [badge.id]: { number: 7 } });
  });

  it('finds custom extensions in the folder', () => {
    const folder = mkdtempSync(join(tmpdir(), 'scim-schemas-'));
    try {
      cpSync(join(import.meta.dirname, '../../../../scim-schemas'), folder, { recursive: true });
      writeFileSync(join(folder, 'badge.json'), JSON.stringify(badge));
      expect(loadRegistry(folder).user.extensions.has(badge.id.toLowerCase())).to.equal(true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('refuses definitions that are wrong, repeated or dangerous', () => {
    expect(refused([{ name: 'constructor', type: 'string' }])).to.equal('scim.schema_invalid');
    expect(refused([{ name: 'x', type: 'text' }])).to.equal('scim.schema_invalid');
    expect(refused([{ name: 'x.y', type: 'string' }])).to.equal('scim.schema_invalid');
    expect(refused([{ name: 'x', type: 'complex', subAttributes: [{ name: 'y', type: 'complex' }] }])).to.equal('scim.schema_part_invalid');
    expect(refused([], USER.toUpperCase().replace('URN', 'urn'))).to.equal('scim.schema_repeated');
    expect(() => buildRegistry([], [])).to.throw(DomainError, 'User').with.property('code', 'scim.resource_type_missing');
    const user = registry.resourceTypeDocuments.filter(({ name }) => name === 'User');
    expect(() => buildRegistry([], user)).to.throw(DomainError, USER).with.property('code', 'scim.schema_missing');
  });
});
