import { expect } from 'chai';
import { extendRegistry, loadRegistry } from '#hub/endpoints/scim/schema-registry.js';
import { GROUP, USER, groupBody, newUser, patchBody, userBody } from '../../support/scim-samples.ts';
import { startScimServer, type ScimServer } from '../../support/scim-server.ts';

const BADGE = 'urn:example:params:scim:schemas:extension:badge:2.0:User';

/** Attributes that are called like those of the core schema, and are others. */
const NAMESAKES = {
  id: 'urn:example:params:scim:schemas:extension:namesakes:2.0:User',
  extends: 'User',
  attributes: [
    { name: 'schemas', type: 'string' },
    { name: 'id', type: 'string' },
    { name: 'userName', type: 'string', required: true, caseExact: true },
    { name: 'active', type: 'boolean' },
    { name: 'meta', type: 'complex', subAttributes: [{ name: 'version', type: 'string' }] },
    { name: 'members', type: 'complex', multiValued: true, subAttributes: [{ name: 'value', type: 'string' }] },
    { name: 'groups', type: 'string' },
    { name: 'password', type: 'string', returned: 'never' },
  ],
};

const TEAM = {
  id: 'urn:example:params:scim:schemas:extension:team:2.0:Group',
  extends: 'Group',
  attributes: [
    { name: 'cost', type: 'integer' },
    { name: 'secret', type: 'string', returned: 'never' },
  ],
};

describe('custom SCIM extension over HTTP', () => {
  let hub: ScimServer;

  before(async () => {
    const badge = {
      id: BADGE,
      name: 'Badge',
      extends: 'User',
      attributes: [
        { name: 'number', type: 'integer' as const },
        { name: 'issued', type: 'dateTime' as const, mutability: 'immutable' as const },
        { name: 'secret', type: 'string' as const, returned: 'never' as const, mutability: 'writeOnly' as const },
      ],
    };
    hub = await startScimServer({ registry: extendRegistry(loadRegistry(), [badge, NAMESAKES, TEAM]) });
  });
  after(() => hub.close());
  afterEach(() => expect(hub.defects).to.deep.equal([]));

  it('is announced, checked, kept, changed, filtered and hidden as its schema says', async () => {
    const { acme } = hub;
    expect((await acme.call('GET', `/Schemas/${BADGE}`)).body).to.include({ id: BADGE, name: 'Badge' });
    expect((await acme.call('GET', '/ResourceTypes/User')).text).to.contain(BADGE);
    expect((await acme.call('POST', '/Users', userBody('wrong@example.com', { [BADGE]: { number: 'seven' } }))).body.scimType).to.equal('invalidValue');
    const made = await acme.call('POST', '/Users', userBody('badge@example.com', { [BADGE]: { number: 7, issued: '2030-01-01T00:00:00Z', secret: 'hidden' } }));
    expect(made.status, made.text).to.equal(201);
    expect(made.body).to.deep.include({ schemas: [USER, BADGE], [BADGE]: { number: 7, issued: '2030-01-01T00:00:00Z' } });
    const path = `/Users/${made.body.id}`;
    expect((await acme.call('PATCH', path, patchBody({ op: 'replace', path: `${BADGE}:number`, value: 8 }))).body[BADGE].number).to.equal(8);
    expect((await acme.call('PATCH', path, patchBody({ op: 'replace', path: `${BADGE}:issued`, value: '2031-01-01T00:00:00Z' }))).body.scimType).to.equal('mutability');
    const find = (filter: string) => acme.call('GET', `/Users?filter=${encodeURIComponent(filter)}`);
    expect((await find(`${BADGE}:number gt 7`)).body.totalResults).to.equal(1);
    expect((await find(`${BADGE}:secret eq "hidden"`)).body.scimType).to.equal('invalidFilter');
    expect((await acme.call('GET', `${path}?attributes=${BADGE}:secret`)).text).not.to.contain('hidden');
  });

  it('keeps attributes apart that are called like those of the core schema', async () => {
    const { acme } = hub;
    const { id: urn } = NAMESAKES;
    const own = { schemas: 'a', id: 'b', userName: 'Other', active: false, meta: { version: '7' }, members: [{ value: 'm' }], groups: 'g' };
    const made = await acme.call('POST', '/Users', userBody('namesake@example.com', { [urn]: { ...own, password: 'hidden' } }));
    expect(made.status, made.text).to.equal(201);
    expect(made.body).to.deep.include({ userName: 'namesake@example.com', active: true, [urn]: own });
    const path = `/Users/${made.body.id}`;
    const patch = (...operations: object[]) => acme.call('PATCH', path, patchBody(...operations));
    expect((await patch({ op: 'replace', path: `${urn}:schemas`, value: 'c' }, { op: 'replace', path: `${urn}:id`, value: 'd' })).body[urn]).to.include({ schemas: 'c', id: 'd' });
    const find = async (filter: string): Promise<number> => (await acme.call('GET', `/Users?filter=${encodeURIComponent(filter)}`)).body.totalResults;
    expect([await find(`${urn}:userName eq "Other"`), await find(`${urn}:userName eq "namesake@example.com"`), await find(`${urn}:meta.version eq "7"`), await find(`${urn}:groups eq "g"`)]).to.deep.equal([1, 0, 1, 1]);
    expect((await acme.call('GET', `${path}?attributes=${urn}:id`)).body).to.deep.include({ id: made.body.id, [urn]: { id: 'd' } });
    expect((await acme.call('PUT', path, userBody('namesake@example.com', { [urn]: { userName: 'Other' } }))).body[urn], 'PUT clears').to.deep.equal({ userName: 'Other' });
    const many = Array.from({ length: 501 }, (_, index) => ({ value: String(index) }));
    expect((await patch({ op: 'add', path: `${urn}:members`, value: many })).body.scimType, 'bounded as every other list').to.equal('invalidValue');
    expect((await patch({ op: 'remove', path: `${urn}:userName` })).body.scimType).to.equal('mutability');
    expect((await patch({ op: 'remove', path: urn })).body, 'without the extension nothing is missing').not.to.have.property(urn);
  });

  it('is one of groups as well', async () => {
    const { acme } = hub;
    const { id: urn } = TEAM;
    expect((await acme.call('POST', '/Groups', groupBody('Wrong', [], { [urn]: { cost: 'much' } }))).body.scimType).to.equal('invalidValue');
    const member = await newUser(acme, 'team@example.com');
    const made = await acme.call('POST', '/Groups', groupBody('Team', [member], { [urn]: { cost: 7, secret: 'hidden' } }));
    expect(made.status, made.text).to.equal(201);
    expect(made.body).to.deep.include({ schemas: [GROUP, urn], [urn]: { cost: 7 } });
    const path = `/Groups/${made.body.id}`;
    expect((await acme.call('PATCH', path, patchBody({ op: 'replace', path: `${urn}:cost`, value: 8 }, { op: 'remove', path: 'members' }))).status).to.be.within(200, 204);
    const read = await acme.call('GET', path);
    expect(read.body).to.deep.include({ [urn]: { cost: 8 } }).and.not.to.have.property('members');
    expect((await acme.call('GET', `/Groups?${new URLSearchParams({ filter: `${urn}:cost gt 7`, attributes: `${urn}:cost,${urn}:secret` }).toString()}`)).body.Resources).to.deep.equal([{ schemas: [GROUP, urn], id: made.body.id, [urn]: { cost: 8 } }]);
  });
});
