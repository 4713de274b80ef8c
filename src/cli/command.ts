import type { Command } from 'commander';
import type { AdminClient } from './admin-client.ts';
import { printJson } from './output.ts';
import type { Terminal } from './terminal.ts';

/** What a command may use. The client is made when it is asked for: `--help` needs no hub. */
export interface Tools {
  readonly terminal: Terminal;
  readonly client: () => AdminClient;
}

/** Adds a noun's commands to the program. */
export type Noun = (program: Command, tools: Tools) => void;

/** A command with `--json` and examples below its help. */
export function leaf(parent: Command, usage: string, summary: string, examples: readonly string[]): Command {
  return parent
    .command(usage)
    .description(summary)
    .option('--json', 'print the answer as JSON')
    .addHelpText('after', `\nExamples:\n${examples.map((example) => `  $ gatehouse ${example}`).join('\n')}`);
}

/** Prints an answer: as JSON when asked for, else as people like it. */
export function show<T>({ terminal }: Tools, options: { readonly json?: boolean }, answer: T, forPeople: (answer: T) => string): void {
  terminal.out(options.json === true ? printJson(answer) : forPeople(answer));
}

/** An option that may be given several times. */
export const collect = (value: string, previous: readonly string[] = []): readonly string[] => [...previous, value];
