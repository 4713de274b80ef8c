import { expect } from 'chai';
import { STRICT } from '#hub/endpoints/scim/dialects.js';
import { replaceResource } from '#hub/endpoints/scim/replace-resource.js';
import type { JsonObject } from '#hub/endpoints/scim/resource-json.js';
import { extendRegistry } from '#hub/endpoints/scim/schema-registry.js';
import { validateResource } from '#hub/endpoints/scim/validate.js';
import { USER, barbara, refusal, registry } from './samples.js';

const put = (body: JsonObject, current = barbara()) => replaceResource(registry.user, current, validateResource(registry.user, { schemas: [USER], userName: 'Bjensen@example.com', ...body }));

describe('PUT', () => {
  it('clears what it omits and keeps what is readOnly', () => {
    const { resource, changed } = put({ title: 'x', id: 'other', meta: {} });
    expect(changed).to.equal(true);
    expect(resource).to.deep.equal({ schemas: [USER], userName: 'Bjensen@example.com', title: 'x', id: '2819c223', active: true, meta: barbara()['meta'] });
  });

  it('does not suspend when it omits active, and does not wake up either', () => {
    expect(put({}).resource['active']).to.equal(true);
    expect(put({}, barbara({ active: false })).resource['active']).to.equal(false);
    expect(put({ active: false }).resource['active']).to.equal(false);
    const next = validateResource(registry.user, { schemas: [USER], userName: 'b' });
    expect(replaceResource(registry.user, barbara(), next, STRICT).resource).not.to.have.property('active');
  });

  it('reports no change when it says what is already so', () => {
    expect(put(barbara()).changed).to.equal(false);
  });

  it('keeps what is immutable and refuses another value', () => {
    const badge = { id: 'urn:example:2.0:Badge', extends: 'User', attributes: [{ name: 'code', type: 'string', mutability: 'immutable' }, { name: 'note', type: 'string' }] };
    const { user: type } = extendRegistry(registry, [badge]);
    const current = { schemas: [USER, badge.id], id: '1', userName: 'a', [badge.id]: { code: 'A', note: 'n' } };
    const next = (held: JsonObject): JsonObject => replaceResource(type, current, validateResource(type, { schemas: [USER], userName: 'a', [badge.id]: held })).resource;
    expect(next({ code: 'A' })[badge.id]).to.deep.equal({ code: 'A' });
    expect(next({})).to.deep.include({ schemas: [USER, badge.id], [badge.id]: { code: 'A' } });
    expect(refusal(() => next({ code: 'B' }))).to.equal('mutability');
  });
});
