import { expect } from 'chai';
import { randomBytes } from 'node:crypto';
import express from 'express';
import { createServer } from 'node:http';
import { createOpenIdProvider } from '#hub/endpoints/openid-provider/index.js';
import { createPagesOfProvider } from '#hub/endpoints/sign-in/index.js';
import { systemClock } from '#hub/platform/clock.js';
import { MasterKeys } from '#hub/platform/master-keys.js';
import { freshDatabase, type FreshDatabase } from '../../support/database.ts';
import { listen, providerParts } from '../../support/provider-hub.ts';

describe('OpenID provider behind a proxy that ends TLS', () => {
  let fresh: FreshDatabase;
  let inner: string;
  let clientId: string;
  let stop: () => Promise<void>;

  before(async () => {
    fresh = await freshDatabase();
    const app = express();
    const server = createServer(app);
    inner = await listen(server);
    const parts = providerParts(fresh, 'https://id.example.com', new MasterKeys(randomBytes(32).toString('base64')));
    const silent = { warn: () => undefined, error: () => undefined };
    const provider = await createOpenIdProvider({ ...parts, pages: createPagesOfProvider(systemClock), log: silent });
    app.use('/oidc', provider.callback());
    ({
      application: { clientId },
    } = await parts.applications.create('test', { name: 'App <b>', metadata: { redirect_uris: ['https://app.example/callback'] } }));
    stop = async () => {
      await provider.stop();
      server.closeAllConnections();
      server.close();
      await fresh.drop();
    };
  });
  after(() => stop());

  const authorize = (parameters: Record<string, string> = {}): Promise<Response> => {
    const query = new URLSearchParams({ client_id: clientId, response_type: 'code', scope: 'openid', redirect_uri: 'https://app.example/callback', code_challenge: 'x'.repeat(43), code_challenge_method: 'S256', ...parameters });
    return fetch(`${inner}/oidc/auth?${query.toString()}`, { redirect: 'manual' });
  };

  it('publishes https addresses only, and what it can do', async () => {
    const metadata = (await (await fetch(`${inner}/oidc/.well-known/openid-configuration`)).json()) as Record<string, unknown>;
    for (const [name, value] of Object.entries(metadata)) if (name.endsWith('_endpoint') || name.endsWith('_uri')) expect(value, name).to.match(/^https:\/\/id\.example\.com\/oidc\//);
    expect(metadata).to.deep.include({
      issuer: 'https://id.example.com/oidc',
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
      id_token_signing_alg_values_supported: ['ES256', 'RS256'],
      backchannel_logout_supported: true,
    });
    expect(metadata['scopes_supported']).to.deep.equal(['openid', 'offline_access', 'profile', 'email', 'roles', 'groups']);
    expect(metadata).not.to.have.any.keys('registration_endpoint', 'device_authorization_endpoint');
    expect(metadata['token_endpoint_auth_methods_supported']).not.to.include('client_secret_jwt');
  });

  it('shows public keys alone', async () => {
    const { keys } = (await (await fetch(`${inner}/oidc/jwks`)).json()) as { keys: Record<string, unknown>[] };
    expect(keys.map(({ alg, use }) => `${String(alg)} ${String(use)}`)).to.deep.equal(['ES256 sig', 'RS256 sig']);
    for (const key of keys) expect(key).not.to.have.any.keys('d', 'p', 'q', 'dp', 'dq', 'qi');
  });

  it('gives cookies that no neighbour can plant and no script can read', async () => {
    const response = await authorize();
    expect(response.headers.get('location')).to.match(/^https:\/\/id\.example\.com\/sign-in\//);
    const cookies = response.headers.getSetCookie();
    expect(cookies.map((line) => line.split('=')[0])).to.have.members(['__Secure-gatehouse_interaction', '__Secure-gatehouse_interaction.sig', '__Secure-gatehouse_resume', '__Secure-gatehouse_resume.sig']);
    for (const line of cookies) expect(line).to.match(/; secure/i).and.match(/; httponly/i).and.match(/; samesite=lax/i);
    expect(cookies.find((line) => line.startsWith('__Secure-gatehouse_interaction='))).to.match(/path=\/sign-in\//);
  });

  it('takes the session cookie back under the name and the rules it was given by', async () => {
    const response = await fetch(`${inner}/oidc/session/end`, { redirect: 'manual' });
    expect(response.headers.get('location')).to.equal('https://id.example.com/oidc/session/end/success');
    const cookies = response.headers.getSetCookie();
    expect(cookies.map((line) => line.split('=')[0])).to.have.members(['__Host-gatehouse_session', '__Host-gatehouse_session.sig']);
    for (const line of cookies) expect(line).to.match(/; path=\/;/i).and.match(/expires=Thu, 01 Jan 1970/).and.match(/; secure/i).and.not.match(/domain=/i);
  });

  it('draws its error page like every other page', async () => {
    const response = await authorize({ redirect_uri: 'https://evil.example/' });
    expect(response.status).to.equal(400);
    expect(response.headers.get('content-security-policy')).to.include(`default-src 'none'`);
    expect(await response.text()).to.include('We do not know this application');
  });
});
