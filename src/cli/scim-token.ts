import { path } from './admin-client.ts';
import { CliError } from './cli-error.ts';
import { collect, leaf, show, type Noun } from './command.ts';
import { printTable, type Columns } from './output.ts';

const columns: Columns = [
  ['ID', (row) => row['id']],
  ['TOKEN', (row) => row['hint']],
  ['SCOPES', (row) => row['scopes']],
  ['LIVE', (row) => row['live']],
  ['LAST USED', (row) => row['lastUsedAt']],
  ['EXPIRES', (row) => row['expiresAt']],
];

/** `90d`, `12h`, or an instant; what the hub wants is an instant. */
export function expiryFrom(text: string, now: number): string {
  const [, amount, unit] = /^(\d{1,5})([dh])$/.exec(text) ?? [];
  // `Date` alone would take "5" for a day in May.
  const instant = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  const time = amount === undefined ? instant : now + Number(amount) * (unit === 'd' ? 86_400_000 : 3_600_000);
  if (Number.isNaN(time)) throw new CliError(`${JSON.stringify(text)} is neither a span such as 90d or 12h nor a time such as 2030-01-31T12:00:00Z.`);
  return new Date(time).toISOString();
}

/** `gatehouse scim-token`. */
export const scimToken: Noun = (program, tools) => {
  const noun = program.command('scim-token').description('tokens with which an identity provider pushes people and groups');
  leaf(noun, 'create', 'create a token and print it, alone and this once; at most two are live per connection', [
    'scim-token create --organization acme',
    'scim-token create --organization acme --connection okta --expires 365d > token',
  ])
    .requiredOption('--organization <organization>', 'id or slug')
    .option('--connection <connection>', 'id or name', 'default')
    .option('--scope <scope>', 'users, groups or read-only; may be given several times (users and groups unless given)', collect)
    .option('--expires <when>', 'a span (90d, 12h) or a time; never unless given')
    .action(async (options: { json?: boolean; organization: string; connection: string; scope?: string[]; expires?: string }) => {
      const { connection, scope: scopes, expires } = options;
      const expiresAt = expires === undefined ? undefined : expiryFrom(expires, Date.now());
      const created = await tools.client().send('POST', path`/organizations/${options.organization}/scim-tokens`, { connection, scopes, expiresAt });
      show(tools, options, created, (answer) => String(answer['token']));
    });
  leaf(noun, 'list', 'list tokens, without the tokens themselves', ['scim-token list --organization acme'])
    .requiredOption('--organization <organization>', 'id or slug')
    .option('--connection <connection>', 'id or name; all connections unless given')
    .action(async (options: { json?: boolean; organization: string; connection?: string }) => {
      const rows = await tools.client().list(path`/organizations/${options.organization}/scim-tokens`, { connection: options.connection });
      show(tools, options, rows, (all) => printTable(all, columns));
    });
  leaf(noun, 'revoke <id>', 'revoke a token: the next request with it is refused', ['scim-token revoke 0198… --organization acme'])
    .requiredOption('--organization <organization>', 'id or slug')
    .action(async (id: string, options: { json?: boolean; organization: string }) => {
      const revoked = await tools.client().send('DELETE', path`/organizations/${options.organization}/scim-tokens/${id}`);
      show(tools, options, revoked, (answer) => `revoked ${String(answer['hint'])}`);
    });
};
