import { Client } from 'pg';
import { join } from 'node:path';
import type { Closers } from '#hub/platform/closers.js';
import type { BenchArguments } from './bench-arguments.ts';
import { startBenchHub, type BenchHub } from './bench-hub.ts';
import { freePort, startProcess } from './bench-process.ts';
import { closedLoop, type Exercise, type Turn } from './closed-loop.ts';
import { addMember, create, createGroup, findByUserName, membersAreRight, page, patchActive, put, read, removeMember } from './scim-exercises.ts';
import { ScimSubject } from './scim-subject.ts';
import { figure, median, quantile, ratioOf, textTable } from './text-table.ts';

interface Phase {
  readonly name: string;
  readonly next: (subject: ScimSubject) => Exercise | undefined;
  /** Least share of the limit's rate. */
  readonly target: number;
  readonly verify?: (subject: ScimSubject) => Promise<boolean>;
}

const PHASES: readonly Phase[] = [
  { name: 'create', next: create, target: 0.5 },
  { name: 'read', next: read, target: 0.35 },
  { name: 'userName eq', next: findByUserName, target: 0.35 },
  { name: 'page of 100', next: page, target: 1.5 },
  { name: 'PATCH active (Entra)', next: patchActive, target: 0.5 },
  { name: 'PUT', next: put, target: 0.5 },
  { name: 'add member', next: addMember, target: 0.5, verify: membersAreRight },
  { name: 'remove member', next: removeMember, target: 0.5, verify: membersAreRight },
];

/** Made before anything is measured: code is then compiled, plans are cached, pages are full. */
const WARM_UP_USERS = 2_500;
const GROUPS = 8;
const WARM_UP_TURN = 10_000;

interface Rate {
  readonly perSecond: number;
  readonly p50: number | undefined;
  readonly p99: number | undefined;
  readonly errors: number;
  readonly firstError?: string;
}

export interface PhaseFigures {
  readonly name: string;
  readonly target: number;
  readonly hub: Rate;
  readonly limit: Rate;
}

async function startLimit(postgres: BenchHub['postgres'], closers: Closers): Promise<string> {
  const owner = new Client({ connectionString: postgres.superuserUrl() });
  await owner.connect();
  await owner.query('create database bench_limit');
  await owner.end();
  const port = String(await freePort());
  await startProcess([process.execPath, join(import.meta.dirname, 'limit-server.js'), postgres.superuserUrl('bench_limit'), port], {}, `http://127.0.0.1:${port}/readyz`, closers);
  return `http://127.0.0.1:${port}/`;
}

async function warmUp(subject: ScimSubject): Promise<void> {
  const times = (most: number, next: Phase['next']) => {
    let left = most;
    return closedLoop(subject.wires, WARM_UP_TURN, () => ((left -= 1) < 0 ? undefined : next(subject)));
  };
  for (const [most, next] of [[WARM_UP_USERS, create], [GROUPS, createGroup], [100, read], [100, findByUserName], [50, page], [100, patchActive], [100, put], [100, addMember], [100, removeMember]] as const) {
    const { firstError } = await times(most, next);
    if (firstError !== undefined) throw new Error(`${subject.name} answered wrongly while warming up: ${firstError}`);
  }
}

function rateOf(turns: readonly Turn[], isRight: boolean): Rate {
  const latencies = turns.flatMap((turn) => turn.latencies);
  const elapsed = turns.reduce((sum, turn) => sum + turn.elapsed, 0);
  const firstError = turns.find((turn) => turn.firstError !== undefined)?.firstError ?? (isRight ? undefined : 'reading back shows another state than the answers said');
  return {
    perSecond: elapsed === 0 ? 0 : (latencies.length / elapsed) * 1000,
    p50: median(latencies),
    p99: quantile(latencies, 0.99),
    errors: turns.reduce((sum, turn) => sum + turn.errors, isRight ? 0 : 1),
    ...(firstError === undefined ? {} : { firstError }),
  };
}

async function measurePhase({ name, next, target, verify }: Phase, hub: ScimSubject, limit: ScimSubject, { turn, rounds }: BenchArguments): Promise<PhaseFigures> {
  const turns: Readonly<Record<'hub' | 'limit', Turn[]>> = { hub: [], limit: [] };
  for (let round = 0; round < rounds; round += 1) {
    turns.hub.push(await closedLoop(hub.wires, turn, () => next(hub)));
    turns.limit.push(await closedLoop(limit.wires, turn, () => next(limit)));
  }
  const isRight = async (subject: ScimSubject): Promise<boolean> => verify === undefined || verify(subject);
  return { name, target, hub: rateOf(turns.hub, await isRight(hub)), limit: rateOf(turns.limit, await isRight(limit)) };
}

/** Hub and limit on one PostgreSQL, turn by turn. */
export async function measureScim(given: BenchArguments, closers: Closers): Promise<readonly PhaseFigures[]> {
  const started = await startBenchHub(closers);
  const limitBase = await startLimit(started.postgres, closers);
  const hub = await ScimSubject.open('the hub', started.base, started.token, given.concurrency);
  const limit = await ScimSubject.open('the limit', limitBase, 'bench', given.concurrency);
  closers.add(async () => [hub, limit].forEach((subject) => subject.close()));
  await warmUp(hub);
  await warmUp(limit);
  const figures: PhaseFigures[] = [];
  for (const phase of PHASES) figures.push(await measurePhase(phase, hub, limit, given));
  return figures;
}

export function reportScim(phases: readonly PhaseFigures[], { concurrency }: BenchArguments): string {
  const rows = phases.map(({ name, target, hub, limit }) => [
    name,
    figure(hub.perSecond),
    figure(limit.perSecond),
    figure(ratioOf(hub.perSecond, limit.perSecond)),
    `≥ ${target}`,
    figure(hub.p50),
    figure(hub.p99),
    String(hub.errors + limit.errors),
  ]);
  const faults = phases.flatMap(({ name, hub, limit }) => [hub, limit].flatMap(({ firstError }) => (firstError === undefined ? [] : [`${name}: ${firstError}`])));
  return [textTable([[`SCIM, ${concurrency} connections`, 'hub/s', 'limit/s', 'ratio', 'target', 'hub p50 ms', 'p99 ms', 'errors'], ...rows]), ...faults].join('\n');
}
