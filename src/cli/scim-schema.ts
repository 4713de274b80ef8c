import type { Command } from 'commander';
import { path, type Json } from './admin-client.ts';
import { CliError } from './cli-error.ts';
import { leaf, show, type Noun } from './command.ts';
import { printTable, type Columns } from './output.ts';
import { readSettings } from './settings-file.ts';

const columns: Columns = [
  ['URN', (row) => row['id']],
  ['EXTENDS', (row) => row['extends']],
  ['ATTRIBUTES', (row) => (Array.isArray(row['attributes']) ? (row['attributes'] as Json[]).map(({ name }) => name) : [])],
  ['UPDATED', (row) => row['updatedAt']],
];

interface SchemaOptions {
  readonly json?: boolean;
  readonly organization: string;
}

const inOrganization = (command: Command): Command => command.requiredOption('--organization <organization>', 'id or slug');

/** `gatehouse scim-schema`. */
export const scimSchema: Noun = (program, tools) => {
  const noun = program.command('scim-schema').description('SCIM extensions that an organization declares for itself');
  inOrganization(leaf(noun, 'set', 'declare an extension, or put this definition in its place', ['scim-schema set --organization acme --file plant.json', 'scim-schema set --organization acme --file - < plant.json']))
    .requiredOption('--file <file>', 'the definition (RFC 7643 section 7) with "extends": "User" or "Group"; - is standard input')
    .action(async (options: SchemaOptions & { file: string }) => {
      const definition = await readSettings(options.file, () => tools.terminal.readInput());
      const { id } = definition;
      if (typeof id !== 'string' || id === '') throw new CliError(`${options.file} does not say by "id" which URN it declares.`);
      show(tools, options, await tools.client().send('PUT', path`/organizations/${options.organization}/scim-schemas/${id}`, definition), (answer) => printTable([answer], columns));
    });
  inOrganization(leaf(noun, 'list', 'list the extensions of an organization', ['scim-schema list --organization acme'])).action(async (options: SchemaOptions) => {
    show(tools, options, await tools.client().list(path`/organizations/${options.organization}/scim-schemas`), (rows) => printTable(rows, columns));
  });
  inOrganization(
    leaf(noun, 'remove <urn>', 'remove an extension that no user or group holds values of', ['scim-schema remove urn:example:params:scim:schemas:extension:plant:2.0:User --organization acme']),
  ).action(async (urn: string, options: SchemaOptions) => {
    const removed = await tools.client().send('DELETE', path`/organizations/${options.organization}/scim-schemas/${urn}`);
    show(tools, options, removed, (answer) => `removed ${String(answer['id'])}`);
  });
};
