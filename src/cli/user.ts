import { path } from './admin-client.ts';
import { CliError } from './cli-error.ts';
import { leaf, show, type Noun } from './command.ts';
import { printJson, printTable, type Columns } from './output.ts';

const columns: Columns = [
  ['USER NAME', (row) => row['userName']],
  ['NAME', (row) => row['displayName']],
  ['E-MAIL', (row) => row['email']],
  ['STATUS', (row) => row['status']],
  ['ID', (row) => row['id']],
];

/** `gatehouse user`. */
export const user: Noun = (program, tools) => {
  const noun = program.command('user').description('people, seen from one organization');
  leaf(noun, 'create', 'create a user without an identity provider, for the day a provider is down; prints JSON', [
    'user create --organization acme --user-name break-glass --password-stdin < password',
  ])
    .requiredOption('--organization <organization>', 'id or slug')
    .requiredOption('--user-name <name>', 'what the person signs in with')
    .option('--display-name <name>', 'name for people')
    .option('--email <address>', 'mail address')
    .option('--password-stdin', 'read the password from standard input; without one the user cannot sign in by password')
    .action(async (options: { organization: string; userName: string; displayName?: string; email?: string; passwordStdin?: boolean }) => {
      const { organization, userName, displayName, email } = options;
      // One line end is the editor's or echo's, not the password's.
      const password = options.passwordStdin === true ? (await tools.terminal.readInput()).replace(/\r?\n$/, '') : undefined;
      if (password === '') throw new CliError('Standard input holds no password.');
      tools.terminal.out(printJson(await tools.client().send('POST', '/users', { userName, displayName, email, password }, { organization })));
    });
  leaf(noun, 'show <user>', 'show a user, by id or user name, with roles and the reason for each, as JSON', ['user show ada@acme.example --organization acme'])
    .option('--organization <organization>', 'id or slug; the default organization unless given')
    .action(async (reference: string, options: { organization?: string }) => {
      tools.terminal.out(printJson(await tools.client().get(path`/users/${reference}`, { organization: options.organization })));
    });
  leaf(noun, 'list', 'list the users of an organization', ['user list --organization acme', 'user list --organization acme --search ada'])
    .option('--organization <organization>', 'id or slug; the default organization unless given')
    .option('--search <beginning>', 'how the user name begins, in any case')
    .option('--limit <number>', 'at most so many', '1000')
    .action(async (options: { json?: boolean; organization?: string; search?: string; limit: string }) => {
      const most = Number(options.limit);
      if (!Number.isInteger(most) || most < 1) throw new CliError('--limit must be a number above 0.');
      const query = { organization: options.organization, search: options.search, limit: Math.min(most, 500) };
      show(tools, options, await tools.client().list('/users', query, most), (rows) => printTable(rows, columns));
    });
  leaf(noun, 'link <user>', 'say that this member is a person who has an account already, of whatever organization; prints JSON', [
    'user link ada@other.example --organization other --account 0198…',
  ])
    .requiredOption('--organization <organization>', 'id or slug of the organization of the member')
    .requiredOption('--account <id>', 'id of the account that the person has')
    .action(async (reference: string, options: { organization: string; account: string }) => {
      const { organization, account } = options;
      tools.terminal.out(printJson(await tools.client().send('POST', path`/users/${reference}/link`, { account }, { organization })));
    });
};
