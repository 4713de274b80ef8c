import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AdminClient, path, type Json } from '#hub/cli/admin-client.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#hub/database/index.js';
import type { Closers } from '#hub/platform/closers.js';
import { freePort, startProcess } from './bench-process.ts';

/** A hub as `npm start` runs it, over a PostgreSQL that others may use too, with a token for its SCIM door. */
export interface BenchHub {
  readonly base: string;
  readonly token: string;
  readonly orgId: string;
  readonly connectionId: string;
  readonly postgres: EmbeddedPostgres;
}

const textOf = (answer: Json | undefined, name: string): string => {
  const value = answer?.[name];
  if (typeof value !== 'string') throw new Error(`the hub did not say ${name}`);
  return value;
};

/** Durable like an operator's: commits wait for the disk. */
export async function startBenchHub(closers: Closers): Promise<BenchHub> {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  closers.add(() => Promise.resolve(rmSync(directory, { recursive: true, force: true })));
  const postgres = await startEmbeddedPostgres({ directory: join(directory, 'database') });
  closers.add(async () => {
    await postgres.stop();
    rmSync(postgres.directory, { recursive: true, force: true });
  });
  const port = String(await freePort());
  const url = `http://127.0.0.1:${port}`;
  const settings = { PORT: port, HOST: '127.0.0.1', DATA_DIR: directory, DATABASE_URL: postgres.url, DATABASE_OWNER_URL: postgres.ownerUrl, GATEHOUSE_SECRET: randomBytes(32).toString('base64'), SCIM_RATE_LIMIT_PER_SECOND: '0', LOG_LEVEL: 'error' };
  await startProcess([process.execPath, 'dist/main.js'], settings, `${url}/readyz`, closers);
  const tokenSource = join(directory, 'admin-token');
  const admin = new AdminClient({ url, token: readFileSync(tokenSource, 'utf8').trim(), tokenSource });
  const organization = await admin.get('/organizations/default');
  const [connection] = await admin.list(path`/organizations/${textOf(organization, 'id')}/connections`);
  const { token } = await admin.send('POST', '/organizations/default/scim-tokens', {});
  return { base: `${url}/scim/v2`, token: textOf({ token }, 'token'), orgId: textOf(organization, 'id'), connectionId: textOf(connection, 'id'), postgres };
}
