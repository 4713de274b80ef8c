import { expect } from 'chai';
import { randomBytes } from 'node:crypto';
import { ApplicationStore, APPLICATION_CHANNEL } from '#hub/domain/applications/index.js';
import { MasterKeys } from '#hub/platform/master-keys.js';
import { codeOf } from '../../support/domain-error.ts';
import { freshDatabase, type FreshDatabase } from '../../support/database.ts';
import { People } from '../../support/people.ts';

describe('store of applications', () => {
  let fresh: FreshDatabase;
  let store: ApplicationStore;
  let [orgA, orgB] = ['', ''];
  before(async () => {
    fresh = await freshDatabase();
    store = new ApplicationStore(fresh.database, new MasterKeys(randomBytes(32).toString('base64')));
    const people = new People(fresh.database);
    [orgA, orgB] = [await people.organization('a'), await people.organization('b')];
  });
  after(() => fresh.drop());

  it('gives the secret once, keeps it sealed, and knows it again for the provider', async () => {
    const { application, clientSecret } = await store.create('test', { name: 'App', orgId: orgA, metadata: { redirect_uris: ['https://a.example/'] } });
    expect(clientSecret).to.match(/^gh_app_/);
    expect(application).to.deep.include({ orgId: orgA, name: 'App', enabled: true });
    expect(await store.findRegistered(application.clientId)).to.deep.include({ clientSecret, metadata: { redirect_uris: ['https://a.example/'] } });
    const rows = await fresh.database.withOrganization({ orgId: orgA, actor: 'test' }, (tx) => tx.sql('select a::text as text from application a'));
    expect(JSON.stringify(rows)).not.to.include(clientSecret ?? '?');
  });

  it('gives public applications and those with keys of their own no secret', async () => {
    for (const token_endpoint_auth_method of ['none', 'private_key_jwt'] as const)
      expect((await store.create('test', { name: 'Public', metadata: { token_endpoint_auth_method } })).clientSecret).to.equal(undefined);
  });

  it('shows and changes an application only from where it belongs', async () => {
    const { application } = await store.create('test', { name: 'Of A', orgId: orgA, metadata: {} });
    const { clientId } = application;
    expect([await store.find('test', orgB, clientId), await store.find('test', undefined, clientId)]).to.deep.equal([undefined, undefined]);
    expect(await codeOf(store.update('test', orgB, clientId, { enabled: false }))).to.equal('applications.unknown');
    expect(await codeOf(store.update('test', undefined, clientId, { enabled: false }))).to.equal('applications.unknown');
    expect((await store.list('test', orgB)).map((one) => one.clientId)).not.to.include(clientId);
    const global = await store.create('test', { name: 'Of all', metadata: {} });
    expect(await codeOf(store.update('test', orgA, global.application.clientId, { name: 'Mine now' }))).to.equal('applications.unknown');
  });

  it('keeps what a change does not name, and tells the nodes', async () => {
    const { application } = await store.create('test', { name: 'Before', orgId: orgA, metadata: { first_party: false } });
    const heard = new Promise<string>((resolve) => void fresh.database.listen(APPLICATION_CHANNEL, resolve).then(() => store.update('test', orgA, application.clientId, { name: 'After' })));
    expect(await heard).to.equal(application.clientId);
    expect(await store.find('test', orgA, application.clientId)).to.deep.include({ name: 'After', enabled: true, metadata: { first_party: false } });
    await store.update('test', orgA, application.clientId, { enabled: false });
    expect(await store.findRegistered(application.clientId)).to.equal(undefined);
  });

  it('replaces a secret', async () => {
    const { application, clientSecret } = await store.create('test', { name: 'App', metadata: {} });
    const renewed = await store.renewSecret('test', undefined, application.clientId);
    expect(renewed).not.to.equal(clientSecret);
    expect((await store.findRegistered(application.clientId))?.clientSecret).to.equal(renewed);
    const { application: open } = await store.create('test', { name: 'Public', metadata: { token_endpoint_auth_method: 'none' } });
    expect(await codeOf(store.renewSecret('test', undefined, open.clientId))).to.equal('applications.unknown');
  });

  it('knows each API by one application', async () => {
    const metadata = { api_identifier: 'https://api.example/', api_scopes: ['read'] };
    const { application } = await store.create('test', { name: 'API', orgId: orgA, metadata });
    expect((await store.findApi('https://api.example/'))?.clientId).to.equal(application.clientId);
    expect(await store.findApi('https://other.example/')).to.equal(undefined);
    expect(await codeOf(store.create('test', { name: 'Another', orgId: orgB, metadata }))).to.equal('applications.api_identifier_taken');
  });
});
