import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../main.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `node dist/main.js` as an operator or a supervisor starts it: a process of its own. */
export interface HubProcess {
  readonly url: string;
  readonly pid: number;
  /** The operator's token of the first start. */
  readonly token: string;
  readonly ended: Promise<Ended>;
  kill(signal: NodeJS.Signals): Promise<Ended>;
}

function launch(settings: Readonly<Record<string, string>>, args: readonly string[], user?: number): { child: ChildProcess; stdout: () => string; ended: Promise<Ended> } {
  const child = spawn(process.execPath, ['--enable-source-maps', MAIN, ...args], { env: { PATH: process.env['PATH'] ?? '', PORT: '0', ...settings }, stdio: ['ignore', 'pipe', 'pipe'], ...(user === undefined ? {} : { uid: user, gid: user }) });
  let [stdout, stderr] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, stdout: () => stdout, ended };
}

/** Whether an account may read the hub's files at all: a checkout in somebody's private home is theirs alone. */
export const mayRun = (user: number): boolean => spawnSync(process.execPath, ['--check', MAIN], { uid: user, gid: user, stdio: 'ignore' }).status === 0;

/** Starts a hub that must not come up. @returns how it ended */
export async function failedStart(settings: Readonly<Record<string, string>>): Promise<Ended> {
  return launch(settings, []).ended;
}

/** Starts a hub without waiting for anything. */
export function beginHub(settings: Readonly<Record<string, string>>): Pick<HubProcess, 'kill'> {
  const { child, ended } = launch(settings, []);
  return { kill: (signal) => (child.kill(signal), ended) };
}

/**
 * Starts a hub and waits until it serves.
 * @param user number of the account that it runs as; unset: this process's own
 */
export async function spawnHub(settings: Readonly<Record<string, string>> & { DATA_DIR: string }, args: readonly string[] = [], user?: number): Promise<HubProcess> {
  const { child, stdout, ended } = launch(settings, args, user);
  const serving = new Promise<string>((resolve) => {
    child.stdout?.on('data', () => {
      const url = /"url":"([^"]+)","msg":"serving"/.exec(stdout())?.[1];
      if (url !== undefined) resolve(url);
    });
  });
  const early = ended.then(({ code, stderr }) => Promise.reject(new Error(`the hub ended with ${code}: ${stderr}`)));
  const url = await Promise.race([serving, early]);
  early.catch(() => undefined);
  return {
    url,
    pid: child.pid ?? 0,
    token: readFileSync(join(settings.DATA_DIR, 'admin-token'), 'utf8').trim(),
    ended,
    kill: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}
