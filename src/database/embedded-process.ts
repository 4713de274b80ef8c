import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { readFileSync, realpathSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DomainError } from '../platform/errors.ts';
import type { RunAs } from './embedded-account.ts';
import { exists, isDeserted, startOf, worksIn } from './process-identity.ts';

export interface ServerProcess {
  readonly pid: number;
  /** Settles when the server ends without having been asked to; never otherwise. */
  readonly lost: Promise<void>;
  /** Fast shutdown: sessions are ended, everything committed is on disk. */
  stop(): Promise<void>;
}

interface PidFile {
  readonly pid: number;
  readonly ready: boolean;
}

const ORPHAN_PATIENCE = 5_000;
const START_PATIENCE = 60_000;
/** Longest wait for the last words of a server that has ended, in milliseconds. */
const LAST_WORDS = 1_000;
const LOCKED = /lock file .* already exists|pre-existing shared memory block/;

/** `postmaster.pid`: the first line is the pid, the eighth the state (independent of log level and language). */
function readPidFile(data: string): PidFile | undefined {
  try {
    const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
    // as the server reads it, which takes the digits and ignores what follows
    return { pid: Number.parseInt(lines[0] ?? '', 10), ready: lines[7]?.startsWith('ready') === true };
  } catch {
    return undefined;
  }
}

/**
 * A hub that was killed may leave its server behind. It is ended, never adopted: adopted, it would live and die with a
 * process that is not ours. A pid file whose number now belongs to something else is removed once nothing works in the folder.
 */
export async function clearOrphan(folder: string, log: (line: string) => void): Promise<void> {
  const data = realpathSync(folder);
  const left = readPidFile(data);
  if (left === undefined || !exists(left.pid)) return; // the server replaces the file of a dead one by itself
  if (worksIn(left.pid, data)) {
    log(`database: a server of an earlier run (process ${left.pid}) is still there; ending it`);
    stopQuietly(left.pid);
  } else if (startOf(left.pid) !== undefined && isDeserted(data)) {
    rmSync(join(data, 'postmaster.pid'), { force: true });
    return;
  }
  // a zombie keeps its number until it is reaped; it holds no lock, but the server would think so
  for (let waited = 0; waited < ORPHAN_PATIENCE && startOf(left.pid) !== undefined; waited += 25) await pause(25);
}

function stopQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGINT');
  } catch {
    // gone meanwhile
  }
}

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

/** On Linux the kernel ends the server when the hub is killed; `setpriv` asks it to, and is part of util-linux. */
const hasGuard = (): boolean => process.platform === 'linux' && spawnSync('setpriv', ['--pdeathsig=INT', 'true']).status === 0;

function launch(postgres: string, args: readonly string[], as: RunAs): ChildProcess {
  // detached: Ctrl-C reaches the hub only, which drains before it stops the server
  const options = { cwd: '/', detached: process.platform !== 'win32', stdio: ['ignore', 'ignore', 'pipe'] as ['ignore', 'ignore', 'pipe'] };
  if (!hasGuard()) return spawn(postgres, args, { ...as, ...options });
  const account = as.uid === undefined ? [] : [`--reuid=${as.uid}`, `--regid=${as.gid ?? as.uid}`, '--clear-groups'];
  return spawn('setpriv', [...account, '--pdeathsig=INT', '--', postgres, ...args], options);
}

/** @returns undefined when ready, else what the server said before it ended. */
async function untilReady(child: ChildProcess, data: string, output: () => string): Promise<string | undefined> {
  const silent = new Promise<void>((resolve) => void child.once('close', () => resolve()));
  for (let waited = 0; waited < START_PATIENCE; waited += 10) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) {
      // what it said may still be on its way; a child of its own may keep the pipe open
      await Promise.race([silent, pause(LAST_WORDS)]);
      return output();
    }
    const file = readPidFile(data);
    // the file of a predecessor that crashed says "ready" too: only the pid tells
    if (file?.ready === true && file.pid === child.pid) return undefined;
    await pause(10);
  }
  child.kill('SIGQUIT');
  return `not ready after ${START_PATIENCE / 1000} seconds; ${output()}`;
}

/** Starts the server and waits until it serves; a directory that is still locked by a dying or zombie predecessor is tried again. */
export async function startServer(postgres: string, args: readonly string[], data: string, as: RunAs, log: (line: string) => void): Promise<ServerProcess> {
  const deadline = performance.now() + ORPHAN_PATIENCE;
  for (;;) {
    const child = launch(postgres, ['-D', data, ...args], as);
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4000);
      log(`postgres: ${chunk.toString().trimEnd()}`);
    });
    const exited = new Promise<void>((resolve) => void child.once('exit', () => resolve()).once('error', () => resolve()));
    const failure = await untilReady(child, data, () => said);
    if (failure === undefined) {
      child.unref();
      (child.stderr as unknown as { unref(): void }).unref();
      let asked = false;
      const stop = async (): Promise<void> => {
        asked = true;
        child.ref();
        child.kill('SIGINT');
        await exited;
      };
      const lost = new Promise<void>((resolve) => void exited.then(() => (asked ? undefined : resolve())));
      return { pid: child.pid ?? 0, lost, stop };
    }
    if (LOCKED.test(failure) && performance.now() < deadline) await pause(200);
    else {
      const reason = failure.trim().split('\n').slice(-3).join(' ');
      throw new DomainError('unavailable', 'database.start_failed', `The embedded PostgreSQL did not start in ${data}: ${reason}`);
    }
  }
}
