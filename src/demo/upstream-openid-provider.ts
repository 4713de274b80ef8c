import { generateKeyPairSync } from 'node:crypto';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { Grant, KoaContextWithOIDC, default as Provider } from 'oidc-provider';
import type { Company, Person } from './cast.ts';
import { LOOPBACK, close, listen } from './listen.ts';
import { memoryAdapter } from './memory-adapter.ts';
import { sendPage } from './page.ts';
import { authenticate, loginPage, readForm } from './upstream-login.ts';

/** A company's OpenID provider, as Okta would be. */
export interface UpstreamOpenIdProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Registers the hub; before that nobody can sign in. */
  register(redirectUri: string): Promise<void>;
  close(): Promise<void>;
}

const CLIENT_ID = 'gatehouse';
const INTERACTION = /^\/interaction\/([\w-]+)$/;

/** Okta's `sub` is the user's id, which its provisioning sends as `externalId`. */
const claimsOf = (person: Person): { sub: string } & Record<string, unknown> => ({
  sub: person.id,
  name: person.displayName,
  given_name: person.givenName,
  family_name: person.familyName,
  preferred_username: person.userName,
  email: person.email,
  email_verified: true,
  groups: person.groups,
});

/** Okta signs by RSA. */
const signingKey = (): object => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });

/** The company has agreed for its people: nobody is asked for consent. */
async function grantEverything({ oidc }: KoaContextWithOIDC): Promise<Grant> {
  const grant = new oidc.provider.Grant({ clientId: oidc.client?.clientId ?? '', accountId: oidc.session?.accountId ?? '' });
  grant.addOIDCScope('openid profile email groups');
  await grant.save();
  return grant;
}

async function createProvider(company: Company, issuer: string, clientSecret: string, redirectUri: string): Promise<Provider> {
  // Loaded here, not above: the hub must be the first to import it, since it holds back what the package prints.
  const { Provider, interactionPolicy } = await import('oidc-provider');
  const policy = interactionPolicy.base();
  // Whoever tries the demonstration wants to be somebody else the next time.
  policy.get('login')?.checks.add(new interactionPolicy.Check('ask_always', 'asked each time', ({ oidc }) => oidc.result?.login === undefined));
  return new Provider(issuer, {
    adapter: memoryAdapter(),
    jwks: { keys: [{ ...signingKey(), use: 'sig', alg: 'RS256' }] },
    clients: [{ client_id: CLIENT_ID, client_secret: clientSecret, redirect_uris: [redirectUri], grant_types: ['authorization_code'], response_types: ['code'] }],
    claims: { openid: ['sub'], profile: ['name', 'given_name', 'family_name', 'preferred_username'], email: ['email', 'email_verified'], groups: ['groups'] },
    scopes: ['openid', 'profile', 'email', 'groups'],
    conformIdTokenClaims: false,
    // Cookies know no ports: without names of its own this provider would overwrite those of a neighbour.
    cookies: { keys: [clientSecret], names: { session: `${company.slug}_session`, interaction: `${company.slug}_interaction`, resume: `${company.slug}_resume` } },
    features: { devInteractions: { enabled: false } },
    interactions: { policy, url: (_context, { uid }) => `/interaction/${uid}` },
    pkce: { required: () => true },
    ttl: { Interaction: 3600, Session: 3600, Grant: 3600, IdToken: 300, AccessToken: 300 },
    findAccount: (_context, id) => {
      const person = company.people.find((one) => one.id === id);
      return person && { accountId: id, claims: () => claimsOf(person) };
    },
    loadExistingGrant: grantEverything,
  });
}

async function answerInteraction(company: Company, provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { uid, params } = await provider.interactionDetails(request, response);
  const login = { company, protocol: 'OpenID Connect', action: `/interaction/${uid}` } as const;
  if (request.method !== 'POST') {
    const hint = typeof params['login_hint'] === 'string' ? params['login_hint'] : '';
    return sendPage(response, 200, loginPage({ ...login, userName: hint }));
  }
  const form = await readForm(request);
  if (form.has('cancel')) {
    return provider.interactionFinished(request, response, { error: 'access_denied', error_description: 'The person cancelled.' });
  }
  const userName = form.get('user_name') ?? '';
  const person = authenticate(company, userName, form.get('password') ?? '');
  if (person === undefined) return sendPage(response, 401, loginPage({ ...login, userName, wrong: true }));
  return provider.interactionFinished(request, response, { login: { accountId: person.id, amr: ['pwd'] } });
}

/** Starts it on the port, or on a free one. */
export async function startUpstreamOpenIdProvider(company: Company, port: number): Promise<UpstreamOpenIdProvider> {
  const server = createServer();
  const issuer = `http://${LOOPBACK}:${await listen(server, port)}`;
  const clientSecret = crypto.randomUUID();
  return {
    issuer,
    clientId: CLIENT_ID,
    clientSecret,
    async register(redirectUri) {
      const provider = await createProvider(company, issuer, clientSecret, redirectUri);
      const callback = provider.callback();
      server.on('request', (request, response) => {
        if (!INTERACTION.test(request.url ?? '')) return void callback(request, response);
        answerInteraction(company, provider, request, response).catch((error: unknown) => sendPage(response, 400, String(error)));
      });
    },
    close: () => close(server),
  };
}
