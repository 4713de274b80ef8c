import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider, type ClientMetadata, type Configuration } from 'oidc-provider';

/** One person at the upstream provider: what the ID token says, and what only UserInfo says. */
export interface UpstreamAccount {
  claims: Record<string, unknown>;
}

export interface UpstreamOptions {
  accounts: Record<string, UpstreamAccount>;
  redirectUris: string[];
  clientId?: string;
  clientSecret?: string;
  /** Leaves every profile claim out of the ID token, as many providers do with the code flow. */
  sparse?: boolean;
  /** How the hub is registered, where that differs from a client with a secret. */
  client?: Partial<ClientMetadata>;
  configuration?: Configuration;
}

export interface UpstreamProvider {
  issuer: string;
  clientId: string;
  clientSecret: string;
  provider: Provider;
  close(): Promise<void>;
}

/**
 * A second, real OpenID provider to sign in at. It asks nobody anything: whoever `login_hint` names is signed in and has
 * consented; `login_hint=cancel` stands for a person who gives up.
 */
export async function startUpstreamProvider(options: UpstreamOptions): Promise<UpstreamProvider> {
  const { clientId = 'hub', clientSecret = 'upstream-secret-of-the-hub' } = options;
  // The issuer holds the port, which is only known once the server listens.
  const server = createServer();
  const issuer = await listen(server);
  const provider = new Provider(issuer, configurationFor(options, clientId, clientSecret));
  const callback = provider.callback();
  server.on('request', (request, response) => {
    if (request.url?.startsWith('/interaction/')) void answerInteraction(provider, request, response);
    else void callback(request, response);
  });
  return {
    issuer,
    clientId,
    clientSecret,
    provider,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function configurationFor(options: UpstreamOptions, clientId: string, clientSecret: string): Configuration {
  return {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: options.redirectUris,
        grant_types: ['authorization_code'],
        response_types: ['code'],
        post_logout_redirect_uris: options.redirectUris.map((uri) => new URL('/', uri).href),
        ...options.client,
      },
    ],
    claims: {
      openid: ['sub', 'sid'],
      profile: ['name', 'given_name', 'family_name', 'preferred_username', 'locale'],
      email: ['email', 'email_verified'],
      groups: ['groups'],
    },
    scopes: ['openid', 'offline_access', 'profile', 'email', 'groups'],
    conformIdTokenClaims: options.sparse === true,
    cookies: { keys: ['upstream'] },
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true } },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    pkce: { required: () => true },
    findAccount: (_, id) => {
      const account = Object.hasOwn(options.accounts, id) ? options.accounts[id] : undefined;
      return account && { accountId: id, claims: () => ({ ...account.claims, sub: id }) };
    },
    loadExistingGrant: async (context) => {
      const { client, session } = context.oidc;
      const grant = new context.oidc.provider.Grant({ clientId: client?.clientId ?? '', accountId: session?.accountId ?? '' });
      grant.addOIDCScope('openid profile email groups');
      await grant.save();
      return grant;
    },
    ...options.configuration,
  };
}

async function answerInteraction(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { params } = await provider.interactionDetails(request, response);
  const accountId = typeof params.login_hint === 'string' ? params.login_hint : '';
  const result = accountId === '' || accountId === 'cancel' ? { error: 'access_denied', error_description: 'the person gave up' } : { login: { accountId } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}
