import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Closers } from '#hub/platform/closers.js';
import { freePort, startProcess } from './bench-process.ts';
import { cpuMillis, residentMebibytes, treeMebibytes } from './process-usage.ts';
import { figure, median, textTable } from './text-table.ts';

interface Start {
  /** Milliseconds until `/readyz` answered 200. */
  readonly wall: number;
  /** Processor time of the hub until then: steady where the wall clock is not. */
  readonly cpu: number | undefined;
  readonly hub: number | undefined;
  readonly postgres: number | undefined;
}

export interface StartFigures {
  readonly cold: Start;
  readonly warm: Start;
  readonly npm: { readonly wall: number };
}

const WARM_STARTS = 5;
const SETTLING = 5_000;

/** The first line of the server's pid file. */
function postmasterOf(directory: string): number {
  return Number.parseInt(readFileSync(join(directory, 'pg/postmaster.pid'), 'utf8'), 10);
}

async function start(command: readonly string[], directory: string, idle: number, closers: Closers): Promise<Start> {
  const port = String(await freePort());
  const hub = await startProcess(command, { PORT: port, HOST: '127.0.0.1', DATA_DIR: directory }, `http://127.0.0.1:${port}/readyz`, closers);
  const cpu = cpuMillis(hub.pid);
  await pause(idle);
  const seen = { wall: hub.wall, cpu, hub: residentMebibytes(hub.pid), postgres: treeMebibytes(postmasterOf(directory)) };
  await hub.stop();
  return seen;
}

/** Starts the hub as an operator does, on a data directory of its own; the median of the warm starts counts. */
export async function measureStart(closers: Closers): Promise<StartFigures> {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  closers.add(() => Promise.resolve(rmSync(directory, { recursive: true, force: true })));
  const hub = [process.execPath, 'dist/main.js'];
  const cold = await start(hub, directory, 0, closers);
  const starts: Start[] = [];
  for (let turn = 1; turn <= WARM_STARTS; turn += 1) starts.push(await start(hub, directory, turn === WARM_STARTS ? SETTLING : 0, closers));
  const of = (value: (one: Start) => number | undefined): number | undefined => median(starts.flatMap((one) => value(one) ?? []));
  const last = starts.at(-1);
  const warm = { wall: of(({ wall }) => wall) ?? Number.NaN, cpu: of(({ cpu }) => cpu), hub: last?.hub, postgres: last?.postgres };
  const { wall } = await start([process.platform === 'win32' ? 'npm.cmd' : 'npm', 'start'], directory, 0, closers);
  return { cold, warm, npm: { wall } };
}

const WARM_TARGET = 1_200;
const NPM_TARGET = 3_000;
const MEMORY_TARGET = 200;

/** Times in milliseconds, memory in MiB. */
export function reportStart({ cold, warm, npm }: StartFigures): string {
  return textTable([
    ['start', 'until ready ms', 'target', 'hub CPU ms'],
    ['node dist/main.js, new data', figure(cold.wall), '', figure(cold.cpu)],
    [`node dist/main.js, median of ${WARM_STARTS}`, figure(warm.wall), `≤ ${WARM_TARGET}`, figure(warm.cpu)],
    ['npm start', figure(npm.wall), `≤ ${NPM_TARGET}`, ''],
    ['memory at idle', 'MiB', '', ''],
    ['hub (resident)', figure(warm.hub), `≤ ${MEMORY_TARGET}`, ''],
    ['PostgreSQL (proportional, all processes)', figure(warm.postgres), '', ''],
  ]);
}
