import type { Clock } from './clock.ts';
import type { Log } from './log.ts';

/** Work that repeats: folding, sealing, sweeping. Aborted by `signal` when the hub stops. */
export type Job = (signal: AbortSignal) => Promise<void>;

export interface Jobs {
  /** Runs the job about every so many milliseconds, the first time after one interval. A name is used once. */
  every(name: string, interval: number, job: Job): void;
  /** Runs the job now and answers when a run that began after this call has ended. @throws what the job throws */
  runNow(name: string): Promise<void>;
  /** No further run begins; answers when those under way have ended. */
  stop(): Promise<void>;
}

/** Between failures the interval doubles up to this, so that an outage does not fill the log. */
const MAX_PAUSE = 60_000;
const JITTER = 0.1;

interface Schedule {
  readonly name: string;
  readonly interval: number;
  readonly job: Job;
  failures: number;
  timer: NodeJS.Timeout | undefined;
  running: Promise<void> | undefined;
  /** The run that follows the present one, shared by all who asked for it meanwhile. */
  next: Promise<void> | undefined;
}

/** Jobs that never overlap with themselves, start at uneven times and do not take the process down when they fail. */
export function createJobs(clock: Clock, log: Pick<Log, 'debug' | 'error'>, onEnd: (name: string, outcome: 'done' | 'failed') => void = () => undefined): Jobs {
  const schedules = new Map<string, Schedule>();
  const stopping = new AbortController();

  async function perform(schedule: Schedule): Promise<void> {
    const start = clock.now();
    try {
      await schedule.job(stopping.signal);
      schedule.failures = 0;
      onEnd(schedule.name, 'done');
      log.debug({ job: schedule.name, milliseconds: clock.now() - start }, 'job done');
    } catch (err) {
      schedule.failures += 1;
      onEnd(schedule.name, 'failed');
      log.error({ err, job: schedule.name, failures: schedule.failures }, 'job failed');
      throw err;
    } finally {
      schedule.running = undefined;
      arm(schedule);
    }
  }

  function run(schedule: Schedule): Promise<void> {
    clearTimeout(schedule.timer);
    schedule.running = perform(schedule);
    return schedule.running;
  }

  function arm(schedule: Schedule): void {
    if (stopping.signal.aborted || schedule.next) return;
    const pause = Math.max(schedule.interval, Math.min(MAX_PAUSE, schedule.interval * 2 ** schedule.failures));
    // Uneven, so that the jobs of several hubs on one database drift apart.
    const delay = pause * (1 - JITTER + 2 * JITTER * Math.random());
    // `perform` has logged the failure; nobody waits for a run that the timer began.
    schedule.timer = setTimeout(() => void run(schedule).catch(() => undefined), delay);
    schedule.timer.unref();
  }

  async function afterPresent(schedule: Schedule): Promise<void> {
    await schedule.running?.catch(() => undefined);
    schedule.next = undefined;
    if (!stopping.signal.aborted) await run(schedule);
  }

  return {
    every(name, interval, job) {
      if (schedules.has(name)) throw new TypeError(`there is a job ${name} already`);
      const schedule: Schedule = { name, interval, job, failures: 0, timer: undefined, running: undefined, next: undefined };
      schedules.set(name, schedule);
      arm(schedule);
    },
    async runNow(name) {
      const schedule = schedules.get(name);
      if (!schedule) throw new TypeError(`there is no job ${name}`);
      if (stopping.signal.aborted) return;
      if (!schedule.running && !schedule.next) return run(schedule);
      schedule.next ??= afterPresent(schedule);
      await schedule.next;
    },
    async stop() {
      stopping.abort();
      for (const { timer } of schedules.values()) clearTimeout(timer);
      await Promise.allSettled([...schedules.values()].map(({ running, next }) => next ?? running ?? Promise.resolve()));
    },
  };
}
