import { path, type Json } from './admin-client.ts';
import { collect, leaf, show, type Noun } from './command.ts';
import { printTable, type Columns } from './output.ts';

const columns: Columns = [
  ['SLUG', (row) => row['slug']],
  ['NAME', (row) => row['name']],
  ['STATUS', (row) => row['status']],
  ['DEFAULT', (row) => row['isDefault']],
  ['ID', (row) => row['id']],
];

/** `gatehouse organization`. */
export const organization: Noun = (program, tools) => {
  const noun = program.command('organization').alias('org').description('customers, each with its own people, connections and roles');
  leaf(noun, 'create <slug>', 'create an organization with a connection “default” and the roles admin, developer, viewer', [
    'organization create acme --name "Acme Inc."',
  ])
    .option('--name <name>', 'name for people; the slug unless given')
    .option('--description <text>', 'what it is, in a sentence')
    .action(async (slug: string, options: { json?: boolean; name?: string; description?: string }) => {
      const { name, description } = options;
      const created = await tools.client().send('POST', '/organizations', { slug, name, description });
      show(tools, options, created, (answer) => printTable([answer], columns));
    });
  leaf(noun, 'set <organization>', 'change what is named of an organization', [
    'organization set acme --status suspended',
    'organization set acme --accept 0199b1d2-7c1b-7d3e-9a1b-4c5d6e7f8a9b --accept password',
  ])
    .option('--name <name>', 'name for people')
    .option('--description <text>', 'what it is, in a sentence')
    .option('--status <status>', 'active, or suspended: nobody signs in and nothing is pushed')
    .option('--accept <connection>', 'id of another organization’s connection, or password, whose proof lets its members in here too; replaces those of before', collect)
    .option('--accept-none', 'only what its own connections prove counts')
    .action(async (reference: string, options: { json?: boolean; name?: string; description?: string; status?: string; accept?: readonly string[]; acceptNone?: boolean }) => {
      const { name, description, status } = options;
      const acceptedConnections = options.acceptNone === true ? [] : options.accept;
      const changed = await tools.client().send('PATCH', path`/organizations/${reference}`, { name, description, status, acceptedConnections });
      show(tools, options, changed, (answer) => printTable([answer], columns));
    });
  leaf(noun, 'list', 'list all organizations', ['organization list', 'organization list --json']).action(async (options: { json?: boolean }) => {
    show(tools, options, await tools.client().list('/organizations'), (rows) => printTable(rows, columns));
  });
  leaf(noun, 'show <organization>', 'show one organization, by id or slug', ['organization show acme']).action(
    async (reference: string, options: { json?: boolean }) => {
      show(tools, options, await tools.client().get(path`/organizations/${reference}`), (answer: Json) => printTable([answer], columns));
    },
  );
};
