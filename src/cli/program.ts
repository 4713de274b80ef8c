import { Command } from 'commander';
import type { Environment } from '../platform/environment.ts';
import { AdminClient } from './admin-client.ts';
import type { Noun } from './command.ts';
import { completion } from './completion.ts';
import { connection } from './connection.ts';
import { hubAccess } from './hub-access.ts';
import { organization } from './organization.ts';
import { scimToken } from './scim-token.ts';
import type { Terminal } from './terminal.ts';

const nouns: readonly Noun[] = [organization, connection, scimToken, completion];

/** The whole command tree. */
export function createProgram(terminal: Terminal, environment: Environment, version: string): Command {
  const program = new Command('gatehouse')
    .description('Administers a running Gatehouse hub.')
    .version(version)
    .showHelpAfterError('(add --help for what is possible)')
    .configureOutput({ writeOut: (text) => terminal.out(text.trimEnd()), writeErr: (text) => terminal.error(text.trimEnd()) })
    .addHelpText(
      'after',
      '\nWhich hub: GATEHOUSE_URL and GATEHOUSE_TOKEN; on its own host http://localhost:$PORT and $DATA_DIR/admin-token.\nEvery command has --help with examples, and --json.',
    );
  const tools = { terminal, client: () => new AdminClient(hubAccess(environment)) };
  for (const noun of nouns) noun(program, tools);
  return program;
}
