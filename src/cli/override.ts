import { path, type AdminClient, type Json } from './admin-client.ts';
import { CliError } from './cli-error.ts';
import { collect, leaf, show, type Noun } from './command.ts';
import { roleLines } from './role-lines.ts';
import { expiryFrom } from './scim-token.ts';

interface OverrideOptions {
  readonly json?: boolean;
  readonly organization?: string;
  readonly preserve?: readonly string[];
  readonly suppress?: readonly string[];
  readonly reason?: string;
  readonly expires?: string;
  readonly disable?: boolean;
}

/** The overrides that are asked for. `--disable` alone keeps the present ones, since nobody who says it means to lose them. */
async function wanted(client: AdminClient, user: string, options: OverrideOptions): Promise<Json> {
  const { preserve: preserved, suppress: suppressed, reason, expires, organization } = options;
  const said = {
    ...(reason === undefined ? {} : { reason }),
    ...(expires === undefined ? {} : { expires_at: expiryFrom(expires, Date.now()) }),
    enabled: options.disable !== true,
  };
  if (preserved !== undefined || suppressed !== undefined) return { preserved, suppressed, ...said };
  const { overrides } = options.disable === true ? await client.get(path`/users/${user}`, { organization }) : {};
  if (typeof overrides !== 'object' || overrides === null) throw new CliError('Name a role by --preserve or --suppress; override clear takes overrides back.');
  const { author: _author, ...present } = overrides as Json;
  return { ...present, ...said };
}

/** `gatehouse override`. */
export const override: Noun = (program, tools) => {
  const noun = program.command('override').description('roles that a person keeps or does not get, whatever groups say');
  leaf(noun, 'set <user>', 'put these overrides in the place of present ones', [
    'override set ada@acme.example --organization acme --preserve admin --reason "on call" --expires 7d',
    'override set ada@acme.example --organization acme --suppress developer',
  ])
    .option('--organization <organization>', 'id or slug; the default organization unless given')
    .option('--preserve <role>', 'a role the person keeps; may be given several times', collect)
    .option('--suppress <role>', 'a role the person does not get; may be given several times', collect)
    .option('--reason <text>', 'why, for those who look later')
    .option('--expires <when>', 'a span (7d, 12h) or a time; until cleared unless given')
    .option('--disable', 'keep them for the record, without effect; alone: those there are')
    .action(async (reference: string, options: OverrideOptions) => {
      const client = tools.client();
      const body = await wanted(client, reference, options);
      show(tools, options, await client.send('PUT', path`/users/${reference}/role-overrides`, body, { organization: options.organization }), roleLines);
    });
  leaf(noun, 'clear <user>', 'take overrides back', ['override clear ada@acme.example --organization acme'])
    .option('--organization <organization>', 'id or slug; the default organization unless given')
    .action(async (reference: string, options: { json?: boolean; organization?: string }) => {
      const user = await tools.client().send('DELETE', path`/users/${reference}/role-overrides`, undefined, { organization: options.organization });
      show(tools, options, user, roleLines);
    });
};
