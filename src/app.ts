import { readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { resolve } from 'node:path';
import { startJobs } from './background-work.ts';
import { type Database, createDatabaseCare, openDatabase, watchPools } from './database/index.ts';
import { adoptRoleSettings, readGroupRoleMap, readRoleDefaults, rulesFrom } from './domain/access/index.ts';
import { ApplicationStore } from './domain/applications/index.ts';
import { AuditTrail, AuditedChanges, countAudit } from './domain/audit/index.ts';
import { OperatorTokenStore, PasswordStore, ScimTokenStore, SigningKeyStore, verifyMasterSecret } from './domain/credentials/index.ts';
import { DirectoryReader, ORGANIZATION_SCHEMA_CHANNEL, OrganizationSchemaStore, UniqueLedger } from './domain/directory/index.ts';
import { ArtifactStore } from './domain/grants/index.ts';
import { MemberDirectory, OrganizationDomainStore, OrganizationFinder, OrganizationStore } from './domain/organizations/index.ts';
import { AcceptedAssertionStore, PendingStore } from './domain/sessions/index.ts';
import { announcePermissiveMode, createAdminApi, ensureDefaultOrganization, ensureOperatorToken } from './endpoints/admin/index.ts';
import { createHttpApp, createStatusRoutes, problemRenderer, unknownRoute } from './endpoints/http/index.ts';
import { Vocabularies, countScim, createExtensionDesk, createScimListener, loadRegistry, registryWith, tokenRate } from './endpoints/scim/index.ts';
import { PasswordThrottle, type SignInMethods, countSignIns, createSignIn } from './endpoints/sign-in/index.ts';
import { ConnectionStore, signInMethodOf } from './federation/index.ts';
import { OidcSignIn } from './federation/oidc/index.ts';
import { SamlSignIn } from './federation/saml/index.ts';
import { type Groundwork, layGroundwork } from './groundwork.ts';
import { loadProvider, openProvider } from './open-provider.ts';
import { type Clock, systemClock } from './platform/clock.ts';
import { Closers } from './platform/closers.ts';
import type { DomainError } from './platform/errors.ts';
import type { Jobs } from './platform/jobs.ts';
import { type Log, createLog } from './platform/log.ts';
import { MasterKeys } from './platform/master-keys.ts';
import { Metrics } from './platform/metrics.ts';
import { ensureSecret } from './platform/secret-file.ts';
import type { Config } from './platform/settings.ts';
import { createTxtLookUp } from './platform/txt-records.ts';
import { DecidedGroups, type ProvisioningOptions, RecentUsers, createMembershipDesk, findMember, findOrganizationsOfAccount, provisionFromIdentity } from './provisioning/index.ts';

/** A running hub. */
export interface Hub {
  /** Where it is reached; with port 0 the one that was free. */
  readonly publicUrl: string;
  readonly port: number;
  readonly database: Database;
  readonly adminTokenFile: string;
  /** Settles when the hub cannot go on and has to be started again; never otherwise. */
  readonly failed: Promise<DomainError>;
  /** Does now what is done in the background every so often. */
  runJob(name: string): Promise<void>;
  /** Lets requests under way finish, then closes everything. */
  stop(): Promise<void>;
}

export interface HubOptions {
  readonly config: Config;
  readonly clock?: Clock;
  readonly log?: Log;
  /** What was begun before this file was loaded; without it, it is laid here. The hub clears it in either case. */
  readonly groundwork?: Groundwork;
}

const VERSION = (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version;
const SCIM_PATH = '/scim/v2';

interface Storage {
  readonly database: Database;
  readonly ownerUrl: string;
  readonly keys: MasterKeys;
  readonly failed: Promise<DomainError>;
}

async function openStorage(config: Config, groundwork: Groundwork, log: Log, closers: Closers, metrics: Metrics): Promise<Storage> {
  const report = (line: string): void => log.info(line);
  const { url, ownerUrl, failed } = await groundwork.database;
  const database = await openDatabase({ url, ownerUrl, poolSize: config.databasePoolSize, enforceIsolation: config.userMgmtRlsEnforce, log: report, onCommitted: countAudit(metrics) });
  closers.add(() => database.close());
  watchPools(metrics, database);
  const keys = new MasterKeys(config.secret ?? ensureSecret(config.dataDir), config.previousSecrets);
  await verifyMasterSecret(database, keys);
  return { database, ownerUrl, keys, failed };
}

function roleSettings(config: Config): ProvisioningOptions['roles'] {
  const map = readGroupRoleMap(config.oidcGroupRoleMap ?? '').map;
  return { rules: rulesFrom(map, 'environment'), defaults: readRoleDefaults(config.oidcGroupRoleDefaults ?? '').roles };
}

function signInMethods(config: Config, connections: ConnectionStore, finder: OrganizationFinder): SignInMethods {
  const oidc = new OidcSignIn({
    allowPrivate: config.allowPrivateUpstreams,
    displayNameClaim: config.oidcDisplayNameClaim,
    ...(config.oidcUserinfoEndpoint === undefined ? {} : { userInfoEndpoint: config.oidcUserinfoEndpoint }),
  });
  const methods = { oidc, saml: new SamlSignIn() };
  return {
    find: (id) => connections.findForSignIn(id),
    async forDomain(domain) {
      const found = await finder.forDomain(domain);
      return found && { orgId: found.organization.orgId, connectionId: found.connectionId };
    },
    ofOrganization: async (orgId) => (await connections.list(orgId)).filter(({ protocol, enabled }) => enabled && protocol !== 'scim-only'),
    method: (connection) => signInMethodOf(methods, connection),
  };
}

/**
 * Builds a hub: configuration → database → domain → endpoints, and begins to serve. The only place that knows every
 * concrete class; tests start the same.
 */
export async function startHub({ config, clock = systemClock, log = createLog({ level: config.logLevel, format: config.logFormat, clock }), groundwork: laid }: HubOptions): Promise<Hub> {
  const groundwork = laid ?? (await layGroundwork(config, log));
  const closers = new Closers();
  const state = { ready: false };
  const stop = async (): Promise<void> => {
    state.ready = false;
    await groundwork.clear(() => closers.closeAll());
  };
  try {
    const { port } = groundwork.http;
    const publicUrl = config.port === 0 && config.sources.publicUrl === 'default' ? `http://localhost:${port}` : config.publicUrl;
    loadProvider().catch(() => undefined); // awaited where it is needed
    const metrics = new Metrics({ process: true });
    const { failed, ...storage } = await openStorage(config, groundwork, log, closers, metrics);
    const { handler, adminTokenFile, jobs } = await compose({ ...storage, config, clock, log, publicUrl, closers, state, metrics });
    groundwork.http.serve(handler);
    state.ready = true;
    log.info({ port, url: publicUrl }, 'serving');
    closers.add(warmUp(storage.database));
    return { publicUrl, port, database: storage.database, adminTokenFile, failed, runJob: (name) => jobs.runNow(name), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The first administrator does not wait for what administration alone is made of, nor do those who waited for the start. @returns how to stop */
function warmUp(database: Database): () => Promise<void> {
  const timer = setTimeout(() => void database.withInstance('system', () => Promise.resolve()).catch(() => undefined), 200);
  return () => Promise.resolve(clearTimeout(timer));
}

interface Parts {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly publicUrl: string;
  readonly database: Database;
  readonly ownerUrl: string;
  readonly keys: MasterKeys;
  readonly closers: Closers;
  readonly metrics: Metrics;
  readonly state: { ready: boolean };
}

async function compose(parts: Parts): Promise<{ handler: RequestListener; adminTokenFile: string; jobs: Jobs }> {
  const { config, clock, log, publicUrl, database, ownerUrl, keys, state, metrics, closers } = parts;
  const finder = new OrganizationFinder(database);
  const connections = new ConnectionStore(database, keys);
  const provisioning: ProvisioningOptions = { database, clock, roles: roleSettings(config), recent: new RecentUsers(), decided: new DecidedGroups() };
  const reader = new DirectoryReader(database);
  const schemas = new OrganizationSchemaStore(database);
  const registry = loadRegistry();
  const unique = new UniqueLedger({ database, schemas, files: registry.unique?.mark, startedAt: clock.now() });
  const settle = async (orgId: string): Promise<void> => {
    const clashes = await unique.settle(orgId, (declared) => registryWith(registry, declared).unique);
    if (clashes.length > 0) log.warn({ orgId, clashes }, 'several resources have a value that is unique from now on; nobody else gets it');
  };
  const vocabularies = new Vocabularies({ base: registry, schemas, reader, settle, onUnusable: (err, orgId) => log.warn({ err, orgId }, 'a schema of an organization is not served') });
  const defect = (err: unknown, requestId: string): void => log.error({ err, requestId }, 'a request ended in a defect');

  const admin = {
    publicUrl,
    version: VERSION,
    clock,
    config,
    report: defect,
    changes: new AuditedChanges(database),
    trail: new AuditTrail(database),
    organizations: new OrganizationStore(database),
    members: new MemberDirectory(database),
    domains: new OrganizationDomainStore(database, clock),
    lookUpTxt: createTxtLookUp(),
    connections,
    scimTokens: new ScimTokenStore(database, clock),
    schemas,
    extensions: createExtensionDesk(registry, () => vocabularies.refresh()),
    unique,
    roles: provisioning.roles,
    operatorTokens: new OperatorTokenStore(database, clock),
    applications: new ApplicationStore(database, keys),
    signingKeys: new SigningKeyStore(database, keys, clock),
    desk: createMembershipDesk(provisioning),
    database: createDatabaseCare(database, ownerUrl, clock),
  };
  await ensureDefaultOrganization(admin);
  if (await adoptRoleSettings(database, provisioning.roles)) log.info('the group to role map or the defaults have changed since the last start; roles are resolved anew');
  await announcePermissiveMode({ config, changes: admin.changes, log, metrics });
  const adminTokenFile = await ensureOperatorToken(admin, resolve(config.dataDir));

  const provider = await openProvider({ ...parts, applications: admin.applications, finder, provisioning });
  const jobs = startJobs({
    ...parts,
    provisioning,
    tokens: [admin.scimTokens, admin.operatorTokens],
    artifacts: new ArtifactStore(database.provider),
    pending: new PendingStore(database, keys),
    refreshSchemas: () => vocabularies.refresh(),
  });

  // A hint that is lost, or that finds the database busy, is made up for by the job.
  closers.add(await database.listen(ORGANIZATION_SCHEMA_CHANNEL, () => void vocabularies.refresh().catch(() => undefined)));
  await vocabularies.refresh();

  const app = createHttpApp({ trustedProxyHops: config.trustedProxyHops, https: publicUrl.startsWith('https:') });
  app.use(createStatusRoutes({ isReady: () => state.ready, probe: async () => void (await database.batch([{ name: 'hub.probe', text: 'select 1', values: [] }])), metrics }));
  app.use('/oidc', provider.callback());
  app.use('/v1', createAdminApi(admin));
  app.use(
    createSignIn({
      publicUrl,
      clock,
      log,
      door: provider.interactions,
      directory: {
        organizationsOfAccount: (accountId) => findOrganizationsOfAccount({ database }, accountId),
        findOrganization: (reference) => finder.find(reference),
        findMember: (orgId, accountId) => findMember(provisioning, orgId, accountId),
      },
      methods: signInMethods(config, connections, finder),
      provision: (identity, connection) => provisionFromIdentity(provisioning, identity, connection),
      passwords: new PasswordStore(database),
      throttle: new PasswordThrottle(),
      pending: new PendingStore(database, keys),
      assertions: new AcceptedAssertionStore(database),
      forOperators: config.userMgmtUi,
      onOutcome: countSignIns(metrics),
    }),
  );
  // Last: without these express answers in its own words, with the stack of what went wrong.
  app.use(unknownRoute, problemRenderer(defect));

  const scim = createScimListener({
    service: {
      base: `${publicUrl}${SCIM_PATH}`,
      registry,
      limits: { maxBulkOperations: config.scimBulkMaxOperations, maxPayloadSize: config.scimMaxBodyBytes, defaultPageSize: Math.min(100, config.scimMaxPage), maxPageSize: config.scimMaxPage },
      reader,
      provisioning,
      cursorKeys: keys.derivedKeys('scim cursors'),
    },
    registryFor: (hash, open) => vocabularies.registryFor(hash, open),
    registryAnew: (hash, open) => vocabularies.registryAnew(hash, open),
    mount: SCIM_PATH,
    maxBodyBytes: config.scimMaxBodyBytes,
    admit: tokenRate(config.scimRateLimitPerSecond),
    onAnswered: countScim(metrics),
    onUsed: (hash) => admin.scimTokens.markUsed(hash),
    onDefect: defect,
  });
  return {
    jobs,
    adminTokenFile,
    handler: (request, response) => {
      if (!scim(request, response)) app(request, response);
    },
  };
}
