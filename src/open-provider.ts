import type { Database } from './database/index.ts';
import { APPLICATION_CHANNEL, type ApplicationStore } from './domain/applications/index.ts';
import { SIGNING_KEY_CHANNEL, SigningKeyStore } from './domain/credentials/index.ts';
import { ArtifactStore, GrantBindingStore, RevokedTokenStore } from './domain/grants/index.ts';
import type { OrganizationFinder } from './domain/organizations/index.ts';
import { SessionProofStore } from './domain/sessions/index.ts';
import type { OpenIdProvider } from './endpoints/openid-provider/index.ts';
import { createPagesOfProvider } from './endpoints/sign-in/index.ts';
import { asPlatformFetch, createSafeFetch } from './federation/index.ts';
import type { Clock } from './platform/clock.ts';
import type { Closers } from './platform/closers.ts';
import { lazily } from './platform/lazily.ts';
import type { Log } from './platform/log.ts';
import type { MasterKeys } from './platform/master-keys.ts';
import type { Metrics } from './platform/metrics.ts';
import type { Config } from './platform/settings.ts';
import { type ProvisioningOptions, findMember, findOrganizationsOfAccount } from './provisioning/index.ts';

/** What the OpenID provider is put together from. */
export interface ProviderParts {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly publicUrl: string;
  readonly database: Database;
  readonly keys: MasterKeys;
  readonly closers: Closers;
  readonly metrics: Metrics;
  readonly applications: ApplicationStore;
  readonly finder: OrganizationFinder;
  readonly provisioning: ProvisioningOptions;
}

/** The largest of the packages behind the endpoints; loaded while the database is prepared, which is idle time here. */
export const loadProvider = lazily(() => import('./endpoints/openid-provider/index.ts'));

/** The OpenID provider, and what tells it of changes that another node made. */
export async function openProvider({ config, clock, log, publicUrl, database, keys, closers, metrics, applications, finder, provisioning }: ProviderParts): Promise<OpenIdProvider> {
  const { countGrants, createOpenIdProvider } = await loadProvider();
  const opening = createOpenIdProvider({
    publicUrl,
    lifetimes: config,
    masterKeys: keys,
    clock,
    artifacts: new ArtifactStore(database.provider),
    bindings: new GrantBindingStore(database.provider),
    revokedTokens: new RevokedTokenStore(database.provider),
    proofs: new SessionProofStore(database),
    applications,
    signingKeys: new SigningKeyStore(database, keys, clock),
    directory: {
      findMember: (orgId, accountId) => findMember(provisioning, orgId, accountId),
      organizationsOfAccount: (accountId) => findOrganizationsOfAccount({ database }, accountId),
      findOrganization: (reference) => finder.find(reference),
      organizationForDomain: async (domain) => (await finder.forDomain(domain))?.organization,
    },
    pages: createPagesOfProvider(clock),
    log,
    onGrant: countGrants(metrics),
    fetch: asPlatformFetch(createSafeFetch({ allowPrivate: config.allowPrivateUpstreams })),
  });
  closers.add(() => opening.then((provider) => provider.stop(), () => undefined));
  const tell = (what: (provider: OpenIdProvider) => unknown): void => void opening.then(what, () => undefined);
  const listening = [
    database.listen(APPLICATION_CHANNEL, (clientId) => tell((provider) => provider.forgetApplication(clientId))),
    database.listen(SIGNING_KEY_CHANNEL, () => tell((provider) => provider.reloadSigningKeys())),
  ];
  const [provider, ...unlisten] = await Promise.all([opening, ...listening]);
  for (const stop of unlisten) closers.add(stop);
  applications.onChange((clientId) => provider.forgetApplication(clientId));
  return provider;
}
