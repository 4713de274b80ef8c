#!/usr/bin/env node
/**
 * The `gatehouse` command: one file per noun, all of them talking to a running hub through the administration API. It
 * holds no rule of its own; what is allowed, and what a fault means, the hub says.
 */
import { readFileSync } from 'node:fs';
import { environment } from '../platform/environment.ts';
import { runProgram } from './program.ts';
import { processTerminal } from './terminal.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };

// Whoever reads no further (`| head`) has what they wanted.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

process.exitCode = await runProgram(process.argv.slice(2), processTerminal, environment(), version);
