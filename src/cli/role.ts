import { path } from './admin-client.ts';
import { leaf, show, type Noun } from './command.ts';
import { roleLines, slipLines } from './role-lines.ts';
import { expiryFrom } from './scim-token.ts';

/** `gatehouse role`. */
export const role: Noun = (program, tools) => {
  const noun = program.command('role').description('roles given by hand, which no sync takes away');
  leaf(noun, 'grant <user> <role>', 'give a role, or change until when', ['role grant ada@acme.example admin --organization acme --expires 24h'])
    .option('--organization <organization>', 'id or slug; the default organization unless given')
    .option('--expires <when>', 'a span (24h, 30d) or a time; until revoked unless given')
    .action(async (user: string, name: string, options: { json?: boolean; organization?: string; expires?: string }) => {
      const expiresAt = options.expires === undefined ? undefined : expiryFrom(options.expires, Date.now());
      const answer = await tools.client().send('PUT', path`/users/${user}/roles/${name}`, { expiresAt }, { organization: options.organization });
      show(tools, options, answer, (user) => [roleLines(user), ...slipLines(user, 'No role of the organization, and no map gives it, yet given as you say; if that is a slip, revoke it')].join('\n'));
    });
  leaf(noun, 'revoke <user> <role>', 'take back a role given by hand', ['role revoke ada@acme.example admin --organization acme'])
    .option('--organization <organization>', 'id or slug; the default organization unless given')
    .action(async (user: string, name: string, options: { json?: boolean; organization?: string }) => {
      const answer = await tools.client().send('DELETE', path`/users/${user}/roles/${name}`, undefined, { organization: options.organization });
      show(tools, options, answer, roleLines);
    });
};
