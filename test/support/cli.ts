import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { runProgram } from '#hub/cli/program.js';

const GATEHOUSE = fileURLToPath(new URL('../../cli/gatehouse.js', import.meta.url));

export interface CliRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the compiled command as a person would: a process of its own, with only these variables. */
export function runCli(args: readonly string[], variables: Readonly<Record<string, string>>, input = ''): Promise<CliRun> {
  const child = spawn(process.execPath, [GATEHOUSE, ...args], { env: { PATH: process.env['PATH'] ?? '', ...variables }, stdio: 'pipe' });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.on('error', () => undefined).end(input);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** Runs the same command inside this process: some hundred times cheaper, for all that does not end the process itself. */
export async function callCli(args: readonly string[], variables: Readonly<Record<string, string>>, input = ''): Promise<CliRun> {
  let [stdout, stderr] = ['', ''];
  const terminal = { out: (text: string) => void (stdout += `${text}\n`), error: (text: string) => void (stderr += `${text}\n`), readInput: () => Promise.resolve(input) };
  return { code: await runProgram(args, terminal, variables, '0'), stdout, stderr };
}

/** A command that goes on until it is stopped. */
export interface FollowedCli {
  lines(): string[];
  /** Waits for a line. */
  line(wanted: (line: string) => boolean): Promise<void>;
  stop(): Promise<void>;
}

export function followCli(args: readonly string[], variables: Readonly<Record<string, string>>): FollowedCli {
  const child = spawn(process.execPath, [GATEHOUSE, ...args], { env: { PATH: process.env['PATH'] ?? '', ...variables }, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (more: string) => (text += more));
  const closed = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const lines = (): string[] => text.split('\n').slice(0, -1);
  return {
    lines,
    line: async (wanted) => {
      while (!lines().some(wanted)) await new Promise((resolve) => setTimeout(resolve, 20));
    },
    stop: async () => {
      child.kill();
      await closed;
    },
  };
}
