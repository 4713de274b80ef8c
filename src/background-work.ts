import { type Database, createLeases, maintainPartitions } from './database/index.ts';
import { foldCounts } from './domain/directory/index.ts';
import type { ArtifactStore } from './domain/grants/index.ts';
import type { PendingStore } from './domain/sessions/index.ts';
import type { Clock } from './platform/clock.ts';
import type { Closers } from './platform/closers.ts';
import { type Jobs, createJobs } from './platform/jobs.ts';
import type { Log } from './platform/log.ts';
import type { Metrics } from './platform/metrics.ts';
import { type ProvisioningOptions, settleOwed } from './provisioning/index.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const JOBS = ['directory-counts', 'scim-schemas', 'last-used', 'memberships', 'artifacts', 'sign-ins', 'partitions'] as const;

/** What lags behind, and with what it is caught up. */
export interface BackgroundWork {
  readonly database: Database;
  readonly ownerUrl: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly closers: Closers;
  readonly metrics: Metrics;
  readonly provisioning: ProvisioningOptions;
  /** Stores of tokens that gather when one was last used. */
  readonly tokens: readonly { writeLastUsed(): Promise<void> }[];
  readonly artifacts: ArtifactStore;
  readonly pending: PendingStore;
  readonly refreshSchemas: () => Promise<void>;
}

/** Work that may lag behind. Where two nodes would only get in each other's way, one does it and the others go on. */
export function startJobs({ database, ownerUrl, clock, log, closers, metrics, ...work }: BackgroundWork): Jobs {
  const runs = metrics.counter('gatehouse_job_runs_total', 'Runs of background work.', { job: JOBS, outcome: ['done', 'failed'] });
  const jobs = createJobs(clock, log, (job, outcome) => runs.record({ job, outcome }));
  const leases = createLeases(database);
  jobs.every('directory-counts', SECOND, async () => void (await database.batch([foldCounts()])));
  jobs.every('scim-schemas', 5 * SECOND, work.refreshSchemas);
  jobs.every('last-used', 10 * SECOND, async () => void (await Promise.all(work.tokens.map((store) => store.writeLastUsed()))));
  jobs.every('memberships', 15 * SECOND, async (signal) => void (await leases.alone('memberships', 60, () => settleOwed(work.provisioning, signal))));
  jobs.every('artifacts', MINUTE, async (signal) => void (await leases.alone('artifacts', 60, () => work.artifacts.sweepAll(signal))));
  jobs.every('sign-ins', MINUTE, async () => void (await leases.alone('sign-ins', 60, () => work.pending.sweep())));
  // A week of partitions lies ahead, so that a day without the owner's connection does no harm.
  jobs.every('partitions', 6 * HOUR, async () => void (await leases.alone('partitions', 60, () => maintainPartitions(ownerUrl, clock))));
  closers.add(() => jobs.stop());
  return jobs;
}
