import { Option, type Command } from 'commander';
import { path, type Json } from './admin-client.ts';
import { CliError } from './cli-error.ts';
import { collect, leaf, show, type Noun, type Tools } from './command.ts';
import { printJson, printTable, type Columns } from './output.ts';
import { readSettings, settingPairs } from './settings-file.ts';

const columns: Columns = [
  ['NAME', (row) => row['name']],
  ['PROTOCOL', (row) => row['protocol']],
  ['VENDOR', (row) => row['vendor']],
  ['ENABLED', (row) => row['enabled']],
  ['ID', (row) => row['id']],
];

/** Whose presets the hub has; any other provider does without one. */
export const VENDORS = ['okta', 'entra', 'google', 'onelogin', 'auth0', 'ping', 'jumpcloud', 'generic'];

interface ConnectionOptions {
  readonly json?: boolean;
  readonly organization: string;
  readonly vendor?: string;
  readonly file?: string;
  readonly set?: readonly string[];
  readonly subjectMatch?: string;
  readonly jit?: boolean;
  readonly enable?: boolean;
  readonly disable?: boolean;
}

function subjectMatchFrom(text: string | undefined): Json | null | undefined {
  if (text === undefined) return undefined;
  if (text === 'none') return null;
  const at = text.lastIndexOf('=');
  if (at < 1) throw new CliError('--subject-match is "none" or <claim>=externalId or <claim>=userName.');
  return { claim: text.slice(0, at), equals: text.slice(at + 1) };
}

async function bodyFrom(options: ConnectionOptions, tools: Tools): Promise<Json> {
  const fromFile = options.file === undefined ? {} : await readSettings(options.file, () => tools.terminal.readInput());
  const settings = { ...fromFile, ...settingPairs(options.set ?? []) };
  return {
    vendor: options.vendor,
    settings: Object.keys(settings).length === 0 ? undefined : settings,
    subjectMatch: subjectMatchFrom(options.subjectMatch),
    jit: options.jit,
    enabled: options.enable === true ? true : options.disable === true ? false : undefined,
  };
}

const withSettings = (command: Command): Command =>
  command
    .requiredOption('--organization <organization>', 'id or slug')
    .addOption(new Option('--vendor <vendor>', 'whose preset is laid under the settings').choices(VENDORS))
    .option('--file <file>', 'JSON object of settings; - is standard input')
    .option('--set <name=value>', 'one setting, above the file; may be given several times', collect)
    .option('--subject-match <match>', 'which claim of a sign-in equals which SCIM attribute: <claim>=externalId, <claim>=userName or none')
    .option('--jit', 'somebody unknown may enter by signing in')
    .option('--no-jit', 'only those may enter whom the provider has pushed');

/** `gatehouse connection`. */
export const connection: Noun = (program, tools) => {
  const noun = program.command('connection').description('the identity providers of an organization');
  withSettings(
    leaf(noun, 'create', 'create a connection; prints JSON with its id and the addresses to enter at the provider', [
      'connection create --organization acme --name okta --protocol oidc --vendor okta --set issuer=https://acme.okta.com --set clientId=… --set clientSecret=…',
      'connection create --organization acme --name entra --protocol saml --vendor entra --file settings.json',
    ]),
  )
    .requiredOption('--name <name>', 'unique in the organization')
    .addOption(new Option('--protocol <protocol>', 'how people sign in by it, if they do').choices(['saml', 'oidc', 'scim-only']).makeOptionMandatory())
    .action(async (options: ConnectionOptions & { name: string; protocol: string }) => {
      const body = { name: options.name, protocol: options.protocol, ...(await bodyFrom(options, tools)) };
      tools.terminal.out(printJson(await tools.client().send('POST', path`/organizations/${options.organization}/connections`, body)));
    });
  withSettings(
    leaf(noun, 'set <connection>', 'change what is named of a connection; a secret that is not named stays', [
      'connection set okta --organization acme --set clientSecret=…',
      'connection set okta --organization acme --disable',
    ]),
  )
    .option('--rename <name>', 'give it another name')
    .option('--enable', 'put it into use (again)')
    .addOption(new Option('--disable', 'nobody signs in by it and nothing is pushed').conflicts('enable'))
    .action(async (reference: string, options: ConnectionOptions & { rename?: string }) => {
      const body = { name: options.rename, ...(await bodyFrom(options, tools)) };
      tools.terminal.out(printJson(await tools.client().send('PATCH', path`/organizations/${options.organization}/connections/${reference}`, body)));
    });
  leaf(noun, 'show <connection>', 'show a connection, by id or name, as JSON', ['connection show okta --organization acme'])
    .requiredOption('--organization <organization>', 'id or slug')
    .action(async (reference: string, options: { organization: string }) => {
      tools.terminal.out(printJson(await tools.client().get(path`/organizations/${options.organization}/connections/${reference}`)));
    });
  leaf(noun, 'list', 'list the connections of an organization', ['connection list --organization acme'])
    .requiredOption('--organization <organization>', 'id or slug')
    .action(async (options: { json?: boolean; organization: string }) => {
      const rows = await tools.client().list(path`/organizations/${options.organization}/connections`);
      show(tools, options, rows, (all) => printTable(all, columns));
    });
};
