import { expect } from 'chai';
import { createServer, type Server } from 'node:http';
import * as client from 'openid-client';
import { startTestHub, type Hub } from '../support/hub.ts';
import { authorization, listen, type Registered } from '../support/provider-hub.ts';
import { BrowserJar } from '../support/browser-jar.ts';
import { signInAt, type Tokens } from '../support/relying-party.ts';
import type { ScimAnswer, ScimClient } from '../support/scim-client.ts';
import { startUpstreamProvider, type UpstreamProvider } from '../support/upstream-openid-provider.ts';

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';

/** What each setting is for is tested in its own room; here, that it arrives there from the environment. */
describe('settings of the environment', function settings() {
  this.timeout(30_000);
  let hub: Hub;
  let scim: ScimClient;
  let app: Registered;
  let upstream: UpstreamProvider;
  let userInfo: Server;

  before(async () => {
    userInfo = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ sub: 'zoe', nickname: 'Zoë of UserInfo', name: 'Another Name' }));
    });
    hub = await startTestHub({
      OIDC_USERINFO_ENDPOINT: `${await listen(userInfo)}/userinfo`,
      OIDC_DISPLAY_NAME_CLAIM: 'nickname',
      SCIM_MAX_PAGE: '2',
      SCIM_MAX_BODY_BYTES: '4096',
      SCIM_BULK_MAX_OPERATIONS: '1',
      SCIM_RATE_LIMIT_PER_SECOND: '40',
      TRUSTED_PROXY_HOPS: '1',
      ACCESS_TOKEN_TTL: '61',
      ID_TOKEN_TTL: '62',
      CLIENT_CREDENTIALS_TTL: '63',
      AUTHORIZATION_CODE_TTL: '64',
      INTERACTION_TTL: '65',
      SESSION_TTL: '3601',
      REFRESH_TOKEN_TTL: '3602',
    });
    await hub.ask('POST', '/organizations', { slug: 'acme' });
    const path = '/organizations/acme/connections';
    const { urls } = await hub.ask('POST', path, { name: 'idp', protocol: 'oidc', settings: { issuer: 'https://later.example', clientId: 'hub', clientSecret: 'upstream-secret-of-the-hub' } });
    upstream = await startUpstreamProvider({ accounts: { zoe: { claims: {} } }, redirectUris: [urls.callback], sparse: true });
    await hub.ask('PATCH', `${path}/idp`, { settings: { issuer: upstream.issuer } });
    const { token } = await hub.ask('POST', '/organizations/acme/scim-tokens', { connection: 'default' });
    scim = hub.scim(token);
    app = await hub.register({ grant_types: ['authorization_code', 'refresh_token', 'client_credentials'] });
  });
  after(async () => {
    await upstream.close();
    await new Promise((resolve) => userInfo.close(resolve));
    await hub.stop();
  });

  const create = (userName: string): Promise<ScimAnswer> => scim.send('POST', '/Users', { schemas: [USER], userName });
  /** Seconds from now until what the provider keeps of this kind expires. */
  async function lifetimeOf(kind: string): Promise<number> {
    const text = 'select max(extract(epoch from expires_at - now())) as seconds from oidc.artifact where kind = $1';
    const [rows] = await hub.database.provider.batch([{ name: `test.lifetime.${kind}`, text, values: [kind] }]);
    return Number(rows?.[0]?.['seconds']);
  }

  it('bound what SCIM gives and takes', async () => {
    for (const name of ['a', 'b', 'c']) expect((await create(name)).status).to.equal(201);
    expect((await scim.ask('GET', '/Users?count=100')).itemsPerPage).to.equal(2);
    expect((await create('x'.repeat(5000))).status).to.equal(413);
    const operation = { method: 'DELETE', path: '/Users/x' };
    const bulk = await scim.send('POST', '/Bulk', { schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'], Operations: [operation, operation] });
    expect(bulk.status).to.equal(413);
    const announced = await scim.ask('GET', '/ServiceProviderConfig');
    expect([announced.filter.maxResults, announced.bulk.maxOperations, announced.bulk.maxPayloadSize]).to.deep.equal([2, 1, 4096]);
    const statuses = await Promise.all(Array.from({ length: 100 }, async () => (await scim.send('GET', '/Users?count=0')).status));
    expect(statuses).to.include(429).and.include(200);
  });

  it('complete sparse tokens at the operator’s UserInfo endpoint, and name people by the claim that is chosen', async () => {
    const tokens = await signInAt(app, { organization: 'acme', login_hint: 'zoe', scope: 'openid profile' });
    expect(tokens.claims()?.['name']).to.equal('Zoë of UserInfo');
  });

  it('say how long everything lives', async () => {
    const { url } = await authorization(app, { organization: 'acme' });
    await new BrowserJar().request(url);
    const tokens: Tokens = await signInAt(app, { organization: 'acme', login_hint: 'zoe', scope: 'openid offline_access', prompt: 'consent' });
    const { exp = 0, iat = 0 } = tokens.claims() ?? {};
    const machine = await client.clientCredentialsGrant(app.config);
    expect([tokens.expires_in, exp - iat, machine.expires_in]).to.deep.equal([61, 62, 63]);
    for (const [kind, seconds] of [['AuthorizationCode', 64], ['Interaction', 65], ['Session', 3601], ['RefreshToken', 3602]] as const) {
      expect(await lifetimeOf(kind), kind).to.be.within(seconds - 20, seconds);
    }
  });

  it('believe as many proxies as are named about where a person is', async () => {
    const jar = new BrowserJar();
    const { url } = await jar.follow((await authorization(app)).url);
    const guess = async (from: string): Promise<number> => (await jar.post(`${url.href}/password`, { identifier: 'nobody', password: 'a guess' }, { origin: hub.url, 'x-forwarded-for': from })).status;
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 6; attempt += 1) statuses.push(await guess(`198.51.100.${attempt}, 203.0.113.7`));
    expect(statuses).to.deep.equal([401, 401, 401, 401, 401, 429]);
    expect(await guess('203.0.113.8')).to.equal(401);
  });
});
