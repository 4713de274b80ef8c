import { expect } from 'chai';
import { startAdminServer, type AdminServer } from '../../support/admin-server.ts';

const metadata = { redirect_uris: ['https://app.example/callback'] };

describe('applications of the administration API', () => {
  let server: AdminServer;
  before(async () => {
    server = await startAdminServer();
    for (const slug of ['acme', 'other']) await server.call('POST', '/admin/organizations', { slug });
  });
  after(async () => {
    expect(server.defects).to.deep.equal([]);
    await server.close();
  });

  it('are registered with a secret that is shown once', async () => {
    const created = await server.call('POST', '/admin/applications', { name: 'Portal', metadata });
    expect(created.status, created.text).to.equal(201);
    const { client_id: id, client_secret: secret } = created.body;
    expect((await server.dependencies.applications.findRegistered(id))?.clientSecret).to.equal(secret);
    const shown = await server.call('GET', `/admin/applications/${id}`);
    expect(shown.body).to.deep.include({ client_id: id, name: 'Portal', organization: null, enabled: true, metadata });
    expect(shown.text + (await server.call('GET', '/admin/applications')).text).not.to.include(secret);
    const events = await server.dependencies.trail.latest(undefined, { action: 'application', limit: 5 });
    expect(JSON.stringify(events)).to.include(id).and.not.to.include(secret);
  });

  it('without a secret are public', async () => {
    const { body } = await server.call('POST', '/admin/applications', { name: 'Mobile', metadata: { redirect_uris: ['com.example.app:/callback'], application_type: 'native', token_endpoint_auth_method: 'none' } });
    expect(body).to.have.property('client_id');
    expect(body).not.to.have.property('client_secret');
  });

  it('of an organization are seen and changed only from there', async () => {
    const { client_id: id, organization } = (await server.call('POST', '/admin/applications', { name: 'Own', organization: 'acme', metadata })).body;
    expect(organization).to.equal('acme');
    expect((await server.call('GET', `/admin/applications/${id}?organization=acme`)).status).to.equal(200);
    for (const place of ['', '?organization=other']) {
      expect((await server.call('GET', `/admin/applications/${id}${place}`)).status).to.equal(404);
      expect((await server.call('PATCH', `/admin/applications/${id}${place}`, { enabled: false })).status).to.equal(404);
      expect((await server.call('POST', `/admin/applications/${id}/secret${place}`)).status).to.equal(404);
    }
    const disabled = await server.call('PATCH', `/admin/applications/${id}?organization=acme`, { enabled: false });
    expect(disabled.body.enabled).to.equal(false);
    expect(await server.dependencies.applications.findRegistered(id)).to.equal(undefined);
  });

  it('get a new secret in place of the old one', async () => {
    const { client_id: id, client_secret: old } = (await server.call('POST', '/admin/applications', { name: 'Rotating', metadata })).body;
    const renewed = await server.call('POST', `/admin/applications/${id}/secret`);
    expect(renewed.status, renewed.text).to.equal(201);
    expect(renewed.body.client_secret).not.to.equal(old);
    expect((await server.dependencies.applications.findRegistered(id))?.clientSecret).to.equal(renewed.body.client_secret);
  });

  it('are refused when their metadata contradicts itself or opens a hole', async () => {
    const refused: object[] = [
      {},
      { redirect_uris: ['http://app.example/callback'] },
      { redirect_uris: ['https://app.example/callback#fragment'] },
      { redirect_uris: ['javascript:alert(1)'] },
      { redirect_uris: ['com.example:/x'] },
      { redirect_uris: ['https://'] },
      { ...metadata, token_endpoint_auth_method: 'none', grant_types: ['authorization_code', 'client_credentials'] },
      { ...metadata, token_endpoint_auth_method: 'private_key_jwt' },
      { ...metadata, token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [{ kty: 'EC', d: 'private' }] } },
      { ...metadata, response_types: ['token'] },
      { ...metadata, id_token_signed_response_alg: 'none' },
      { ...metadata, backchannel_logout_uri: 'file:///etc/passwd' },
    ];
    for (const wrong of refused) expect([wrong, (await server.call('POST', '/admin/applications', { name: 'X', metadata: wrong })).status]).to.deep.equal([wrong, 400]);
  });
});
