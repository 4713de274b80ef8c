import { expect } from 'chai';
import { startAdminServer, type AdminServer } from '../../support/admin-server.ts';
import { makeKey } from '../../support/upstream-saml-provider.js';

const SECRET = 'a-client-secret-nobody-may-see';
const oidc = { name: 'okta', protocol: 'oidc', vendor: 'okta', settings: { issuer: 'https://acme.okta.com', clientId: 'gatehouse', clientSecret: SECRET } };

describe('connections of the administration API', () => {
  let server: AdminServer;
  before(async () => {
    server = await startAdminServer();
    for (const slug of ['acme', 'other']) await server.call('POST', '/admin/organizations', { slug });
  });
  after(async () => {
    expect(server.defects).to.deep.equal([]);
    await server.close();
  });

  it('answer with the id and with the addresses to enter at the provider', async () => {
    const created = await server.call('POST', '/admin/organizations/acme/connections', oidc);
    expect(created.status, created.text).to.equal(201);
    const { id, urls, subjectMatch } = created.body;
    expect(urls).to.deep.equal({ scim: `${server.url}/scim/v2`, callback: `${server.url}/federation/${id}/oidc/callback` });
    expect(subjectMatch).to.deep.equal({ claim: 'sub', equals: 'externalId' });
  });

  it('never show a secret again, only that there is one, and keep none in the trail or in the clear', async () => {
    const answers = [
      await server.call('GET', '/admin/organizations/acme/connections/okta'),
      await server.call('GET', '/admin/organizations/acme/connections'),
      await server.call('PATCH', '/admin/organizations/acme/connections/okta', { jit: false }),
    ];
    for (const { text } of answers) expect(text).not.to.include(SECRET);
    expect(answers[0]?.body.secrets).to.deep.equal(['clientSecret']);
    const { id: orgId } = (await server.call('GET', '/admin/organizations/acme')).body;
    expect(JSON.stringify(await server.dependencies.trail.latest(orgId, { limit: 50 }))).not.to.include(SECRET);
    const rows = await server.fresh.database.withOrganization({ orgId, actor: 'test' }, (tx) => tx.sql('select settings, sealed_secrets from connection'));
    expect(JSON.stringify(rows)).not.to.include(SECRET);
  });

  it('keep a secret through changes that do not name it, for the sign-in to use', async () => {
    const { body } = await server.call('PATCH', '/admin/organizations/acme/connections/okta', { settings: { clientId: 'other', scopes: ['openid'] } });
    expect(body.settings).to.deep.include({ clientId: 'other', scopes: ['openid'], issuer: 'https://acme.okta.com' });
    const opened = await server.dependencies.connections.findForSignIn(body.id);
    expect(opened?.settings).to.include({ clientSecret: SECRET, clientId: 'other' });
  });

  it('give SAML providers the addresses of the consumer service, metadata and logout', async () => {
    const settings = { idpEntityId: 'https://idp.example', ssoUrl: 'https://idp.example/sso', idpCertificates: [makeKey('idp.example').certificate] };
    const { status, body, text } = await server.call('POST', '/admin/organizations/acme/connections', { name: 'saml', protocol: 'saml', settings });
    expect(status, text).to.equal(201);
    const base = `${server.url}/federation/${body.id}/saml`;
    expect(body.urls).to.deep.include({ acs: `${base}/acs`, metadata: `${base}/metadata`, logout: `${base}/logout` });
  });

  it('are refused with every fault of their settings', async () => {
    const { status, body } = await server.call('POST', '/admin/organizations/acme/connections', { name: 'x', protocol: 'oidc', settings: { issuer: 'ftp://x', colour: 1 } });
    expect([status, body.code]).to.deep.equal([400, 'federation.settings_invalid']);
    expect(body.details.problems).to.have.length.at.least(3);
  });

  it('have a name of their own within the organization', async () => {
    expect((await server.call('POST', '/admin/organizations/acme/connections', oidc)).body.code).to.equal('federation.name_taken');
    for (const name of ['-x', 'a b', '../x', 'ä', '0199b1d2-7c1b-7d3e-9a1b-4c5d6e7f8a9b']) {
      expect((await server.call('POST', '/admin/organizations/acme/connections', { ...oidc, name })).body.code, name).to.equal('federation.name_invalid');
    }
    expect((await server.call('POST', '/admin/organizations/other/connections', oidc)).status).to.equal(201);
  });

  it('do not exist under another organization, by name or by id', async () => {
    const { id } = (await server.call('GET', '/admin/organizations/acme/connections/saml')).body;
    for (const path of ['/admin/organizations/other/connections/saml', `/admin/organizations/other/connections/${id}`]) {
      expect((await server.call('GET', path)).status).to.equal(404);
      expect((await server.call('PATCH', path, { jit: false })).status).to.equal(404);
    }
    expect((await server.call('GET', '/admin/organizations/acme/connections/saml')).body.jit).to.equal(true);
  });

  it('are not found for a sign-in while they are disabled', async () => {
    const { body } = await server.call('PATCH', '/admin/organizations/other/connections/okta', { enabled: false });
    expect(await server.dependencies.connections.findForSignIn(body.id)).to.equal(undefined);
  });
});
