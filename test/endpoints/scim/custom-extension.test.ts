import { expect } from 'chai';
import { extendRegistry, loadRegistry } from '#hub/endpoints/scim/schema-registry.js';
import { USER, patchBody, userBody } from '../../support/scim-samples.ts';
import { startScimServer, type ScimServer } from '../../support/scim-server.ts';

const BADGE = 'urn:example:params:scim:schemas:extension:badge:2.0:User';

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
    hub = await startScimServer({ registry: extendRegistry(loadRegistry(), [badge]) });
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
});
