import { parseArgs } from 'node:util';

export type Section = 'start' | 'scim' | 'growth';

export interface BenchArguments {
  readonly help: boolean;
  readonly json: boolean;
  readonly sections: readonly Section[];
  /** Connections, each with one request under way. */
  readonly concurrency: number;
  /** Length of one turn of one server in one phase, in milliseconds. */
  readonly turn: number;
  /** Turns of each server per phase: A B A B. */
  readonly rounds: number;
  /** Sizes of the directory at which latency is measured. */
  readonly users: readonly number[];
  /** Sizes of one group at which latency is measured. */
  readonly members: readonly number[];
}

export const HELP = `npm run bench -- [options]     measures this checkout on this machine; below 90 seconds unless told otherwise

  --only start|scim|growth     one section alone; by default start and scim
  --growth                     also latency against the size of the directory and of a group (minutes)
  --concurrency N              connections in the SCIM section (16)
  --turn MS                    length of one turn of one server in one phase (600)
  --rounds N                   turns of each server per phase (2)
  --users A,B,…                sizes of the directory for growth (1000,10000,100000)
  --members A,B,…              sizes of the group for growth (100,1000,10000,100000)
  --json                       one JSON document instead of tables
  --help                       this text

start    node dist/main.js on a new and on an existing data directory, npm start, memory at idle
scim     the hub against a server that does the least thinkable: one JSONB row per resource, one statement per
         request, no SCIM rules; both on one PostgreSQL, turn by turn, so that the ratio holds where the figures do not
growth   median latency of one client at each size, divided by that at the smallest

Everything runs on the loopback, below the directory for temporary files, and is removed at the end.`;

function numberFrom(name: string, text: string, least: number, most: number): number {
  const number = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= least && number <= most)) throw new TypeError(`--${name} must be a number from ${least} to ${most}, not ${JSON.stringify(text)}`);
  return number;
}

const sizesFrom = (name: string, text: string): number[] => text.split(',').map((part) => numberFrom(name, part, 100, 200_000)).toSorted((a, b) => a - b);

function sectionsFrom(only: string | undefined, growth: boolean): Section[] {
  if (only === undefined) return growth ? ['start', 'scim', 'growth'] : ['start', 'scim'];
  if (only === 'start' || only === 'scim' || only === 'growth') return [only];
  throw new TypeError(`--only must be start, scim or growth, not ${JSON.stringify(only)}`);
}

const text = (value: string): { type: 'string'; default: string } => ({ type: 'string', default: value });

/** @throws TypeError in words for whoever typed them */
export function readArguments(args: readonly string[]): BenchArguments {
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: flag,
      json: flag,
      growth: flag,
      only: { type: 'string' },
      concurrency: text('16'),
      turn: text('600'),
      rounds: text('2'),
      users: text('1000,10000,100000'),
      members: text('100,1000,10000,100000'),
    },
  });
  return {
    help: values.help,
    json: values.json,
    sections: sectionsFrom(values.only, values.growth),
    concurrency: numberFrom('concurrency', values.concurrency, 1, 256),
    turn: numberFrom('turn', values.turn, 50, 60_000),
    rounds: numberFrom('rounds', values.rounds, 1, 20),
    users: sizesFrom('users', values.users),
    members: sizesFrom('members', values.members),
  };
}
