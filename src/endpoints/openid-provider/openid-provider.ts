import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { ApplicationStore } from '../../domain/applications/index.ts';
import type { SigningKeyStore } from '../../domain/credentials/index.ts';
import type { ArtifactStore, GrantBindingStore, RevokedTokenStore } from '../../domain/grants/index.ts';
import type { SessionProofStore } from '../../domain/sessions/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { MasterKeys } from '../../platform/master-keys.ts';
import { accessTokenReader } from './access-token-reader.ts';
import { accountSource } from './account.ts';
import { artifactAdapter } from './artifact-adapter.ts';
import { ClientSource } from './client-source.ts';
import { existingGrantLoader } from './existing-grant.ts';
import { tellGrants, type GrantEnded } from './grant-metrics.ts';
import { createInteractions, type Interactions } from './interactions.ts';
import type { ProviderDirectory } from './member-facts.ts';
import { entryGuard } from './organization-entry.ts';
import { pinRequest } from './pinned-request.ts';
import { providerConfiguration, type ConfigurationInput, type Lifetimes } from './provider-configuration.ts';
import { providerHooks, type ProviderLog } from './provider-hooks.ts';
import { drawPackagePages } from './package-pages.ts';
import { takePostedSignOut } from './posted-sign-out.ts';
import type { ProviderPages } from './provider-pages.ts';
import { Provider, type ProviderInstance } from './provider-package.ts';
import { SigningKeyRing } from './signing-key-ring.ts';
import { answerForOwnTokens } from './own-tokens.ts';
import { handOnUnserved, type Onward } from './unserved-address.ts';

export interface OpenIdProviderOptions {
  /** Without a trailing slash; the issuer is this plus `/oidc`. */
  readonly publicUrl: string;
  readonly lifetimes: Lifetimes;
  readonly masterKeys: MasterKeys;
  readonly clock: Clock;
  readonly artifacts: ArtifactStore;
  readonly bindings: GrantBindingStore;
  readonly revokedTokens: RevokedTokenStore;
  readonly proofs: SessionProofStore;
  readonly applications: ApplicationStore;
  readonly signingKeys: SigningKeyStore;
  readonly directory: ProviderDirectory;
  readonly pages: ProviderPages;
  readonly log: ProviderLog;
  /** For addresses that applications registered; guarded against the inner network. */
  readonly fetch: ConfigurationInput['fetch'];
  /** Told how requests for tokens end. */
  readonly onGrant?: GrantEnded;
}

export interface OpenIdProvider {
  readonly issuer: string;
  /** To be mounted at `/oidc`, before any body parser. What it does not serve goes on to whoever comes next. */
  callback(): (request: IncomingMessage, response: ServerResponse, next: () => void) => void;
  /** For the sign-in pages. */
  readonly interactions: Interactions;
  /** An application was changed: its channel says so on every node. */
  forgetApplication(clientId: string): void;
  /** The signing keys were changed: their channel says so on every node. A failure is logged, and looked past a minute later. */
  reloadSigningKeys(): Promise<void>;
  /** Shows new keys now and lets them sign later; `immediately` when the present ones must not sign any more. */
  rotateSigningKey(options?: { immediately?: boolean }): Promise<void>;
  /** Ends what runs on its own. */
  stop(): Promise<void>;
}

/** For whatever the package answers by itself, which nobody else's page may hold. Our pages say more. */
const GUARDS = [
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Frame-Options', 'DENY'],
  ['Content-Security-Policy', "frame-ancestors 'none'"],
] as const;

/**
 * The hub as an OpenID provider. Rotation has no API in the package, so new keys mean a new Provider in place of the old
 * one: its state is all in the database, and requests under way end with the one they began with.
 */
export async function createOpenIdProvider(options: OpenIdProviderOptions): Promise<OpenIdProvider> {
  const issuer = `${options.publicUrl}/oidc`;
  const issuerUrl = new URL(issuer);
  const clients = new ClientSource(options.applications, options.clock);
  const onward: Onward = new WeakMap();
  const build = builder(options, issuer, clients, onward);
  let current: { provider: ProviderInstance; callback: RequestListener } | undefined;

  const failed = (error: unknown): void => options.log.error({ err: error }, 'the signing keys could not be looked at');
  const ring = new SigningKeyRing({
    store: options.signingKeys,
    changed(keys) {
      const provider = build(keys);
      const callback = provider.callback();
      current = { provider, callback: (request, response) => void callback(request, response) };
    },
    failed,
  });
  await ring.start();

  const running = (): NonNullable<typeof current> => {
    if (current === undefined) throw new Error('the key ring hands out keys before it has started');
    return current;
  };
  const { directory, bindings, proofs } = options;
  return {
    issuer,
    callback: () => (request, response, next) => {
      onward.set(request, next);
      pinRequest(request, issuerUrl);
      for (const [name, value] of GUARDS) response.setHeader(name, value);
      running().callback(request, response);
    },
    interactions: createInteractions({
      provider: () => running().provider,
      directory,
      clients,
      bindings,
      guard: entryGuard(directory, clients, proofs),
    }),
    forgetApplication: (clientId) => clients.forget(clientId),
    reloadSigningKeys: () => ring.look().catch(failed),
    async rotateSigningKey(rotation) {
      await options.signingKeys.rotate(rotation);
      await ring.look();
    },
    stop: () => ring.stop(),
  };
}

function builder(options: OpenIdProviderOptions, issuer: string, clients: ClientSource, onward: Onward): (keys: ConfigurationInput['keys']) => ProviderInstance {
  const { directory, bindings, proofs, clock, lifetimes, pages, log, applications } = options;
  const guard = entryGuard(directory, clients, proofs);
  const hooks = providerHooks({
    directory,
    clients,
    applications,
    accounts: accountSource(directory, bindings, guard),
    loadExistingGrant: existingGrantLoader({
      directory,
      clients,
      bindings,
      proofs,
      guard,
      clock,
      sessionSeconds: lifetimes.sessionTtl,
    }),
    pages,
    log,
    accessTokenSeconds: lifetimes.accessTokenTtl,
    scim: { identifier: `${options.publicUrl}/scim/v2`, seconds: lifetimes.clientCredentialsTtl },
  });
  return (keys) => {
    const configuration = providerConfiguration({
      publicUrl: options.publicUrl,
      keys,
      cookieKeys: options.masterKeys.derivedKeys('openid-provider:cookies'),
      lifetimes,
      adapter: (model) => artifactAdapter(model, options.artifacts, clients),
      hooks,
      fetch: options.fetch,
    });
    const provider = new Provider(issuer, configuration);
    // What the request claims was replaced by `pinRequest`; only that may be believed.
    provider.proxy = true;
    provider.on('server_error', (context, error) => log.error({ err: error, path: context.path }, 'the OpenID provider failed'));
    tellGrants(provider, options.onGrant);
    handOnUnserved(provider, onward);
    takePostedSignOut(provider, hooks);
    drawPackagePages(provider, { pages, clients, ...hooks });
    answerForOwnTokens(provider, { read: accessTokenReader({ issuer, keys, clock }), revokedTokens: options.revokedTokens, ...hooks });
    provider.on('backchannel.error', (_context, error, client) => log.warn({ err: error, clientId: client.clientId }, 'back-channel logout was not delivered'));
    return provider;
  };
}
