import { setTimeout as pause } from 'node:timers/promises';
import type { AdminClient, Json, Query } from './admin-client.ts';
import { CliError } from './cli-error.ts';
import { leaf, type Noun } from './command.ts';
import { printTable, type Columns } from './output.ts';

const columns: Columns = [
  ['AT', (row) => row['at']],
  ['ACTOR', (row) => row['actor']],
  ['ACTION', (row) => row['action']],
  ['TARGET', (row) => `${String(row['targetType'])}:${String(row['targetId'])}`],
  ['DETAILS', (row) => row['details']],
];

const POLL_MS = 1_000;
/** Transactions end in another order than they begin: what is this young is read again, and told once. */
const OVERLAP_MS = 10_000;

const atOf = (event: Json): number => Date.parse(String(event['at']));

/** New events, each once, oldest first, until the process is stopped. */
async function* follow(client: AdminClient, query: Query, told: readonly Json[]): AsyncGenerator<Json> {
  let recent = [...told];
  for (;;) {
    await pause(POLL_MS);
    const anchor = recent.findLast((event) => atOf(event) < Date.now() - OVERLAP_MS) ?? recent[0];
    const after = anchor === undefined ? {} : { after: String(anchor['id']) };
    const events = await client.list('/audit', { ...query, limit: 500, ...after });
    const seen = new Set(recent.map((event) => event['id']));
    const fresh = (anchor === undefined ? events.toReversed() : events).filter((event) => !seen.has(event['id']));
    yield* fresh;
    recent = [...recent, ...fresh].slice(-2_000);
  }
}

/** `gatehouse audit`. */
export const audit: Noun = (program, tools) => {
  const noun = program.command('audit').description('who did what to whom');
  leaf(noun, 'tail', 'show the latest events, oldest first; --json prints one event per line', [
    'audit tail --organization acme',
    'audit tail --organization acme --action role_overrides --follow --json',
  ])
    .option('--organization <organization>', 'id or slug; the default organization unless given')
    .option('--instance', 'the trail of the installation, which belongs to no organization')
    .option('--action <action>', 'a whole action (connection.created) or its noun (connection)')
    .option('--target <id>', 'id of what it happened to')
    .option('--limit <number>', 'at most so many, up to 500', '20')
    .option('--follow', 'wait for further events until stopped')
    .action(async (options: { json?: boolean; organization?: string; instance?: boolean; action?: string; target?: string; limit: string; follow?: boolean }) => {
      const limit = Number(options.limit);
      if (!Number.isInteger(limit) || limit < 1 || limit > 500) throw new CliError('--limit must be a number from 1 to 500.');
      const { organization, action, target } = options;
      const query = { organization, action, target, instance: options.instance === true ? 'true' : undefined };
      const client = tools.client();
      const events = (await client.list('/audit', { ...query, limit })).toReversed();
      const line = (event: Json): string => (options.json === true ? JSON.stringify(event) : (printTable([event], columns).split('\n')[1] ?? ''));
      if (options.json === true) for (const event of events) tools.terminal.out(line(event));
      else if (events.length > 0 || options.follow !== true) tools.terminal.out(printTable(events, columns));
      if (options.follow === true) for await (const event of follow(client, query, events)) tools.terminal.out(line(event));
    });
};
