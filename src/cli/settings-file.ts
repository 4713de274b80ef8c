import { readFileSync } from 'node:fs';
import type { Json } from './admin-client.ts';
import { CliError } from './cli-error.ts';

/** Node says `ENOENT: no such file or directory, open 'x'`; the middle is for people. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return /^E[A-Z]+: (.*), \w+/.exec(text)?.[1] ?? text;
}

/** Reads a file, `-` being standard input. */
export async function readText(file: string, readInput: () => Promise<string>): Promise<string> {
  if (file === '-') return readInput();
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CliError(`${file} cannot be read: ${reasonOf(error)}`, { cause: error });
  }
}

/** Reads a JSON object from a file. */
export async function readSettings(file: string, readInput: () => Promise<string>): Promise<Json> {
  const text = await readText(file, readInput);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new CliError(`${file} is not JSON: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw new CliError(`${file} must hold a JSON object.`);
}

/** `name=value` pairs as settings; a value that is JSON is taken as such, so that lists and flags can be given. */
export function settingPairs(pairs: readonly string[]): Json {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw new CliError(`${JSON.stringify(pair)} is not of the form name=value.`);
      return [pair.slice(0, at), jsonOrText(pair.slice(at + 1))];
    }),
  );
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
