import { Option } from 'commander';
import { path, type AdminClient, type Json } from './admin-client.ts';
import { collect, leaf, show, type Noun } from './command.ts';
import { printTable, type Columns } from './output.ts';

const columns: Columns = [
  ['SLUG', (row) => row['slug']],
  ['NAME', (row) => row['name']],
  ['STATUS', (row) => row['status']],
  ['DEFAULT', (row) => row['isDefault']],
  ['ID', (row) => row['id']],
];

/** One organization, with what a list of them has no room for. */
const details: Columns = [...columns.slice(0, -1), ['ACCEPTS', (row) => row['acceptedConnections']], ...columns.slice(-1)];

/** `password` and ids as they are; `acme/okta` is the connection okta of acme. */
async function acceptedFrom(client: AdminClient, references: readonly string[]): Promise<string[]> {
  return Promise.all(
    references.map(async (reference) => {
      const at = reference.indexOf('/');
      if (at === -1) return reference;
      const { id } = await client.get(path`/organizations/${reference.slice(0, at)}/connections/${reference.slice(at + 1)}`);
      return String(id);
    }),
  );
}

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
    'organization set acme --accept globex/entra --accept password',
  ])
    .option('--name <name>', 'name for people')
    .option('--description <text>', 'what it is, in a sentence')
    .addOption(new Option('--status <status>', 'suspended: nobody signs in and nothing is pushed').choices(['active', 'suspended']))
    .option(
      '--accept <connection>',
      'another organization’s connection (<organization>/<connection>, or its id), or password: who signed in by it enters here without signing in again, as a member; may be given several times, and replaces those of before',
      collect,
    )
    .addOption(new Option('--accept-none', 'only what its own connections prove counts').conflicts('accept'))
    .action(async (reference: string, options: { json?: boolean; name?: string; description?: string; status?: string; accept?: readonly string[]; acceptNone?: boolean }) => {
      const { name, description, status } = options;
      const client = tools.client();
      const acceptedConnections = options.acceptNone === true ? [] : options.accept && (await acceptedFrom(client, options.accept));
      const changed = await client.send('PATCH', path`/organizations/${reference}`, { name, description, status, acceptedConnections });
      show(tools, options, changed, (answer) => printTable([answer], details));
    });
  leaf(noun, 'list', 'list all organizations', ['organization list', 'organization list --json']).action(async (options: { json?: boolean }) => {
    show(tools, options, await tools.client().list('/organizations'), (rows) => printTable(rows, columns));
  });
  leaf(noun, 'show <organization>', 'show one organization, by id or slug', ['organization show acme']).action(
    async (reference: string, options: { json?: boolean }) => {
      show(tools, options, await tools.client().get(path`/organizations/${reference}`), (answer: Json) => printTable([answer], details));
    },
  );
};
