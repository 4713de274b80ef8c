import { startHub } from './app.ts';
import { describeFault, readGroupRoleMap, readRoleDefaults } from './domain/access/index.ts';
import { loadConfig } from './platform/config.ts';
import { environment } from './platform/environment.ts';
import { DomainError } from './platform/errors.ts';

/** What an operator can mend is one sentence; only a defect shows where it happened. */
function explain(error: unknown): string {
  if (error instanceof DomainError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

async function main(): Promise<void> {
  const config = loadConfig(environment(), {
    oidcGroupRoleMap: (text) => readGroupRoleMap(text).faults.map(describeFault),
    oidcGroupRoleDefaults: (text) => readRoleDefaults(text).faults.map(describeFault),
  });
  const hub = await startHub({ config });
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // Who asks twice does not want to wait.
      if (stopping) process.exit(1);
      stopping = true;
      hub.stop().then(
        () => process.exit(0),
        (error: unknown) => {
          process.stderr.write(`gatehouse: ${explain(error)}\n`);
          process.exit(1);
        },
      );
    });
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`gatehouse: ${explain(error)}\n`);
  process.exit(1);
}
