import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

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
