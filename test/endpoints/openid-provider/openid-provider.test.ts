import { expect } from 'chai';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { request } from 'node:http';
import * as client from 'openid-client';
import { BrowserJar } from '../../support/browser-jar.ts';
import { authorization, redeem, signIn, startProviderHub, type ProviderHub, type Registered } from '../../support/provider-hub.ts';

/** The error that an OAuth endpoint answered with. */
async function oauthError(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof client.ResponseBodyError || error instanceof client.AuthorizationResponseError) return error.error;
    if (error instanceof client.WWWAuthenticateChallengeError) return error.cause[0]?.parameters.error ?? 'challenge';
    throw error;
  }
  throw new Error('it was granted');
}

const raw = (url: string, path: string, headers: Record<string, string>): Promise<{ status: number; body: string }> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    request({ hostname, port, path, headers }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    })
      .on('error', reject)
      .end();
  });

describe('OpenID provider', () => {
  let hub: ProviderHub;
  let app: Registered;
  let orgA: string;
  let orgB: string;
  let ada: string;

  before(async () => {
    hub = await startProviderHub();
    orgA = await hub.people.organization('a');
    orgB = await hub.people.organization('b');
    ada = await hub.people.account(orgA);
    await hub.people.member(orgA, ada, 'ada@a.example', ['admin', 'viewer']);
    app = await hub.register();
  });
  after(() => hub.close());
  beforeEach(() => (hub.person = { accountId: ada, orgId: orgA }));

  describe('code flow', () => {
    it('tells roles, organization and profile in the ID token and at UserInfo', async () => {
      const tokens = await redeem(app, await signIn(app, new BrowserJar()));
      const claims = tokens.claims();
      expect(claims).to.include({ sub: ada, org_id: orgA, org: 'a', email: 'ada@a.example', name: 'Person ada@a.example', given_name: 'Ada' });
      expect(claims?.['roles']).to.deep.equal(['admin', 'viewer']);
      expect(claims).not.to.have.property('locale');
      const info = await client.fetchUserInfo(app.config, tokens.access_token, ada);
      expect(info).to.deep.include({ sub: ada, org_id: orgA, roles: ['admin', 'viewer'], groups: [] });
    });

    it('signs with ES256 by a key that is published', async () => {
      const tokens = await redeem(app, await signIn(app, new BrowserJar()));
      expect(decodeProtectedHeader(tokens.id_token ?? '').alg).to.equal('ES256');
      const keys = createRemoteJWKSet(new URL(`${hub.provider.issuer}/jwks`));
      const { payload } = await jwtVerify(tokens.id_token ?? '', keys, { issuer: hub.provider.issuer, audience: app.clientId });
      expect(payload.sub).to.equal(ada);
    });

    it('signs with RS256 where an application was registered so', async () => {
      const old = await hub.register({ id_token_signed_response_alg: 'RS256' });
      // openid-client expects what discovery says of the client, so it has to know as well.
      const config = await client.discovery(new URL(hub.provider.issuer), old.clientId, { id_token_signed_response_alg: 'RS256' }, client.ClientSecretBasic(old.secret ?? ''), {
        execute: [client.allowInsecureRequests],
      });
      const tokens = await redeem({ ...old, config }, await signIn(old, new BrowserJar()));
      expect(decodeProtectedHeader(tokens.id_token ?? '').alg).to.equal('RS256');
    });

    it('refuses a request without PKCE and sends the application the reason', async () => {
      const { url } = await authorization(app);
      url.searchParams.delete('code_challenge');
      url.searchParams.delete('code_challenge_method');
      const { url: back } = await new BrowserJar().follow(url);
      expect(back.searchParams.get('error')).to.equal('invalid_request');
      expect(back.searchParams.get('iss')).to.equal(hub.provider.issuer);
    });

    it('refuses plain challenges', async () => {
      const { url } = await authorization(app, { code_challenge_method: 'plain' });
      expect((await new BrowserJar().follow(url)).url.searchParams.get('error')).to.equal('invalid_request');
    });

    it('shows a page, and sends nobody anywhere, for an address that is not registered', async () => {
      for (const redirect_uri of ['https://evil.example/callback', 'https://app.example/callback/../x', 'https://app.example/callback?x=1', undefined]) {
        const { url } = await authorization(app, redirect_uri === undefined ? {} : { redirect_uri });
        if (redirect_uri === undefined) url.searchParams.delete('redirect_uri');
        const { response } = await new BrowserJar().follow(url);
        expect(response?.status).to.equal(400);
        expect(await response?.text()).to.match(/^failure (unknown-application|bad-request) /);
      }
    });

    it('logs the reference that the error page shows', async () => {
      const { url } = await authorization(app, { client_id: 'nobody' });
      const { response } = await new BrowserJar().follow(url);
      const text = (await response?.text()) ?? '';
      expect(text).to.match(/^failure unknown-application /);
      expect(hub.logged.map(({ reference }) => reference)).to.include(text.split(' ')[2]);
    });

    it('redeems a code once when two redeem it at the same time, and then ends what it gave', async () => {
      const result = await signIn(app, new BrowserJar());
      const outcomes = await Promise.allSettled([redeem(app, result), redeem(app, result)]);
      expect(outcomes.map(({ status }) => status).toSorted()).to.deep.equal(['fulfilled', 'rejected']);
    });

    it('ends everything a code gave when it is presented again', async () => {
      const result = await signIn(app, new BrowserJar());
      const tokens = await redeem(app, result);
      expect(await oauthError(redeem(app, result))).to.equal('invalid_grant');
      expect((await client.tokenIntrospection(app.config, tokens.access_token)).active).to.equal(false);
    });

    it('takes no code of another application and none with another verifier', async () => {
      const other = await hub.register();
      const result = await signIn(app, new BrowserJar());
      expect(await oauthError(redeem(other, result))).to.equal('invalid_grant');
      expect(await oauthError(redeem(app, { ...result, verifier: client.randomPKCECodeVerifier() }))).to.equal('invalid_grant');
    });

    it('serves a public application with PKCE alone', async () => {
      const spa = await hub.register({ token_endpoint_auth_method: 'none' });
      expect(spa.secret).to.equal(undefined);
      const tokens = await redeem(spa, await signIn(spa, new BrowserJar()));
      expect(tokens.claims()?.sub).to.equal(ada);
    });

    it('takes a pushed authorization request', async () => {
      const { url, verifier } = await authorization(app);
      const pushed = await client.buildAuthorizationUrlWithPAR(app.config, url.searchParams);
      const { url: callback } = await new BrowserJar().follow(pushed);
      expect((await redeem(app, { callback, verifier })).claims()?.sub).to.equal(ada);
    });
  });

  describe('refresh', () => {
    const offline = { scope: 'openid offline_access', prompt: 'consent' };

    it('rotates, and tells the roles that hold now', async () => {
      const first = await redeem(app, await signIn(app, new BrowserJar(), offline));
      await hub.people.setRoles(orgA, ada, ['viewer']);
      const second = await client.refreshTokenGrant(app.config, first.refresh_token ?? '');
      expect(second.refresh_token).not.to.equal(first.refresh_token);
      expect(second.claims()?.['roles']).to.deep.equal(['viewer']);
      await hub.people.setRoles(orgA, ada, ['admin', 'viewer']);
    });

    it('ends the whole grant when a refresh token comes a second time', async () => {
      const first = await redeem(app, await signIn(app, new BrowserJar(), offline));
      const second = await client.refreshTokenGrant(app.config, first.refresh_token ?? '');
      expect(await oauthError(client.refreshTokenGrant(app.config, first.refresh_token ?? ''))).to.equal('invalid_grant');
      expect(await oauthError(client.refreshTokenGrant(app.config, second.refresh_token ?? ''))).to.equal('invalid_grant');
      expect((await client.tokenIntrospection(app.config, second.access_token)).active).to.equal(false);
    });

    it('gives one of two who refresh at the same time a new token, and the other none', async () => {
      const first = await redeem(app, await signIn(app, new BrowserJar(), offline));
      const both = await Promise.allSettled([1, 2].map(() => client.refreshTokenGrant(app.config, first.refresh_token ?? '')));
      expect(both.map(({ status }) => status).toSorted()).to.deep.equal(['fulfilled', 'rejected']);
    });

    it('refuses a member who was suspended, and an account that was disabled', async () => {
      const orgC = await hub.people.organization('c');
      const bob = await hub.people.account(orgC);
      await hub.people.member(orgC, bob, 'bob@c.example');
      hub.person = { accountId: bob, orgId: orgC };
      const [one, two] = [await redeem(app, await signIn(app, new BrowserJar(), offline)), await redeem(app, await signIn(app, new BrowserJar(), offline))];
      await hub.people.setStatus(orgC, bob, 'suspended');
      expect(await oauthError(client.refreshTokenGrant(app.config, one.refresh_token ?? ''))).to.equal('invalid_grant');
      expect((await client.tokenIntrospection(app.config, one.access_token)).active).to.equal(false);
      await hub.people.setStatus(orgC, bob, 'active');
      await hub.people.disable(bob);
      expect(await oauthError(client.refreshTokenGrant(app.config, two.refresh_token ?? ''))).to.equal('invalid_grant');
    });

    it('lets a token without offline_access end with the session', async () => {
      const jar = new BrowserJar();
      const tokens = await redeem(app, await signIn(app, jar));
      expect((await client.refreshTokenGrant(app.config, tokens.refresh_token ?? '')).claims()?.sub).to.equal(ada);
      const again = await redeem(app, await signIn(app, jar));
      const end = await jar.request(client.buildEndSessionUrl(app.config, { id_token_hint: again.id_token ?? '' }));
      const form = await end.text();
      const [action, xsrf] = [/action="([^"]+)"/.exec(form)?.[1] ?? '', /value="([^"]+)"/.exec(form)?.[1] ?? ''];
      expect(new URL(action).origin).to.equal(hub.publicUrl);
      expect((await jar.post(action, { xsrf, logout: 'yes' })).status).to.equal(303);
      expect(await oauthError(client.refreshTokenGrant(app.config, again.refresh_token ?? ''))).to.equal('invalid_grant');
    });
  });

  describe('tokens of applications', () => {
    it('are given to an application that was registered for client_credentials, for its organization', async () => {
      const robot = await hub.register({ grant_types: ['client_credentials'] }, orgA);
      const tokens = await client.clientCredentialsGrant(robot.config);
      const seen = await client.tokenIntrospection(robot.config, tokens.access_token);
      expect(seen).to.include({ active: true, client_id: robot.clientId, org_id: orgA });
      expect(await oauthError(client.clientCredentialsGrant(app.config))).to.equal('invalid_request');
    });

    it('are JWTs (at+jwt) for an API that the application was registered to call', async () => {
      await hub.register({ api_identifier: 'https://api.a.example/', api_scopes: ['read', 'write'], grant_types: ['client_credentials'] }, orgA);
      const robot = await hub.register({ grant_types: ['client_credentials'], resources: ['https://api.a.example/'] }, orgA);
      const tokens = await client.clientCredentialsGrant(robot.config, { resource: 'https://api.a.example/', scope: 'read other' });
      const keys = createRemoteJWKSet(new URL(`${hub.provider.issuer}/jwks`));
      const { payload } = await jwtVerify(tokens.access_token, keys, { issuer: hub.provider.issuer, audience: 'https://api.a.example/', typ: 'at+jwt' });
      expect(payload).to.include({ client_id: robot.clientId, scope: 'read', org_id: orgA });
      const stranger = await hub.register({ grant_types: ['client_credentials'] }, orgA);
      expect(await oauthError(client.clientCredentialsGrant(stranger.config, { resource: 'https://api.a.example/' }))).to.equal('invalid_target');
      const foreign = await hub.register({ grant_types: ['client_credentials'], resources: ['https://api.a.example/'] }, orgB);
      expect(await oauthError(client.clientCredentialsGrant(foreign.config, { resource: 'https://api.a.example/' }))).to.equal('invalid_target');
    });

    it('carry roles and epoch for an API when a person signs in', async () => {
      await hub.register({ api_identifier: 'https://api.b.example/', api_scopes: ['read'], grant_types: ['client_credentials'] });
      const caller = await hub.register({ resources: ['https://api.b.example/'] });
      const result = await signIn(caller, new BrowserJar(), { scope: 'openid read', resource: 'https://api.b.example/' });
      const tokens = await client.authorizationCodeGrant(caller.config, result.callback, { pkceCodeVerifier: result.verifier, expectedState: 'a-state' }, { resource: 'https://api.b.example/' });
      const keys = createRemoteJWKSet(new URL(`${hub.provider.issuer}/jwks`));
      const { payload } = await jwtVerify(tokens.access_token, keys, { audience: 'https://api.b.example/', typ: 'at+jwt' });
      expect(payload).to.deep.include({ sub: ada, org_id: orgA, roles: ['admin', 'viewer'], scope: 'read' });
      expect(payload['epoch']).to.be.a('number');
    });
  });

  describe('introspection and revocation', () => {
    it('answer an application about its own tokens, an API of the organization, and nobody else', async () => {
      const tokens = await redeem(app, await signIn(app, new BrowserJar()));
      const api = await hub.register({ api_identifier: 'https://api.c.example/', grant_types: ['client_credentials'] }, orgA);
      const foreignApi = await hub.register({ api_identifier: 'https://api.d.example/', grant_types: ['client_credentials'] }, orgB);
      const other = await hub.register();
      const active = async (by: Registered): Promise<boolean> => (await client.tokenIntrospection(by.config, tokens.access_token)).active;
      expect([await active(app), await active(api), await active(foreignApi), await active(other)]).to.deep.equal([true, true, false, false]);
    });

    it('call a token inactive once roles have changed', async () => {
      const tokens = await redeem(app, await signIn(app, new BrowserJar()));
      await hub.people.setRoles(orgA, ada, ['admin', 'viewer']);
      expect((await client.tokenIntrospection(app.config, tokens.access_token)).active).to.equal(false);
    });

    it('end a token for its own application only', async () => {
      const tokens = await redeem(app, await signIn(app, new BrowserJar(), { scope: 'openid offline_access', prompt: 'consent' }));
      const other = await hub.register();
      await client.tokenRevocation(other.config, tokens.refresh_token ?? '');
      expect((await client.tokenIntrospection(app.config, tokens.access_token)).active).to.equal(true);
      await client.tokenRevocation(app.config, tokens.refresh_token ?? '');
      expect((await client.tokenIntrospection(app.config, tokens.access_token)).active).to.equal(false);
      expect(await oauthError(client.refreshTokenGrant(app.config, tokens.refresh_token ?? ''))).to.equal('invalid_grant');
    });
  });

  describe('sign-out', () => {
    it('tells the applications of the session, and sends the browser where the application registered', async () => {
      const told = await hub.register({ backchannel_logout_uri: 'https://app.example/logged-out', post_logout_redirect_uris: ['https://app.example/bye'] });
      const jar = new BrowserJar();
      const tokens = await redeem(told, await signIn(told, jar));
      const url = client.buildEndSessionUrl(told.config, { id_token_hint: tokens.id_token ?? '', post_logout_redirect_uri: 'https://app.example/bye', state: 's' });
      const form = await (await jar.request(url)).text();
      const [action, xsrf] = [/action="([^"]+)"/.exec(form)?.[1] ?? '', /value="([^"]+)"/.exec(form)?.[1] ?? ''];
      expect((await jar.post(action, { xsrf: 'forged', logout: 'yes' })).status).to.equal(400);
      expect((await jar.post(action, { xsrf, logout: 'yes' })).headers.get('location')).to.equal('https://app.example/bye?state=s');
      const notice = hub.sent.find((one) => one.url === 'https://app.example/logged-out');
      expect(notice?.body).to.match(/^logout_token=/);
      hub.person = undefined;
      expect((await jar.follow((await authorization(told, { prompt: 'none' })).url)).url.searchParams.get('error')).to.equal('login_required');
    });

    it('refuses to send the browser anywhere else', async () => {
      const response = await new BrowserJar().request(client.buildEndSessionUrl(app.config, { post_logout_redirect_uri: 'https://evil.example/' }));
      expect(response.status).to.equal(400);
    });
  });

  describe('applications', () => {
    it('are let in and shut out at once', async () => {
      const shut = await hub.register({ grant_types: ['client_credentials'] });
      await client.clientCredentialsGrant(shut.config);
      await hub.applications.update('test', undefined, shut.clientId, { enabled: false });
      hub.provider.forgetApplication(shut.clientId);
      expect(await oauthError(client.clientCredentialsGrant(shut.config))).to.equal('invalid_client');
    });

    it('in browsers may call from where they are sent back to, and from nowhere else', async () => {
      const spa = await hub.register({ token_endpoint_auth_method: 'none' });
      const ask = async (clientId: string, origin: string): Promise<string | null> => {
        const body = new URLSearchParams({ grant_type: 'authorization_code', code: 'x', client_id: clientId, redirect_uri: 'https://app.example/callback', code_verifier: 'x'.repeat(43) });
        return (await fetch(`${hub.provider.issuer}/token`, { method: 'POST', body, headers: { origin } })).headers.get('access-control-allow-origin');
      };
      expect(await ask(spa.clientId, 'https://app.example')).to.equal('https://app.example');
      expect(await ask(spa.clientId, 'https://evil.example')).to.equal(null);
      expect(await ask(spa.clientId, 'null')).to.equal(null);
    });
  });

  describe('hostile requests', () => {
    it('end in a clear refusal, and the next ordinary one is right', async () => {
      const { url } = await authorization(app);
      const odd: [string, string][] = [['state', '\0'], ['nonce', 'a\0b'], ['login_hint', '\0@a.example'], ['organization', '\0'], ['organization', 'x'.repeat(5000)], ['ui_locales', '\0'], ['scope', 'openid \0'], ['client_id', '\0'], ['resource', 'javascript:x'], ['prompt', '__proto__'], ['max_age', '-1'], ['claims', '{"__proto__":{}}'], ['request', 'x'], ['response_type', 'token']];
      for (const [name, value] of odd) {
        const target = new URL(url);
        target.searchParams.set(name, value);
        const { response, url: stopped } = await new BrowserJar().follow(target);
        const refused = response === undefined ? stopped.searchParams.get('error') !== 'server_error' : response.status < 500;
        expect(refused, `${name}=${JSON.stringify(value)}: ${stopped.href} ${String(response?.status)}`).to.equal(true);
      }
      const repeated = new URL(`${url.href}&client_id=x&state=y&scope=openid`);
      expect((await new BrowserJar().request(repeated)).status).to.be.below(500);
      for (const body of ['x'.repeat(1_000_000), 'grant_type=%00', 'grant_type=authorization_code&code=%00&redirect_uri=x', '%', '__proto__=x&token=%00'])
        for (const path of ['token', 'token/introspection', 'token/revocation', 'request', 'me']) {
          const response = await fetch(`${hub.provider.issuer}/${path}`, { method: 'POST', body, headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: 'Basic %%%' } });
          expect(response.status, `${path} ${body.slice(0, 40)}`).to.be.within(400, 499);
        }
      expect((await redeem(app, await signIn(app, new BrowserJar()))).claims()?.sub).to.equal(ada);
    });
  });

  describe('address', () => {
    const discovery = '/oidc/.well-known/openid-configuration';

    it('is the configured one whatever Host and X-Forwarded headers say', async () => {
      const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https', forwarded: 'host=evil.example' };
      const { status, body } = await raw(hub.publicUrl, discovery, headers);
      expect(status).to.equal(200);
      expect(body).not.to.include('evil.example');
      expect(JSON.parse(body)).to.include({ issuer: hub.provider.issuer, jwks_uri: `${hub.provider.issuer}/jwks` });
    });

    it('survives a malformed Host and an absolute request target', async () => {
      for (const host of ['a b', '[', 'evil.example:99999', '%', '']) expect((await raw(hub.publicUrl, discovery, { host })).status, host).to.equal(200);
      const { body } = await raw(hub.publicUrl, `http://evil.example${discovery}`, { host: 'evil.example' });
      expect(body).not.to.include('evil');
      expect((JSON.parse((await raw(hub.publicUrl, discovery.replace('oidc', 'OIDC'), {})).body) as { jwks_uri: string }).jwks_uri).to.equal(`${hub.provider.issuer}/jwks`);
    });
  });

  describe('signing keys', () => {
    it('rotate under load without a failure, and what the old one signed still verifies', async () => {
      const before = await redeem(app, await signIn(app, new BrowserJar()));
      const [started, ...results] = await Promise.all([
        authorization(app),
        hub.provider.rotateSigningKey({ immediately: true }),
        ...[1, 2, 3, 4].map(async () => redeem(app, await signIn(app, new BrowserJar()))),
      ]);
      expect(started.verifier).to.be.a('string');
      expect(results).to.have.length(5);
      const after = await redeem(app, await signIn(app, new BrowserJar()));
      expect(decodeProtectedHeader(after.id_token ?? '').kid).not.to.equal(decodeProtectedHeader(before.id_token ?? '').kid);
      const keys = createRemoteJWKSet(new URL(`${hub.provider.issuer}/jwks`));
      await jwtVerify(before.id_token ?? '', keys);
      await jwtVerify(after.id_token ?? '', keys);
    });
  });
});
