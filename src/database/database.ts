import { fileURLToPath } from 'node:url';
import { type Clock, systemClock } from '../platform/clock.ts';
import { DomainError } from '../platform/errors.ts';
import { Administration } from './administration.ts';
import type { AdministrativeTransaction } from './administrative-transaction.ts';
import { BatchRunner, type Committed, type Decision } from './batch-runner.ts';
import { ConnectionPool } from './connection-pool.ts';
import { loginOf, SESSION_SETTINGS, type ConnectionRequest } from './connection-settings.ts';
import { EXEMPT_TABLES } from './exemptions.ts';
import { findIsolationFaults, notIsolated } from './isolation.ts';
import { migrate, requireMigrated } from './migrate.ts';
import { readMigrations } from './migration-files.ts';
import { NotificationListener } from './notification-listener.ts';
import { withOwner } from './owner-connection.ts';
import { ensureAllPartitions } from './partitions.ts';
import { SharedBatches } from './shared-batches.ts';
import { APPLICATION_ROLE, ensureExtensions, ensureRoles, PROVIDER_ROLE } from './roles.ts';
import { instanceContext, organizationContext, type OrganizationContext, type Row, type Statement } from './statement.ts';

export interface DatabaseOptions {
  /** The application's login. */
  readonly url: string;
  /** Owner of the schema; the same login unless told otherwise. */
  readonly ownerUrl?: string;
  /** Connections for batches; as many again at most for the provider and for administrative work. */
  readonly poolSize?: number;
  /** Longest wait for a free connection, in milliseconds. */
  readonly wait?: number;
  /** False on nodes that must not change the schema: they refuse to start on an older one. */
  readonly migrate?: boolean;
  /** False starts in spite of isolation faults, with a warning; policies stay as they are. */
  readonly enforceIsolation?: boolean;
  /** Folder of the numbered migrations; the hub's own by default. */
  readonly migrations?: string;
  readonly log?: (line: string) => void;
  readonly clock?: Clock;
  /** Hears of what statements tell of, once they are committed. */
  readonly onCommitted?: Committed;
}

/** The database as the rest of the hub sees it. */
export interface Database {
  /** Several statements, one Sync, one implicit transaction, one round trip; rows per statement. */
  batch(statements: readonly Statement[]): Promise<Row[][]>;
  /**
   * The same for short work of hot paths, in company: batches that open alike at the same time share their transaction, see
   * {@link SharedBatches}. Reads and writes travel apart, since reads need not wait for a flush.
   * @param locks the account whose membership is locked: memberships are locked in the order of these, here as everywhere
   */
  shared(kind: 'read' | 'write', statements: readonly Statement[], locks?: string): Promise<Row[][]>;
  /** Two round trips, one transaction: lock and load, decide (pure and synchronous; throwing rolls back), apply. */
  lockThenApply<T>(lock: readonly Statement[], decide: (rows: Row[][]) => Decision<T>): Promise<T>;
  /** Administrative work of one organization, on models and raw SQL. */
  withOrganization<T>(context: OrganizationContext, work: (tx: AdministrativeTransaction) => Promise<T>): Promise<T>;
  /** The same outside any organization: organization tables are empty. */
  withInstance<T>(actor: string, work: (tx: AdministrativeTransaction) => Promise<T>): Promise<T>;
  /** The OpenID provider's artifacts: the same batch under a role that sees nothing else. */
  readonly provider: { batch(statements: readonly Statement[]): Promise<Row[][]> };
  /** How busy the pools of batches are at this moment. */
  load(): Readonly<Record<'batch' | 'provider', ConnectionPool['load']>>;
  /** A hint by NOTIFY to look sooner; may be lost while reconnecting. @returns how to stop. */
  listen(channel: string, handler: (payload: string) => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

const OWN_MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url));

/** Roles, schema and partitions brought up to date, isolation verified; everything the owner's connection is needed for. */
async function prepare(options: DatabaseOptions): Promise<void> {
  const login = loginOf(options.url);
  const migrations = readMigrations(options.migrations ?? OWN_MIGRATIONS);
  await withOwner(options.ownerUrl ?? options.url, async ({ client, version }) => {
    if (options.migrate === false) await requireMigrated(client, migrations);
    else {
      await ensureRoles(client, login, version);
      const count = await migrate(client, migrations, () => ensureExtensions(client));
      if (count > 0) options.log?.(`database: ${count} migrations applied`);
      await ensureAllPartitions(client, (options.clock ?? systemClock).now());
    }
    const faults = await findIsolationFaults(client, EXEMPT_TABLES);
    if (faults.length === 0) return;
    if (options.enforceIsolation !== false) throw notIsolated(faults);
    options.log?.(`database: organizations are not kept apart: ${faults.join('; ')}`);
  });
}

/** Creates the partitions of the days to come; for a daily job, on the owner's connection. */
export async function maintainPartitions(ownerUrl: string, clock: Clock = systemClock): Promise<number> {
  return withOwner(ownerUrl, ({ client }) => ensureAllPartitions(client, clock.now()));
}

/**
 * Plans as this hub means them, whatever the statistics say: tables are young and growing when plans are made and cached,
 * and every statement is about few rows found by an index. Reading a whole table because it was small when the plan was
 * made was measured at ×89 for 100,000 rows; joining by hash or merge, or sorting where an index has the order, reads a
 * whole organization in the same way (a page of 100 users: 107 ms against 2). No plan depends on the values it is asked
 * with, so each is made once per connection. Compiling pays for none of them (`jit`).
 */
const PLANS = { enable_seqscan: 'off', enable_hashjoin: 'off', enable_mergejoin: 'off', enable_sort: 'off', plan_cache_mode: 'force_generic_plan', jit: 'off' } as const;

/** What a session of the hub must be, sent with the connection request. */
const request = (url: string, role: string, name: string, schema = 'public'): ConnectionRequest => ({
  url,
  applicationName: `gatehouse ${name}`,
  settings: { ...SESSION_SETTINGS, search_path: schema, role, ...PLANS },
});

const WHO: Statement = { name: 'database.who', text: 'select current_user::text as role', values: [] };

/** Connects once as the hub will: a login that may not take the role must be told at start, not at the first request. */
async function verifyRole(runner: BatchRunner): Promise<void> {
  const [rows] = await runner.batch([WHO]);
  if (rows?.[0]?.['role'] === APPLICATION_ROLE) return;
  throw new DomainError('unavailable', 'database.wrong_role', `The session runs as ${String(rows?.[0]?.['role'])} instead of ${APPLICATION_ROLE}; connect without a pooler that drops start-up options.`);
}

/** Connects, migrates unless told not to, verifies isolation, opens the pools. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  await prepare(options);
  const { url, poolSize: size = 8, wait = 10_000 } = options;
  const pool = new ConnectionPool({ ...request(url, APPLICATION_ROLE, 'batch'), size, wait });
  const providerPool = new ConnectionPool({ ...request(url, PROVIDER_ROLE, 'provider', 'oidc,public'), size, wait });
  const [runner, provider] = [new BatchRunner(pool, options.onCommitted), new BatchRunner(providerPool)];
  try {
    await verifyRole(runner);
  } catch (error) {
    await pool.close();
    throw error;
  }
  const shared = new SharedBatches(runner);
  const administration = new Administration({ request: request(url, APPLICATION_ROLE, 'administration'), size, wait, onCommitted: options.onCommitted });
  const listener = new NotificationListener(request(url, APPLICATION_ROLE, 'listener'));
  return {
    batch: (statements) => runner.batch(statements),
    shared: (kind, statements, locks) => shared.batch(statements, kind, locks),
    lockThenApply: (lock, decide) => runner.lockThenApply(lock, decide),
    withOrganization: (context, work) => administration.transact(organizationContext(context), work),
    withInstance: (actor, work) => administration.transact(instanceContext(actor), work),
    provider: { batch: (statements) => provider.batch(statements) },
    load: () => ({ batch: pool.load, provider: providerPool.load }),
    listen: (channel, handler) => listener.listen(channel, handler),
    close: async () => {
      await Promise.all([listener.close(), pool.close(), providerPool.close(), administration.close()]);
    },
  };
}
