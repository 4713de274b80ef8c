import { Option } from 'commander';
import { path, type Json } from './admin-client.ts';
import { collect, leaf, show, type Noun } from './command.ts';
import { printJson, printTable, type Columns } from './output.ts';
import { readSettings } from './settings-file.ts';

const columns: Columns = [
  ['CLIENT ID', (row) => row['client_id']],
  ['NAME', (row) => row['name']],
  ['ORGANIZATION', (row) => row['organization'] ?? '(every one)'],
  ['ENABLED', (row) => row['enabled']],
];

interface CreateOptions {
  readonly name: string;
  readonly organization?: string;
  readonly redirectUri?: readonly string[];
  readonly postLogoutRedirectUri?: readonly string[];
  readonly backchannelLogoutUri?: string;
  readonly grant?: readonly string[];
  readonly public?: boolean;
  readonly native?: boolean;
  readonly apiIdentifier?: string;
  readonly apiScope?: readonly string[];
  readonly resource?: readonly string[];
  readonly scimConnection?: string;
  readonly scimScope?: readonly string[];
  readonly file?: string;
}

/** Whoever has a place to come back to signs people in; other grants are named. */
export function metadataFrom(options: Omit<CreateOptions, 'name' | 'organization' | 'file'>): Json {
  const signsIn = options.redirectUri === undefined ? [] : ['authorization_code', 'refresh_token'];
  const grants = [...new Set([...signsIn, ...(options.grant ?? [])])];
  const given = {
    redirect_uris: options.redirectUri,
    post_logout_redirect_uris: options.postLogoutRedirectUri,
    backchannel_logout_uri: options.backchannelLogoutUri,
    grant_types: grants.length === 0 ? undefined : grants,
    token_endpoint_auth_method: options.public === true ? 'none' : undefined,
    application_type: options.native === true ? 'native' : undefined,
    api_identifier: options.apiIdentifier,
    api_scopes: options.apiScope,
    resources: options.resource,
    scim_connection: options.scimConnection,
    scim_scopes: options.scimScope,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** `gatehouse application`. */
export const application: Noun = (program, tools) => {
  const noun = program.command('application').alias('app').description('what people sign in to, and APIs');
  leaf(noun, 'create', 'register an application; prints JSON with client_id and, this once, client_secret', [
    'application create --name Portal --redirect-uri https://portal.example/callback --post-logout-redirect-uri https://portal.example/',
    'application create --name Phone --public --native --redirect-uri com.example.phone:/callback',
    'application create --name Nightly --organization acme --grant client_credentials',
    'application create --name Feed --organization acme --grant client_credentials --scim-connection okta',
  ])
    .requiredOption('--name <name>', 'name for people')
    .option('--organization <organization>', 'id or slug; open to members of every organization unless given')
    .option('--redirect-uri <uri>', 'where people come back to; may be given several times', collect)
    .option('--post-logout-redirect-uri <uri>', 'where people go after signing out; may be given several times', collect)
    .option('--backchannel-logout-uri <uri>', 'where the hub tells that somebody has signed out')
    .option('--grant <grant>', 'a further grant, client_credentials; may be given several times', collect)
    .option('--public', 'it cannot keep a secret, and gets none')
    .option('--native', 'it runs on a phone or desktop; redirect URIs may have a scheme of their own')
    .option('--api-identifier <uri>', 'it is an API: access tokens for it are JWTs with this audience')
    .option('--api-scope <scope>', 'a scope of that API; may be given several times', collect)
    .option('--resource <uri>', 'an API that it may call, by its identifier; may be given several times', collect)
    .option('--scim-connection <connection>', 'id or name of the connection into which it pushes by SCIM, with tokens of client_credentials')
    .option('--scim-scope <scope>', 'users, groups or read-only; may be given several times (users and groups unless given)', collect)
    .option('--file <file>', 'JSON object of further client metadata; - is standard input')
    .action(async (options: CreateOptions) => {
      const fromFile = options.file === undefined ? {} : await readSettings(options.file, () => tools.terminal.readInput());
      const body = { name: options.name, organization: options.organization, metadata: { ...fromFile, ...metadataFrom(options) } };
      tools.terminal.out(printJson(await tools.client().send('POST', '/applications', body)));
    });
  leaf(noun, 'list', 'list the applications of an organization, or those open to every one', ['application list', 'application list --organization acme'])
    .option('--organization <organization>', 'id or slug')
    .action(async (options: { json?: boolean; organization?: string }) => {
      const rows = await tools.client().list('/applications', { organization: options.organization });
      show(tools, options, rows, (all) => printTable(all, columns));
    });
  leaf(noun, 'show <client-id>', 'show an application as JSON, without its secret', ['application show 0198… --organization acme'])
    .option('--organization <organization>', 'id or slug of the organization it belongs to')
    .action(async (clientId: string, options: { organization?: string }) => {
      tools.terminal.out(printJson(await tools.client().get(path`/applications/${clientId}`, { organization: options.organization })));
    });
  leaf(noun, 'set <client-id>', 'rename, disable or enable an application', ['application set 0198… --disable'])
    .option('--organization <organization>', 'id or slug of the organization it belongs to')
    .option('--name <name>', 'name for people')
    .option('--enable', 'put it into use (again)')
    .addOption(new Option('--disable', 'nobody signs in to it and it gets no token').conflicts('enable'))
    .action(async (clientId: string, options: { organization?: string; name?: string; enable?: boolean; disable?: boolean }) => {
      const enabled = options.enable === true ? true : options.disable === true ? false : undefined;
      const query = { organization: options.organization };
      tools.terminal.out(printJson(await tools.client().send('PATCH', path`/applications/${clientId}`, { name: options.name, enabled }, query)));
    });
  leaf(noun, 'renew-secret <client-id>', 'put a new secret in the place of the old one, which ends at once; prints it alone', ['application renew-secret 0198…'])
    .option('--organization <organization>', 'id or slug of the organization it belongs to')
    .action(async (clientId: string, options: { json?: boolean; organization?: string }) => {
      const answer = await tools.client().send('POST', path`/applications/${clientId}/secret`, {}, { organization: options.organization });
      show(tools, options, answer, (renewed) => String(renewed['client_secret']));
    });
};
