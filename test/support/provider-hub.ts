import express, { type Express } from 'express';
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as client from 'openid-client';
import { ApplicationStore, type ApplicationMetadata } from '#hub/domain/applications/index.js';
import { SigningKeyStore } from '#hub/domain/credentials/index.js';
import { ArtifactStore, GrantBindingStore, RevokedTokenStore } from '#hub/domain/grants/index.js';
import { SessionProofStore } from '#hub/domain/sessions/index.js';
import { createOpenIdProvider, type OpenIdProvider, type OpenIdProviderOptions } from '#hub/endpoints/openid-provider/index.js';
import { systemClock } from '#hub/platform/clock.js';
import { MasterKeys } from '#hub/platform/master-keys.js';
import type { BrowserJar } from './browser-jar.ts';
import { freshDatabase, type FreshDatabase } from './database.ts';
import { People } from './people.ts';

export interface Registered {
  readonly clientId: string;
  readonly secret: string | undefined;
  readonly redirectUri: string;
  readonly config: client.Configuration;
}

/** Who the next test sign-in is, and by which connection. */
export interface TestPerson {
  readonly accountId: string;
  readonly orgId: string;
  readonly connectionId?: string;
}

/** The provider on a real port with a real database, and a sign-in that asks nobody anything. */
export interface ProviderHub {
  readonly fresh: FreshDatabase;
  readonly people: People;
  readonly provider: OpenIdProvider;
  readonly applications: ApplicationStore;
  readonly artifacts: ArtifactStore;
  readonly masterKeys: MasterKeys;
  readonly publicUrl: string;
  readonly logged: Record<string, unknown>[];
  /** What the provider sent to addresses that applications registered, instead of sending it. */
  readonly sent: { readonly url: string; readonly body: string }[];
  /** Undefined: the sign-in page is shown and nothing happens. */
  person: TestPerson | undefined;
  register(metadata?: ApplicationMetadata, orgId?: string): Promise<Registered>;
  close(): Promise<void>;
}

const lifetimes = { accessTokenTtl: 900, idTokenTtl: 900, refreshTokenTtl: 86_400, clientCredentialsTtl: 600, authorizationCodeTtl: 60, interactionTtl: 600, sessionTtl: 3600 };

export async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export interface HubParts extends Omit<OpenIdProviderOptions, 'pages' | 'log'> {}

export function providerParts(fresh: FreshDatabase, publicUrl: string, masterKeys: MasterKeys): HubParts {
  const { database } = fresh;
  return {
    publicUrl,
    lifetimes,
    masterKeys,
    clock: systemClock,
    artifacts: new ArtifactStore(database.provider),
    bindings: new GrantBindingStore(database.provider),
    revokedTokens: new RevokedTokenStore(database.provider),
    proofs: new SessionProofStore(database),
    applications: new ApplicationStore(database, masterKeys),
    signingKeys: new SigningKeyStore(database, masterKeys, systemClock),
    directory: new People(database).directory(),
    fetch: (url, init) => fetch(url, init),
  };
}

const page = (status: number, text: string): { status: number; headers: Record<string, string>; body: string } => ({ status, headers: { 'Content-Type': 'text/html' }, body: text });

/** A sign-in that asks nobody anything: whoever `hub.person` says is signed in. */
function signInWithoutAsking(app: Express, hub: ProviderHub): void {
  const { interactions } = hub.provider;
  app.get('/sign-in/:uid', async (request, response) => {
    const { person } = hub;
    const view = await interactions.find(request, response, request.params.uid);
    if (person === undefined) return void response.send(`asked for ${view.prompt} ${view.reasons.join()} ${view.session?.entry.kind ?? ''}`);
    const proof = { orgId: person.orgId, connectionId: person.connectionId ?? null, method: 'test' };
    const next =
      view.prompt === 'consent' && view.session?.entry.kind === 'enter'
        ? await interactions.consented(request, response)
        : await interactions.signedIn(request, response, { ...person, proof, authenticatedAt: Date.now() });
    response.redirect(303, next);
  });
}

/** @param mountSignIn the sign-in, in place of one that asks nobody anything */
export async function startProviderHub(mountSignIn: (app: Express, hub: ProviderHub) => void = signInWithoutAsking): Promise<ProviderHub> {
  const fresh = await freshDatabase();
  const app = express();
  // Express would print what a refused request ends in.
  app.set('env', 'test');
  const server = createServer(app);
  const publicUrl = await listen(server);
  const parts = providerParts(fresh, publicUrl, new MasterKeys(randomBytes(32).toString('base64')));
  const logged: Record<string, unknown>[] = [];
  const sent: { url: string; body: string }[] = [];
  const log = (fields: Record<string, unknown>): void => void logged.push(fields);
  const provider = await createOpenIdProvider({
    ...parts,
    fetch: (url, init) => {
      const body = init?.body;
      sent.push({ url: new Request(url).url, body: body instanceof URLSearchParams ? body.toString() : typeof body === 'string' ? body : '' });
      return Promise.resolve(new Response());
    },
    log: { warn: log, error: log },
    pages: {
      failure: ({ failure, reference }) => page(400, `failure ${failure} ${reference}`),
      signOut: ({ form }) => page(200, form),
      signedOut: () => page(200, 'signed out'),
      handOver({ form, destination }) {
        if (!/ action="https?:/.test(form)) throw new TypeError('not to be posted');
        return page(200, `handing over to ${destination}: ${form}`);
      },
    },
  });
  const hub: ProviderHub = {
    fresh,
    people: new People(fresh.database),
    provider,
    applications: parts.applications,
    artifacts: parts.artifacts,
    masterKeys: parts.masterKeys,
    publicUrl,
    logged,
    sent,
    person: undefined,
    register: (metadata = {}, orgId) => register(hub, metadata, orgId),
    close: async () => {
      await provider.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await fresh.drop();
    },
  };
  app.use('/oidc', provider.callback());
  mountSignIn(app, hub);
  return hub;
}

/** One organization with one person, Ada, who is the next to sign in, and an application of these metadata. */
export async function startHubOfAda(metadata: ApplicationMetadata): Promise<{ readonly hub: ProviderHub; readonly app: Registered }> {
  const hub = await startProviderHub();
  const app = await hub.register(metadata);
  const orgId = await hub.people.organization('a');
  const accountId = await hub.people.account(orgId);
  await hub.people.member(orgId, accountId, 'ada@a.example');
  hub.person = { accountId, orgId };
  return { hub, app };
}

async function register(hub: ProviderHub, metadata: ApplicationMetadata, orgId?: string): Promise<Registered> {
  const redirectUri = 'https://app.example/callback';
  const { application, clientSecret } = await hub.applications.create('test', { name: 'Application', orgId, metadata: { redirect_uris: [redirectUri], ...metadata } });
  const authentication = clientSecret === undefined ? client.None() : client.ClientSecretBasic(clientSecret);
  const config = await client.discovery(new URL(hub.provider.issuer), application.clientId, undefined, authentication, { execute: [client.allowInsecureRequests] });
  return { clientId: application.clientId, secret: clientSecret, redirectUri, config };
}

export interface Started {
  readonly url: URL;
  readonly verifier: string;
}

/** An authorization request as a well-behaved application sends it. */
export async function authorization(app: Registered, parameters: Record<string, string> = {}): Promise<Started> {
  const verifier = client.randomPKCECodeVerifier();
  const url = client.buildAuthorizationUrl(app.config, {
    redirect_uri: app.redirectUri,
    scope: 'openid profile email',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state: 'a-state',
    ...parameters,
  });
  return { url, verifier };
}

/** The whole way from the application and back to it. @returns where the application is called back, and its verifier */
export async function signIn(app: Registered, jar: BrowserJar, parameters: Record<string, string> = {}): Promise<{ callback: URL; verifier: string }> {
  const { url, verifier } = await authorization(app, parameters);
  const { url: callback, response } = await jar.follow(url);
  if (response !== undefined) throw new Error(`stopped at ${callback.href}: ${response.status} ${(await response.text()).slice(0, 300)}`);
  return { callback, verifier };
}

export const redeem = (app: Registered, { callback, verifier }: { callback: URL; verifier: string }): ReturnType<typeof client.authorizationCodeGrant> =>
  client.authorizationCodeGrant(app.config, callback, { pkceCodeVerifier: verifier, expectedState: 'a-state' });
