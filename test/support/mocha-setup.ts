import { configureGlobal } from 'fast-check';
import { shareTestServer, stopTestServer } from './database.ts';

// Everywhere else chance explores; continuous integration judges the change, and must judge it the same way twice.
if (process.env['CI'] === 'true') configureGlobal({ seed: 20_260_101 });

/** Mocha runs this once before all tests, in the main process. */
export async function mochaGlobalSetup(): Promise<void> {
  if (process.argv.includes('--parallel')) await shareTestServer();
}

/** Mocha runs this once after all tests; the server itself is started by the first test that needs a database. */
export async function mochaGlobalTeardown(): Promise<void> {
  await stopTestServer();
}
