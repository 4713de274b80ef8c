import type { Closers } from '#hub/platform/closers.js';
import { asOwner } from '../support/owner.ts';
import { fillWithUsers, numberedUser } from '../support/many-users.ts';
import type { BenchArguments } from './bench-arguments.ts';
import { startBenchHub, type BenchHub } from './bench-hub.ts';
import { type Exercise, closedLoop } from './closed-loop.ts';
import { directoryExercises } from './directory-exercises.ts';
import { addToGroup, fillGroup, growthGroup, removeFromGroup } from './group-exercises.ts';
import { ScimSubject } from './scim-subject.ts';
import { figure, median, ratioOf, textTable } from './text-table.ts';

/** Median latency in milliseconds of each exercise, by size. */
export interface Growth {
  readonly sizes: readonly number[];
  readonly medians: Readonly<Record<string, readonly (number | undefined)[]>>;
  readonly errors: readonly string[];
}

export interface GrowthFigures {
  readonly directory: Growth;
  readonly group: Growth;
}

const SAMPLES = 60;
const WARM_UP = 200;
/** Every size is measured this often, and the last time counts: compiled code and pages in memory are the same for all. */
const ROUNDS = 3;
const LONGEST = 8_000;

/** One client: what is asked for is the cost of size, not of company. */
async function latencyOf(subject: ScimSubject, next: (n: number) => Exercise, errors: string[]): Promise<number | undefined> {
  const [wire] = subject.wires;
  if (wire === undefined) return undefined;
  let n = 0;
  const some = (most: number) => {
    const end = n + most;
    return closedLoop([wire], LONGEST, () => (n < end ? next(n++) : undefined));
  };
  const turns = [await some(WARM_UP), await some(SAMPLES)];
  for (const { firstError } of turns) if (firstError !== undefined) errors.push(firstError);
  return median(turns[1]?.latencies ?? []);
}

type Exercises = (subject: ScimSubject) => Readonly<Record<string, (n: number) => Exercise>>;
/** Connects anew: filling takes longer than the hub keeps an idle connection. */
type Open = () => Promise<ScimSubject>;

async function connected<T>(open: Open, work: (subject: ScimSubject) => Promise<T>): Promise<T> {
  const subject = await open();
  try {
    return await work(subject);
  } finally {
    subject.close();
  }
}

async function measure(open: Open, sizes: readonly number[], reach: (size: number) => Promise<Exercises>): Promise<Growth> {
  const medians: Record<string, (number | undefined)[]> = {};
  const errors: string[] = [];
  for (const size of sizes) {
    const exercises = await reach(size);
    for (let round = 1; round <= ROUNDS; round += 1) {
      await connected(open, async (subject) => {
        for (const [name, next] of Object.entries(exercises(subject))) {
          const found = await latencyOf(subject, next, errors);
          if (round === ROUNDS) (medians[name] ??= []).push(found);
        }
      });
    }
  }
  return { sizes, medians, errors };
}

/**
 * Filler goes straight into the tables; what is measured goes through the door. The database's own upkeep would come by
 * within a minute, in the middle of the measurement: it is done before.
 */
async function filledTo(hub: BenchHub, from: number, to: number): Promise<void> {
  if (to <= from) return;
  await fillWithUsers({ orgId: hub.orgId, connectionId: hub.connectionId, fresh: hub.postgres }, to - from, { from: from + 1 });
  await settle(hub);
}

const settle = ({ postgres }: BenchHub): Promise<void> => asOwner(postgres.ownerUrl, 'vacuum analyze directory_user, directory_member');

export async function measureGrowth(given: BenchArguments, closers: Closers): Promise<GrowthFigures> {
  const hub = await startBenchHub(closers);
  const open: Open = () => ScimSubject.open('the hub', hub.base, hub.token, 1);
  let people = 0;
  const directory = await measure(open, given.users, async (size) => {
    await filledTo(hub, people, size);
    people = size;
    return (subject) => directoryExercises(subject, size);
  });
  // Members beyond the size are those that come and go.
  const needed = (given.members.at(-1) ?? 0) + SAMPLES + WARM_UP;
  await filledTo(hub, people, needed);
  const groupId = await connected(open, growthGroup);
  let members = 0;
  const group = await measure(open, given.members, async (size) => {
    await connected(open, (subject) => fillGroup(subject, groupId, members, size));
    await settle(hub);
    members = size;
    const visitor = (n: number): string => numberedUser(size + 1 + n);
    return (subject) => ({ 'add member': (n) => addToGroup(subject, groupId, [visitor(n)]), 'remove member': (n) => removeFromGroup(subject, groupId, visitor(n)) });
  });
  return { directory, group };
}

/** What the largest may cost: times the smallest, or milliseconds. */
const TARGETS: Readonly<Record<string, string>> = {
  read: '≤ 1.5 ×',
  'userName eq': '≤ 1.5 ×',
  'displayName co': '≤ 1.5 ×',
  'first page': '≤ 2 ×',
  'last page by index': '≤ 25 ms',
  'page by cursor': 'flat',
  'add member': '≤ 2 ×',
  'remove member': '≤ 2 ×',
};

function reportOf(title: string, { sizes, medians, errors }: Growth): string {
  const rows = Object.entries(medians).map(([name, values]) => [name, ...values.map(figure), `${figure(ratioOf(values.at(-1), values[0]))} ×`, TARGETS[name] ?? '']);
  return [textTable([[title, ...sizes.map(String), 'largest : smallest', 'target'], ...rows]), ...errors].join('\n');
}

export const reportGrowth = ({ directory, group }: GrowthFigures): string =>
  `${reportOf('users, median ms', directory)}\n\n${reportOf('members of a group, median ms', group)}`;
