import type { Command } from 'commander';
import { path, type Json } from './admin-client.ts';
import { CliError } from './cli-error.ts';
import { leaf, show, type Noun, type Tools } from './command.ts';
import { printTable, type Columns } from './output.ts';
import { slipLines } from './role-lines.ts';
import { readText } from './settings-file.ts';

const rules: Columns = [
  ['GROUP', (row) => row['group']],
  ['ROLES', (row) => row['roles']],
  ['CONNECTION', (row) => row['connection'] ?? '(every one)'],
];

const changes: Columns = [
  ['USER', (row) => row['userName'] ?? row['account']],
  ['GETS', (row) => row['added']],
  ['LOSES', (row) => row['removed']],
];

interface MappingOptions {
  readonly json?: boolean;
  readonly organization: string;
  readonly file?: string;
}

const withMap = (command: Command): Command =>
  command.requiredOption('--organization <organization>', 'id or slug').option('--file <file>', 'read the map from a file; - is standard input');

async function mapFrom(map: string | undefined, { file }: MappingOptions, { terminal }: Tools): Promise<Json> {
  if ((map === undefined) === (file === undefined)) throw new CliError('Give the map either as an argument or by --file.');
  return { map: map ?? (await readText(file ?? '-', () => terminal.readInput())) };
}

const items = (answer: Json): Json[] => (Array.isArray(answer['items']) ? (answer['items'] as Json[]) : []);

function printSet(answer: Json): string {
  const warning = slipLines(answer, 'No roles of the organization, yet given as the map says; if that is a slip, correct it');
  return [printTable(items(answer), rules), `${String(answer['reconciled'])} people have other roles now.`, ...warning].join('\n');
}

const printPreview = (answer: Json): string =>
  [`${String(answer['changed'])} of ${String(answer['members'])} people would have other roles.`, ...(items(answer).length === 0 ? [] : [printTable(items(answer), changes)])].join('\n');

/** `gatehouse mapping`. */
export const mapping: Noun = (program, tools) => {
  const noun = program.command('mapping').description('which groups give which roles');
  withMap(
    leaf(noun, 'set [map]', 'put this map in the place of the organization’s own, and settle everybody’s roles by it', [
      'mapping set --organization acme "Engineers=developer, Leads=admin|developer"',
      'mapping set --organization acme --file map.txt',
    ]),
  ).action(async (map: string | undefined, options: MappingOptions) => {
    const answer = await tools.client().send('PUT', path`/organizations/${options.organization}/role-mapping`, await mapFrom(map, options, tools));
    show(tools, options, answer, printSet);
  });
  leaf(noun, 'show', 'show the organization’s own map; that of OIDC_GROUP_ROLE_MAP holds beside it', ['mapping show --organization acme'])
    .requiredOption('--organization <organization>', 'id or slug')
    .action(async (options: MappingOptions) => {
      show(tools, options, await tools.client().get(path`/organizations/${options.organization}/role-mapping`), (answer) => printTable(items(answer), rules));
    });
  withMap(
    leaf(noun, 'preview [map]', 'tell whose roles this map would change; changes nothing', ['mapping preview --organization acme "Engineers=developer"']),
  ).action(async (map: string | undefined, options: MappingOptions) => {
    const answer = await tools.client().send('POST', path`/organizations/${options.organization}/role-mapping/preview`, await mapFrom(map, options, tools));
    show(tools, options, answer, printPreview);
  });
};
