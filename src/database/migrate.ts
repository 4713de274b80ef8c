import type { Client } from 'pg';
import { setTimeout as pause } from 'node:timers/promises';
import { DomainError } from '../platform/errors.ts';
import { type Migration, statementsOf } from './migration-files.ts';
import { sqlState } from './statement-error.ts';

interface Applied {
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
}

/** Any constant will do, as long as every version of the hub uses the same. */
const LOCK = 7_420_001;
const TABLE = `create table if not exists public.schema_migration (
  version integer primary key, name text not null, phase text not null, checksum text not null,
  applied_at timestamptz not null default now())`;

async function applied(owner: Client): Promise<Applied[]> {
  try {
    return (await owner.query<Applied>('select version, name, checksum from public.schema_migration order by version')).rows;
  } catch (error) {
    if (sqlState(error) === '42P01') return [];
    throw error;
  }
}

/**
 * What is still to do. A migration that was applied and then edited, or a database that knows more than this version, is
 * refused: running on would mean guessing what the schema looks like.
 */
export function pendingMigrations(known: readonly Migration[], done: readonly Applied[]): Migration[] {
  const unknown = done.find(({ version }) => !known.some((migration) => migration.version === version));
  if (unknown !== undefined) {
    throw new DomainError('unavailable', 'database.newer_schema', `The database has migration ${unknown.version} (${unknown.name}), which this version does not know; start the newer version, or restore a backup.`);
  }
  const changed = done.find(({ version, checksum }) => known.find((migration) => migration.version === version)?.checksum !== checksum);
  if (changed !== undefined) {
    throw new DomainError('unavailable', 'database.changed_migration', `Migration ${changed.version} (${changed.name}) differs from what was applied; migrations are never edited, add a new one.`);
  }
  return known.filter(({ version }) => !done.some((migration) => migration.version === version));
}

/**
 * Polled, not waited for: a session that waits for a lock holds a snapshot, and `create index concurrently` in the session
 * that has the lock would wait for that snapshot in turn.
 */
async function underLock(owner: Client, work: () => Promise<void>): Promise<void> {
  for (;;) {
    const { rows } = await owner.query<{ mine: boolean }>('select pg_try_advisory_lock($1) as mine', [LOCK]);
    if (rows[0]?.mine === true) break;
    await pause(50);
  }
  try {
    await work();
  } finally {
    await owner.query('select pg_advisory_unlock($1)', [LOCK]);
  }
}

async function run(owner: Client, migration: Migration): Promise<void> {
  try {
    // a migration without transaction must be written so that it can be repeated: it may stop half-way
    if (migration.transactional) await owner.query(migration.sql);
    else for (const statement of statementsOf(migration)) await owner.query(statement);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DomainError('unavailable', 'database.migration_failed', `Migration ${migration.version} (${migration.name}) failed: ${reason}`, { cause: error });
  }
  await owner.query('insert into public.schema_migration (version, name, phase, checksum) values ($1, $2, $3, $4)', [
    migration.version,
    migration.name,
    migration.phase,
    migration.checksum,
  ]);
}

async function runAll(owner: Client, pending: readonly Migration[]): Promise<void> {
  for (let index = 0; index < pending.length; ) {
    const rest = pending.slice(index);
    const outside = rest.findIndex(({ transactional }) => !transactional);
    const together = outside === 0 ? rest.slice(0, 1) : rest.slice(0, outside < 0 ? rest.length : outside);
    if (outside === 0) {
      for (const migration of together) await run(owner, migration);
    } else {
      await owner.query('begin');
      try {
        for (const migration of together) await run(owner, migration);
        await owner.query('commit');
      } catch (error) {
        await owner.query('rollback');
        throw error;
      }
    }
    index += together.length;
  }
}

/**
 * Brings the database to this version's schema: neighbouring migrations in one transaction, all under one lock, so that several
 * nodes may start at once. Nothing to do costs one query.
 *
 * @param prepare runs under the lock before the first migration (roles, extensions)
 * @returns how many were applied
 */
export async function migrate(owner: Client, migrations: readonly Migration[], prepare: () => Promise<void>): Promise<number> {
  if (pendingMigrations(migrations, await applied(owner)).length === 0) return 0;
  let count = 0;
  await underLock(owner, async () => {
    await prepare();
    await owner.query(TABLE);
    const pending = pendingMigrations(migrations, await applied(owner));
    await runAll(owner, pending);
    count = pending.length;
  });
  return count;
}

/** For a node that must not migrate: refuses to run on an older schema than its own. */
export async function requireMigrated(owner: Client, migrations: readonly Migration[]): Promise<void> {
  const [first] = pendingMigrations(migrations, await applied(owner));
  if (first !== undefined) {
    throw new DomainError('unavailable', 'database.not_migrated', `Migration ${first.version} (${first.name}) has not been applied; start the hub once with migrations allowed.`);
  }
}
