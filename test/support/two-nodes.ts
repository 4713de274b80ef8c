import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { startHub } from '#hub/app.js';
import type { Database } from '#hub/database/index.js';
import { systemClock } from '#hub/platform/clock.js';
import { loadConfig } from '#hub/platform/config.js';
import { createLog } from '#hub/platform/log.js';
import { type FreshDatabase, freshDatabase, scratchDirectory } from './database.ts';
import { ScimClient } from './scim-client.ts';

/** One hub of several over one database, as its operator and its identity providers see it. */
export interface Node {
  readonly url: string;
  readonly database: Database;
  runJob(name: string): Promise<void>;
  scim(token: string): ScimClient;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of every shape
  admin(method: string, path: string, body?: unknown): Promise<{ status: number; body: any }>;
  stop(): Promise<void>;
}

export interface TwoNodes {
  readonly fresh: FreshDatabase;
  readonly nodes: readonly [Node, Node];
  /** Stops both, and leaves nothing behind. */
  stop(): Promise<void>;
}

/** @param name of the scratch directory that the nodes share */
export async function startTwoNodes(name: string, poolSize: number): Promise<TwoNodes> {
  const fresh = await freshDatabase();
  const dataDir = scratchDirectory(name);
  const secret = randomBytes(32).toString('base64');

  async function start(): Promise<Node> {
    const config = loadConfig({ DATABASE_URL: fresh.url, DATABASE_OWNER_URL: fresh.ownerUrl, DATABASE_POOL_SIZE: String(poolSize), DATA_DIR: dataDir, PORT: '0', GATEHOUSE_SECRET: secret });
    const hub = await startHub({ config, log: createLog({ level: 'silent', format: 'json', clock: systemClock }) });
    const headers = { authorization: `Bearer ${readFileSync(hub.adminTokenFile, 'utf8').trim()}`, 'content-type': 'application/json' };
    return {
      url: hub.publicUrl,
      database: hub.database,
      runJob: (job) => hub.runJob(job),
      scim: (token) => new ScimClient(`${hub.publicUrl}/scim/v2`, token),
      async admin(method, path, body) {
        const response = await fetch(`${hub.publicUrl}/v1/admin${path}`, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
        return { status: response.status, body: await response.json() };
      },
      stop: () => hub.stop(),
    };
  }

  // The first one prepares the database.
  const first = await start();
  const nodes = [first, await start()] as const;
  return {
    fresh,
    nodes,
    async stop() {
      await Promise.all(nodes.map((node) => node.stop()));
      await fresh.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
