import { expect } from 'chai';
import express from 'express';
import { createServer } from 'node:http';
import * as client from 'openid-client';
import type { ApplicationMetadata } from '#hub/domain/applications/index.js';
import { RevokedTokenStore } from '#hub/domain/grants/index.js';
import { createOpenIdProvider } from '#hub/endpoints/openid-provider/index.js';
import { BrowserJar } from '../../support/browser-jar.ts';
import { listen, providerParts, redeem, signIn, startProviderHub, type HubParts, type ProviderHub, type Registered } from '../../support/provider-hub.ts';
import { oauthError, type Tokens } from '../../support/relying-party.ts';

const API = 'https://api.a.example/';
const MACHINE: ApplicationMetadata = { grant_types: ['client_credentials'] };

const ask = (by: Registered, token: string, parameters: Record<string, string> = {}): ReturnType<typeof client.tokenIntrospection> => client.tokenIntrospection(by.config, token, parameters);
const revoking = (by: Registered, token: string): Promise<string> => oauthError(client.tokenRevocation(by.config, token));
const active = async (by: Registered, token: string): Promise<boolean> => (await ask(by, token)).active;

const nothing = (): { status: number; headers: Record<string, string>; body: string } => ({ status: 200, headers: {}, body: '' });

/** Another node of the same hub, on the same database. */
async function otherNode(hub: ProviderHub, parts: Partial<HubParts> = {}): Promise<{ ask: (by: Registered, token: string) => Promise<Response>; logged: unknown[]; stop: () => Promise<void> }> {
  const app = express();
  const server = createServer(app);
  const address = await listen(server);
  const logged: unknown[] = [];
  const log = (fields: Readonly<Record<string, unknown>>): void => void logged.push(fields);
  const pages = { failure: nothing, signOut: nothing, signedOut: nothing, handOver: nothing };
  const node = await createOpenIdProvider({ ...providerParts(hub.fresh, hub.publicUrl, hub.masterKeys), ...parts, pages, log: { warn: log, error: log } });
  app.use('/oidc', node.callback());
  return {
    ask: (by, token) =>
      fetch(`${address}/oidc/token/introspection`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`${by.clientId}:${by.secret}`).toString('base64')}` },
        body: new URLSearchParams({ token }),
      }),
    logged,
    stop: async () => {
      await node.stop();
      server.closeAllConnections();
      server.close();
    },
  };
}

describe('introspection and revocation of JWT access tokens', () => {
  let hub: ProviderHub;
  let orgA: string;
  let orgB: string;
  let ada: string;
  let api: Registered;
  let app: Registered;
  let robot: Registered;

  before(async () => {
    hub = await startProviderHub();
    [orgA, orgB] = [await hub.people.organization('a'), await hub.people.organization('b')];
    ada = await hub.people.account(orgA);
    await hub.people.member(orgA, ada, 'ada@a.example', ['admin']);
    api = await hub.register({ ...MACHINE, api_identifier: API, api_scopes: ['read', 'write'] }, orgA);
    app = await hub.register({ resources: [API] }, orgA);
    robot = await hub.register({ ...MACHINE, resources: [API] }, orgA);
  });
  after(() => hub.close());
  beforeEach(() => (hub.person = { accountId: ada, orgId: orgA }));

  /** A person's token for the API, with the rest that came with it. */
  async function personal(by: Registered = app, { scope = 'openid read', jar = new BrowserJar() } = {}): Promise<Tokens> {
    const { callback, verifier } = await signIn(by, jar, { scope, resource: API, ...(scope.includes('offline_access') ? { prompt: 'consent' } : {}) });
    return client.authorizationCodeGrant(by.config, callback, { pkceCodeVerifier: verifier, expectedState: 'a-state' }, { resource: API });
  }
  const ofMachine = async (): Promise<string> => (await client.clientCredentialsGrant(robot.config, { resource: API, scope: 'read' })).access_token;

  describe('introspection', () => {
    it('says of a person’s token what it says itself, without what is for the hub alone', async () => {
      const { access_token: token } = await personal();
      const { jti, iat, exp, epoch, ...said } = await ask(api, token);
      expect(said).to.deep.equal({ active: true, iss: hub.provider.issuer, sub: ada, aud: API, client_id: app.clientId, scope: 'read', token_type: 'Bearer', org_id: orgA, org: 'a', roles: ['admin'] });
      expect([typeof jti, typeof iat, typeof exp, typeof epoch]).to.deep.equal(['string', 'number', 'number', 'number']);
      expect(await ask(app, token)).to.deep.equal(await ask(api, token));
    });

    it('says of a machine’s token which application and organization it is', async () => {
      const seen = await ask(api, await ofMachine());
      expect(seen).to.include({ active: true, sub: robot.clientId, client_id: robot.clientId, org_id: orgA, scope: 'read', aud: API, epoch: 0 });
      expect(seen).not.to.have.any.keys('org', 'roles', 'grant', 'session');
    });

    it('says which key a token is bound to', async () => {
      const bound = client.getDPoPHandle(robot.config, await client.randomDPoPKeyPair('ES256'));
      const { access_token: token } = await client.clientCredentialsGrant(robot.config, { resource: API }, { DPoP: bound });
      const seen = await ask(api, token);
      expect(seen).to.include({ active: true, token_type: 'DPoP' });
      expect(seen.cnf?.jkt).to.be.a('string');
    });

    it('needs no hint and minds no wrong one', async () => {
      const { access_token: token } = await personal();
      for (const hint of ['access_token', 'refresh_token', 'nonsense', '']) expect((await ask(api, token, { token_type_hint: hint })).active, hint).to.equal(true);
    });

    it('answers the application of the token and the API it is for, and nobody else', async () => {
      const tokens = [(await personal()).access_token, await ofMachine()];
      const others = [
        await hub.register({ ...MACHINE, api_identifier: 'https://other.a.example/' }, orgA),
        await hub.register({ ...MACHINE, api_identifier: 'https://api.b.example/' }, orgB),
        await hub.register({ ...MACHINE, api_identifier: 'https://everybody.example/' }),
        await hub.register({ ...MACHINE, resources: [API] }, orgA),
        await hub.register({ ...MACHINE }, orgB),
        await hub.register({ token_endpoint_auth_method: 'none' }, orgA),
      ];
      for (const token of tokens) for (const other of others) expect(await ask(other, token)).to.deep.equal({ active: false });
      for (const token of tokens) expect(await active(api, token)).to.equal(true);
    });

    it('asks who is asking before it looks at the token', async () => {
      const token = await ofMachine();
      const wrong = await client.discovery(new URL(hub.provider.issuer), api.clientId, undefined, client.ClientSecretBasic('wrong'), { execute: [client.allowInsecureRequests] });
      for (const asking of [client.tokenIntrospection(wrong, token), client.tokenRevocation(wrong, token)])
        expect(await asking.catch((error: unknown) => error)).to.be.instanceOf(client.WWWAuthenticateChallengeError).with.property('status', 401);
      expect((await fetch(`${hub.provider.issuer}/token/introspection`, { method: 'POST', body: new URLSearchParams({ token }) })).status).to.equal(400);
    });

    it('answers in JSON whatever is accepted, and nobody may keep the answer', async () => {
      const headers = { authorization: `Basic ${Buffer.from(`${api.clientId}:${api.secret}`).toString('base64')}`, accept: 'text/html' };
      const response = await fetch(`${hub.provider.issuer}/token/introspection`, { method: 'POST', headers, body: new URLSearchParams({ token: await ofMachine() }) });
      expect([response.status, response.headers.get('cache-control'), response.headers.get('content-type')]).to.deep.equal([200, 'no-store', 'application/json; charset=utf-8']);
      expect(await response.json()).to.include({ active: true });
    });
  });

  describe('a token is not active', () => {
    it('once the roles it tells have changed', async () => {
      const { access_token: token } = await personal();
      await hub.people.setRoles(orgA, ada, ['admin']);
      expect(await ask(api, token)).to.deep.equal({ active: false });
    });

    it('while its person or organization is suspended, and never again once the person was ended', async () => {
      const { access_token: token } = await personal();
      await hub.people.setStatus(orgA, ada, 'suspended');
      expect([await active(api, token), await active(app, token)]).to.deep.equal([false, false]);
      await hub.people.setStatus(orgA, ada, 'active');
      expect(await active(api, token)).to.equal(true);
      await hub.fresh.database.withOrganization({ orgId: orgA, actor: 'test' }, (tx) => tx.sql('select oidc.end_grants($1)', [ada]));
      expect([await active(api, token), await active(app, token)]).to.deep.equal([false, false]);
    });

    it('once its grant was revoked', async () => {
      const tokens = await personal(app, { scope: 'openid offline_access read' });
      expect(await active(api, tokens.access_token)).to.equal(true);
      await client.tokenRevocation(app.config, tokens.refresh_token ?? '');
      expect(await active(api, tokens.access_token)).to.equal(false);
    });

    it('once the session is over that it ends with', async () => {
      const jar = new BrowserJar();
      const [bound, free] = [await personal(app, { jar }), await personal(app, { scope: 'openid offline_access read' })];
      expect([await active(api, bound.access_token), await active(api, free.access_token)]).to.deep.equal([true, true]);
      await hub.fresh.database.provider.batch([{ name: 'test.end-sessions', text: `delete from oidc.artifact where kind = 'Session'`, values: [] }]);
      expect([await active(api, bound.access_token), await active(api, free.access_token)]).to.deep.equal([false, true]);
    });

    it('when its application is switched off, and not when that is switched on again', async () => {
      const shut = await hub.register({ grant_types: ['authorization_code', 'refresh_token', 'client_credentials'], resources: [API] }, orgA);
      const everything = async (): Promise<Tokens[]> => [await client.clientCredentialsGrant(shut.config, { resource: API }), await client.clientCredentialsGrant(shut.config), await personal(shut)] as Tokens[];
      const asked = (tokens: readonly Tokens[]): Promise<boolean[]> => Promise.all(tokens.map(({ access_token: token }, at) => active(at === 1 ? shut : api, token)));
      const held = await everything();
      expect(await asked(held)).to.deep.equal([true, true, true]);
      for (const enabled of [false, true]) {
        await hub.applications.update('test', orgA, shut.clientId, { enabled });
        hub.provider.forgetApplication(shut.clientId);
        expect([await ask(api, held[0]?.access_token ?? ''), await ask(api, held[2]?.access_token ?? '')]).to.deep.equal([{ active: false }, { active: false }]);
      }
      expect(await asked(held)).to.deep.equal([false, false, false]);
      expect(await oauthError(client.refreshTokenGrant(shut.config, held[2]?.refresh_token ?? ''))).to.equal('invalid_grant');
      expect(await asked(await everything())).to.deep.equal([true, true, true]);
    });

    it('when it is none of ours', async () => {
      const tokens = await personal();
      const [header = '', payload = '', signature = ''] = tokens.access_token.split('.');
      const odd = [tokens.id_token ?? '', `${header}.${payload}.`, `${header}.${payload}.${signature.slice(2)}`, `${header}.${payload}.${signature}`.slice(0, -3), `${header}..`, `${header}.x.y.z.w`, 'e30.e30.e30', 'x'];
      for (const token of odd) expect(await ask(app, token), token.slice(0, 40)).to.deep.equal({ active: false });
      for (const token of odd) expect(await revoking(app, token), token.slice(0, 40)).to.equal('none');
      expect(await oauthError(ask(app, `${header}.${'A'.repeat(1_000_000)}.${signature}`))).to.equal('invalid_request');
      expect(await active(app, tokens.access_token)).to.equal(true);
    });
  });

  describe('revocation', () => {
    it('ends the one token for good, by whichever node, and on every other at once', async () => {
      const node = await otherNode(hub);
      const there = async (token: string): Promise<unknown> => (await node.ask(api, token)).json();
      try {
        const [ended, kept] = [await ofMachine(), await ofMachine()];
        expect(await there(ended)).to.include({ active: true });
        expect(await revoking(robot, ended)).to.equal('none');
        expect(await revoking(robot, ended)).to.equal('none');
        expect([await there(ended), await ask(api, ended)]).to.deep.equal([{ active: false }, { active: false }]);
        expect(await there(kept)).to.include({ active: true });
      } finally {
        await node.stop();
      }
    });

    it('is for the application of the token alone, and answers everybody else alike', async () => {
      const token = await ofMachine();
      const stranger = await hub.register({ ...MACHINE, resources: [API] }, orgB);
      expect([await revoking(stranger, token), await revoking(api, token), await revoking(app, token)]).to.deep.equal(['none', 'none', 'none']);
      expect(await active(api, token)).to.equal(true);
    });

    it('of a person’s token ends what can be got without them, and not what they granted', async () => {
      const jar = new BrowserJar();
      const tokens = await personal(app, { scope: 'openid offline_access read', jar });
      expect(await revoking(app, tokens.access_token)).to.equal('none');
      expect(await active(api, tokens.access_token)).to.equal(false);
      expect(await oauthError(client.refreshTokenGrant(app.config, tokens.refresh_token ?? ''))).to.equal('invalid_grant');
      hub.person = undefined;
      expect((await redeem(app, await signIn(app, jar, { prompt: 'none' }))).claims()?.sub).to.equal(ada);
    });

    it('is open to a public application, as for its other tokens', async () => {
      const spa = await hub.register({ token_endpoint_auth_method: 'none', resources: [API] }, orgA);
      const { access_token: token } = await personal(spa);
      expect(await active(api, token)).to.equal(true);
      expect(await revoking(spa, token)).to.equal('none');
      expect(await active(api, token)).to.equal(false);
    });
  });

  it('go on after the key that signed has been replaced', async () => {
    const [before, ended] = [await ofMachine(), await ofMachine()];
    await hub.provider.rotateSigningKey({ immediately: true });
    expect([await active(api, before), await active(api, await ofMachine())]).to.deep.equal([true, true]);
    await revoking(robot, ended);
    expect(await active(api, ended)).to.equal(false);
  });

  it('say nothing of a token that they cannot look up, and log why', async () => {
    const lost = new Error('the database is gone');
    class Broken extends RevokedTokenStore {
      override isRevoked(): Promise<never> {
        return Promise.reject(lost);
      }
    }
    const node = await otherNode(hub, { revokedTokens: new Broken(hub.fresh.database.provider) });
    try {
      const response = await node.ask(api, await ofMachine());
      expect([response.status, ((await response.json()) as { error?: string }).error]).to.deep.equal([500, 'server_error']);
      expect(node.logged).to.deep.equal([{ err: lost, path: '/token/introspection' }]);
    } finally {
      await node.stop();
    }
  });

  it('are announced by discovery', async () => {
    expect(api.config.serverMetadata()).to.include({ introspection_endpoint: `${hub.provider.issuer}/token/introspection`, revocation_endpoint: `${hub.provider.issuer}/token/revocation` });
  });
});
