// oxlint-disable-next-line import/no-unassigned-import -- imported for its effect
import './platform/navigator.ts';
import type { Hub } from './app.ts';
import { describeFault, readGroupRoleMap, readRoleDefaults } from './domain/access/index.ts';
import { layGroundwork } from './groundwork.ts';
import { systemClock } from './platform/clock.ts';
import { keepCompiledCode } from './platform/compile-cache.ts';
import { loadConfig } from './platform/config.ts';
import { environment } from './platform/environment.ts';
import { DomainError } from './platform/errors.ts';
import { createLog } from './platform/log.ts';
import type { Config } from './platform/settings.ts';

/** Longest that stopping may take; a supervisor would kill what takes longer. */
const PATIENCE = 9_000;

/** What an operator can mend is one sentence; only a defect shows where it happened. */
function explain(error: unknown): string {
  if (error instanceof DomainError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

const complain = (error: unknown): void => void process.stderr.write(`gatehouse: ${explain(error)}\n`);

function stopAndExit(hub: Hub | undefined, code: number): void {
  setTimeout(() => process.exit(1), PATIENCE).unref();
  (hub?.stop() ?? Promise.resolve()).then(
    () => process.exit(code),
    (error: unknown) => {
      complain(error);
      process.exit(1);
    },
  );
}

/** Also while the hub is still starting: it then stops as soon as it has started. */
function stopOnSignals(starting: Promise<Hub>): void {
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // Who asks twice does not want to wait.
      if (stopping) process.exit(1);
      stopping = true;
      void starting.catch(() => undefined).then((hub) => stopAndExit(hub, 0));
    });
  }
}

/** PostgreSQL takes its time by itself, and so does loading the hub: both at once. */
async function start(config: Config): Promise<Hub> {
  const log = createLog({ level: config.logLevel, format: config.logFormat, clock: systemClock });
  const groundwork = await layGroundwork(config, log);
  const { startHub } = await import('./app.ts').catch(async (error: unknown) => {
    await groundwork.clear();
    throw error;
  });
  const hub = await startHub({ config, log, groundwork });
  log.info({ file: hub.adminTokenFile }, 'the command line on this host uses the operator’s token in this file');
  return hub;
}

async function main(): Promise<void> {
  const config = loadConfig(environment(), {
    oidcGroupRoleMap: (text) => readGroupRoleMap(text).faults.map(describeFault),
    oidcGroupRoleDefaults: (text) => readRoleDefaults(text).faults.map(describeFault),
  });
  keepCompiledCode();
  const starting = start(config);
  stopOnSignals(starting);
  const hub = await starting;
  complain(await hub.failed);
  stopAndExit(hub, 1);
}

try {
  await main();
} catch (error) {
  complain(error);
  process.exit(1);
}
