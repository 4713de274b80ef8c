#!/usr/bin/env node
/**
 * The `gatehouse` command: one file per noun, all of them talking to a running hub through the administration API. It
 * holds no rule of its own; what is allowed, and what a fault means, the hub says.
 */
import { readFileSync } from 'node:fs';
import { environment } from '../platform/environment.ts';
import { CliError } from './cli-error.ts';
import { createProgram } from './program.ts';
import { processTerminal } from './terminal.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };

try {
  await createProgram(processTerminal, environment(), version).parseAsync(process.argv);
} catch (error) {
  if (!(error instanceof CliError)) throw error;
  processTerminal.error(`gatehouse: ${error.message}`);
  process.exitCode = 1;
}
