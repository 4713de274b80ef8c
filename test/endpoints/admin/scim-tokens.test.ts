import { expect } from 'chai';
import { hashToken, tokenLooksValid } from '#hub/platform/token.js';
import { startAdminServer, type AdminServer } from '../../support/admin-server.ts';

describe('SCIM tokens of the administration API', () => {
  let server: AdminServer;
  before(async () => {
    server = await startAdminServer();
    for (const slug of ['acme', 'other']) await server.call('POST', '/admin/organizations', { slug });
  });
  after(async () => {
    expect(server.defects).to.deep.equal([]);
    await server.close();
  });
  const tokens = '/admin/organizations/acme/scim-tokens';

  it('are shown once, and work at the SCIM door', async () => {
    const created = await server.call('POST', tokens, {});
    expect(created.status, created.text).to.equal(201);
    expect(tokenLooksValid(created.body.token, 'gh_scim')).to.equal(true);
    expect((await server.call('GET', tokens)).text).not.to.include(created.body.token);
    const [rows] = await server.fresh.database.batch([
      { name: 'test.authenticate', text: `select authenticate_scim($1, 'users', true) as connection_id, current_setting('app.actor') as actor`, values: [hashToken(created.body.token)] },
    ]);
    expect(rows?.[0]).to.include({ actor: `scim:${created.body.id}`, connection_id: created.body.connection });
  });

  it('are at most two live per connection, also when several are made at once', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => server.call('POST', tokens, {})));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).to.deep.equal([201, 409, 409, 409, 409]);
    expect(answers.find(({ status }) => status === 409)?.body.code).to.equal('credentials.scim_tokens_live');
  });

  it('make room when one is revoked, and a revoked one opens nothing', async () => {
    const [first] = (await server.call('GET', tokens)).body.items;
    const revoked = await server.call('DELETE', `${tokens}/${first.id}`);
    expect(revoked.body).to.include({ id: first.id, live: false });
    const next = await server.call('POST', tokens, { scopes: ['users', 'read-only'], expiresAt: '2199-01-01T00:00:00Z' });
    expect(next.status, next.text).to.equal(201);
    expect(next.body).to.deep.include({ scopes: ['users', 'read-only'], expiresAt: '2199-01-01T00:00:00.000Z', live: true });
    expect((await server.call('DELETE', `${tokens}/${next.body.id}`)).status).to.equal(200);
    const { text } = await server.call('GET', tokens);
    expect(text).to.include(revoked.body.hint);
  });

  it('are refused with an expiry in the past, an unknown scope or an unknown connection', async () => {
    expect((await server.call('POST', tokens, { expiresAt: '2001-01-01T00:00:00Z' })).body.code).to.equal('credentials.expiry_past');
    expect((await server.call('POST', tokens, { scopes: ['everything'] })).body.code).to.equal('http.body_invalid');
    expect((await server.call('POST', tokens, { connection: 'nowhere' })).status).to.equal(404);
  });

  it('of one organization are not revoked from another', async () => {
    const { items } = (await server.call('GET', tokens)).body;
    const live = items.find((token: { live: boolean }) => token.live);
    expect((await server.call('DELETE', `/admin/organizations/other/scim-tokens/${live.id}`)).status).to.equal(404);
    expect((await server.call('GET', tokens)).body.items.find(({ id }: { id: string }) => id === live.id).live).to.equal(true);
  });

  it('remember when they were last used once the marks are written', async () => {
    const { items } = (await server.call('GET', tokens)).body;
    const live = items.find((token: { live: boolean }) => token.live);
    await server.call('DELETE', `${tokens}/${live.id}`);
    const { token, id } = (await server.call('POST', tokens, {})).body;
    server.dependencies.scimTokens.markUsed(hashToken(token));
    await server.dependencies.scimTokens.writeLastUsed();
    const after = (await server.call('GET', tokens)).body.items;
    expect(after.find((one: { id: string }) => one.id === id).lastUsedAt).to.be.a('string');
    expect(after.find((one: { id: string }) => one.id === live.id).lastUsedAt).to.equal(null);
  });
});
