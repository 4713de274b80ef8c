import { escapeIdentifier } from 'pg';
import { type Clock, systemClock } from '../platform/clock.ts';
import type { Database } from './database.ts';
import { EXEMPT_TABLES } from './exemptions.ts';
import { faultsOf, readTableFacts, type TableFacts } from './isolation.ts';
import { withOwner } from './owner-connection.ts';
import { ensureAllPartitions } from './partitions.ts';
import { ensureExtensions } from './roles.ts';

/** What isolation says of one table. */
export interface TableReport {
  readonly table: string;
  readonly enabled: boolean;
  readonly forced: boolean;
  readonly policies: number;
  /** Whether this call had to switch anything on. */
  readonly changed: boolean;
  /** What is still wrong: a missing policy is told, never invented. */
  readonly faults: readonly string[];
}

const needsRowSecurity = (table: TableFacts): boolean => ['r', 'p'].includes(table.kind) && table.has_org && !(table.enabled && table.forced);

/** Switches row-level security on and forces it wherever a table of organizations lacks it; may be called again and again. */
async function enableRowSecurity(ownerUrl: string): Promise<TableReport[]> {
  return withOwner(ownerUrl, async ({ client }) => {
    const changed = new Set<string>();
    for (const table of (await readTableFacts(client)).filter(needsRowSecurity)) {
      await client.query(`alter table public.${escapeIdentifier(table.name)} enable row level security, force row level security`);
      changed.add(table.name);
    }
    const tables = (await readTableFacts(client)).filter(({ has_org, partition }) => has_org && !partition);
    return tables.map((table) => ({
      table: table.name,
      enabled: table.enabled,
      forced: table.forced,
      policies: table.policies,
      changed: changed.has(table.name),
      faults: faultsOf(table, EXEMPT_TABLES),
    }));
  });
}

/** Extensions that indexes need, and the partitions of the days to come; may be called again and again. */
async function preparePostgres(ownerUrl: string, clock: Clock): Promise<{ extensions: string[]; partitionsCreated: number }> {
  return withOwner(ownerUrl, async ({ client }) => {
    await ensureExtensions(client);
    const partitionsCreated = await ensureAllPartitions(client, clock.now());
    const { rows } = await client.query<{ name: string }>('select extname::text as name from pg_extension order by 1');
    return { extensions: rows.map(({ name }) => name), partitionsCreated };
  });
}

/** What operators may ask of the database itself. */
export interface DatabaseCare {
  status(): Promise<{ version: string; milliseconds: number }>;
  enableRowSecurity(): Promise<TableReport[]>;
  prepare(): Promise<{ extensions: string[]; partitionsCreated: number }>;
}

export const createDatabaseCare = (database: Pick<Database, 'batch'>, ownerUrl: string, clock: Clock = systemClock): DatabaseCare => ({
  status: () => databaseStatus(database),
  enableRowSecurity: () => enableRowSecurity(ownerUrl),
  prepare: () => preparePostgres(ownerUrl, clock),
});

/** Asks the database how it is: its version, and how long an answer takes. */
async function databaseStatus(database: Pick<Database, 'batch'>): Promise<{ version: string; milliseconds: number }> {
  const begun = performance.now();
  const [rows] = await database.batch([{ name: 'database.status', text: `select current_setting('server_version') as version`, values: [] }]);
  return { version: String(rows?.[0]?.['version']), milliseconds: Math.round((performance.now() - begun) * 10) / 10 };
}
