import { spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Closers } from '#hub/platform/closers.js';

export const ROOT = join(import.meta.dirname, '../../..');
const PATIENCE = 60_000;

/** A server in a process of its own, told from outside that it serves. */
export interface BenchProcess {
  readonly pid: number;
  /** From the start of the process to the first 200, in milliseconds. */
  readonly wall: number;
  stop(): Promise<void>;
}

/** A port that was free a moment ago, for servers that have to be told theirs. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function alive(group: number): boolean {
  try {
    process.kill(-group, 0);
    return true;
  } catch {
    return false;
  }
}

/** The whole group: of `npm start` the hub is a grandchild. */
async function endGroup(group: number): Promise<void> {
  for (const [signal, patience] of [['SIGTERM', 12_000], ['SIGKILL', 3_000]] as const) {
    for (let waited = 0; alive(group); waited += 20) {
      if (waited === 0) process.kill(-group, signal);
      if (waited > patience) break;
      await pause(20);
    }
  }
}

async function untilAnswered(url: string, child: ChildProcess, said: () => string): Promise<void> {
  const deadline = performance.now() + PATIENCE;
  while (performance.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the process ended before it served: ${said()}`);
    const status = await fetch(url).then(async (response) => (await response.arrayBuffer(), response.status), () => 0);
    if (status === 200) return;
    await pause(5);
  }
  throw new Error(`${url} did not answer 200 within ${PATIENCE / 1000} seconds: ${said()}`);
}

/** Starts a command in a process group of its own (Ctrl-C reaches the bench alone, which then ends it) and waits until it answers. */
export async function startProcess(command: readonly string[], environment: Readonly<Record<string, string>>, probe: string, closers: Closers): Promise<BenchProcess> {
  const [program = process.execPath, ...args] = command;
  const began = performance.now();
  const child = spawn(program, args, { cwd: ROOT, detached: true, env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...environment }, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2000)));
  child.on('error', (error) => (said += error.message));
  const { pid } = child;
  const stop = (): Promise<void> => (pid === undefined ? Promise.resolve() : endGroup(pid));
  closers.add(stop);
  await untilAnswered(probe, child, () => said);
  return { pid: pid ?? 0, wall: performance.now() - began, stop };
}
