import { stopTestServer } from './database.ts';

/** Mocha runs this once after all tests; the server itself is started by the first test that needs a database. */
export async function mochaGlobalTeardown(): Promise<void> {
  await stopTestServer();
}
