import { path } from './admin-client.ts';
import { collect, leaf, show, type Noun } from './command.ts';
import { roleLines } from './role-lines.ts';
import { expiryFrom } from './scim-token.ts';

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
    .option('--disable', 'keep them for the record, without effect')
    .action(
      async (
        reference: string,
        options: { json?: boolean; organization?: string; preserve?: string[]; suppress?: string[]; reason?: string; expires?: string; disable?: boolean },
      ) => {
        const { preserve: preserved, suppress: suppressed, reason, expires } = options;
        const expiresAt = expires === undefined ? undefined : expiryFrom(expires, Date.now());
        const body = { enabled: options.disable !== true, preserved, suppressed, reason, expires_at: expiresAt };
        show(tools, options, await tools.client().send('PUT', path`/users/${reference}/role-overrides`, body, { organization: options.organization }), roleLines);
      },
    );
  leaf(noun, 'clear <user>', 'take overrides back', ['override clear ada@acme.example --organization acme'])
    .option('--organization <organization>', 'id or slug; the default organization unless given')
    .action(async (reference: string, options: { json?: boolean; organization?: string }) => {
      const user = await tools.client().send('DELETE', path`/users/${reference}/role-overrides`, undefined, { organization: options.organization });
      show(tools, options, user, roleLines);
    });
};
