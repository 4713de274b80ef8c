import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Migration {
  readonly version: number;
  readonly name: string;
  /** `expand` keeps the previous version of the hub working; `contract` removes what only it needed. */
  readonly phase: 'expand' | 'contract';
  /** False for what PostgreSQL refuses inside a transaction, such as `create index concurrently`. */
  readonly transactional: boolean;
  readonly checksum: string;
  readonly sql: string;
}

const FILE_NAME = /^(\d{4})-([a-z0-9-]+)\.sql$/;
const HEADER = /^-- ([a-z]+): *([a-z]+) *$/;

/** @throws Error naming the file: a faulty migration is a defect of this version, not of its installation. */
export function parseMigration(fileName: string, sql: string): Migration {
  const [, number, name] = FILE_NAME.exec(fileName) ?? [];
  if (number === undefined || name === undefined) throw new Error(`${fileName}: a migration is named NNNN-what-it-does.sql`);
  const header = new Map<string, string>();
  for (const line of sql.split(/\r?\n/)) {
    const [, key, value] = HEADER.exec(line) ?? [];
    if (key === undefined || value === undefined) break;
    header.set(key, value);
  }
  const phase = header.get('phase');
  if (phase !== 'expand' && phase !== 'contract') throw new Error(`${fileName}: the first lines must say "-- phase: expand" or "-- phase: contract"`);
  const transaction = header.get('transaction');
  if (transaction !== undefined && transaction !== 'none') throw new Error(`${fileName}: "-- transaction:" can only be "none"`);
  const checksum = createHash('sha256').update(sql.replaceAll('\r\n', '\n')).digest('hex');
  return { version: Number(number), name, phase, transactional: transaction === undefined, checksum, sql };
}

/** All migrations of a folder in order; two of one number are refused. */
export function readMigrations(folder: string): readonly Migration[] {
  const migrations = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => parseMigration(name, readFileSync(join(folder, name), 'utf8')));
  const twice = migrations.find((migration, index) => migrations[index - 1]?.version === migration.version);
  if (twice !== undefined) throw new Error(`two migrations have the number ${twice.version}`);
  return migrations;
}

/** A file outside a transaction goes out statement by statement; each ends with a semicolon at the end of a line. */
export const statementsOf = (migration: Migration): string[] =>
  migration.sql
    .split(/;[ \t]*\r?(?:\n|$)/)
    .map((statement) => statement.replace(/^\s*--.*$/gm, '').trim())
    .filter((statement) => statement !== '');
