import { expect } from 'chai';
import { projectionOf } from '#hub/endpoints/scim/projection.js';
import type { JsonObject } from '#hub/endpoints/scim/resource-json.js';
import { extendRegistry } from '#hub/endpoints/scim/schema-registry.js';
import { ENTERPRISE, USER, barbara, registry } from './samples.js';

const shown = (attributes?: string[], excluded?: string[], resource: JsonObject = barbara()): JsonObject => projectionOf(registry.user, attributes, excluded).apply(resource);

describe('projection', () => {
  it('shows everything but what is never returned', () => {
    expect(shown()).to.deep.equal(barbara());
    expect(shown(undefined, undefined, barbara({ password: 'secret' }))).to.deep.equal(barbara());
    expect(shown(['password'], undefined, barbara({ password: 'secret' }))).to.deep.equal({ schemas: barbara()['schemas'], id: '2819c223' });
  });

  it('shows what is asked for, and always schemas and id', () => {
    expect(shown(['USERNAME', ' name.familyname'])).to.deep.equal({ schemas: [USER, ENTERPRISE], id: '2819c223', userName: 'Bjensen@example.com', name: { familyName: 'Jensen' } });
    expect(shown(['emails.type'])['emails']).to.deep.equal([{ type: 'work' }, { type: 'home' }]);
    expect(shown(['emails.type', 'emails'])['emails']).to.deep.equal(barbara()['emails']);
    expect(Object.keys(shown(['nothing']))).to.deep.equal(['schemas', 'id']);
  });

  it('leaves out what is excluded, but never schemas and id', () => {
    const rest = shown(undefined, ['emails', 'name.givenName', 'ID', 'schemas', 'meta', ENTERPRISE]);
    expect(rest).to.deep.equal({ schemas: [USER, ENTERPRISE], id: '2819c223', externalId: 'bjensen', userName: 'Bjensen@example.com', name: { familyName: 'Jensen' }, displayName: 'Babs Jensen', active: true });
  });

  it('reads names with URN, and an extension by its URN alone', () => {
    expect(shown([`${USER}:userName`, `${ENTERPRISE}:manager.value`])).to.deep.include({ userName: 'Bjensen@example.com', [ENTERPRISE]: { manager: { value: '26118915' } } });
    expect(shown([ENTERPRISE.toUpperCase()])[ENTERPRISE]).to.deep.equal(barbara()[ENTERPRISE]);
    expect(shown(undefined, [`${ENTERPRISE}:department`])[ENTERPRISE]).to.deep.equal({ manager: { value: '26118915' } });
  });

  it('says beforehand what need not be loaded', () => {
    expect(projectionOf(registry.group, undefined, ['MEMBERS']).wants('members')).to.equal(false);
    expect(projectionOf(registry.group, ['displayName'], undefined).wants('members')).to.equal(false);
    expect(projectionOf(registry.group, ['members.value'], undefined).wants('members')).to.equal(true);
    expect(projectionOf(registry.group, undefined, undefined).wants('members')).to.equal(true);
  });

  it('shows what is returned on request only when asked', () => {
    const badge = { id: 'urn:example:2.0:Badge', extends: 'User', attributes: [{ name: 'code', type: 'string', returned: 'request' }] };
    const { user: type } = extendRegistry(registry, [badge]);
    const resource = { schemas: [USER], id: '1', userName: 'a', [badge.id]: { code: 'c' } };
    expect(projectionOf(type, undefined, undefined).apply(resource)).not.to.have.property(badge.id);
    expect(projectionOf(type, [`${badge.id}:code`], undefined).apply(resource)).to.have.property(badge.id);
  });
});
