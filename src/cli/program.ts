import { Command } from 'commander';
import type { Environment } from '../platform/environment.ts';
import { AdminClient } from './admin-client.ts';
import { application } from './application.ts';
import { audit } from './audit.ts';
import { CliError } from './cli-error.ts';
import type { Noun } from './command.ts';
import { completion } from './completion.ts';
import { config } from './config.ts';
import { connection } from './connection.ts';
import { domain } from './domain.ts';
import { hubAccess } from './hub-access.ts';
import { key } from './key.ts';
import { mapping } from './mapping.ts';
import { organization } from './organization.ts';
import { override } from './override.ts';
import { role } from './role.ts';
import { scimSchema } from './scim-schema.ts';
import { scimToken } from './scim-token.ts';
import { simulate } from './simulate.ts';
import type { Terminal } from './terminal.ts';
import { user } from './user.ts';

const nouns: readonly Noun[] = [organization, connection, domain, scimToken, scimSchema, application, user, override, role, mapping, audit, config, key, simulate, completion];

/** The whole command tree. */
export function createProgram(terminal: Terminal, environment: Environment, version: string): Command {
  const program = new Command('gatehouse')
    .description('Administers a running Gatehouse hub.')
    .version(version)
    .showHelpAfterError('(add --help for what is possible)')
    .configureOutput({ writeOut: (text) => terminal.out(text.trimEnd()), writeErr: (text) => terminal.error(text.trimEnd()), outputError: (text, write) => write(text.replace(/^error:/, 'gatehouse:')) })
    .addHelpText(
      'after',
      '\nWhich hub: GATEHOUSE_URL and GATEHOUSE_TOKEN; on its own host http://localhost:$PORT and $DATA_DIR/admin-token.\nEvery command has --help with examples, and --json.',
    );
  const tools = { terminal, client: () => new AdminClient(hubAccess(environment)) };
  for (const noun of nouns) noun(program, tools);
  return program;
}

/** Runs one command. @returns the exit code; a fault is one line on standard error */
export async function runProgram(args: readonly string[], terminal: Terminal, environment: Environment, version: string): Promise<0 | 1> {
  try {
    await createProgram(terminal, environment, version).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    terminal.error(`gatehouse: ${error.message}`);
    return 1;
  }
}
