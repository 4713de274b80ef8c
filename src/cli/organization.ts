import { path, type Json } from './admin-client.ts';
import { leaf, show, type Noun } from './command.ts';
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
  leaf(noun, 'list', 'list all organizations', ['organization list', 'organization list --json']).action(async (options: { json?: boolean }) => {
    show(tools, options, await tools.client().list('/organizations'), (rows) => printTable(rows, columns));
  });
  leaf(noun, 'show <organization>', 'show one organization, by id or slug', ['organization show acme']).action(
    async (reference: string, options: { json?: boolean }) => {
      show(tools, options, await tools.client().get(path`/organizations/${reference}`), (answer: Json) => printTable([answer], columns));
    },
  );
};
