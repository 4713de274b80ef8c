import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHub } from '#hub/app.js';
import { loadConfig } from '#hub/platform/config.js';
import { freshDatabase } from '../../support/database.ts';

/** A whole hub, as an identity provider sees it. */
export interface SimulatedHub {
  readonly scim: string;
  /** Makes a connection and a token that pushes into it. */
  tokenFor(connection: string): Promise<string>;
  close(): Promise<void>;
}

export async function startSimulatedHub(): Promise<SimulatedHub> {
  const fresh = await freshDatabase();
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-simulated-'));
  const settings = { PORT: '0', HOST: '127.0.0.1', DATA_DIR: directory, DATABASE_URL: fresh.url, DATABASE_OWNER_URL: fresh.ownerUrl, GATEHOUSE_SECRET: randomBytes(32).toString('base64'), LOG_LEVEL: 'error' };
  const hub = await startHub({ config: loadConfig(settings) });
  const url = `http://127.0.0.1:${hub.port}`;
  const operator = readFileSync(hub.adminTokenFile, 'utf8').trim();
  const post = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const response = await fetch(`${url}/v1/admin${path}`, { method: 'POST', headers: { authorization: `Bearer ${operator}`, 'content-type': 'application/json' }, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Record<string, unknown>;
  };
  await post('/organizations', { slug: 'acme' });
  return {
    scim: `${url}/scim/v2`,
    tokenFor: async (connection) => {
      await post('/organizations/acme/connections', { name: connection, protocol: 'scim-only' });
      return String((await post('/organizations/acme/scim-tokens', { connection }))['token']);
    },
    close: async () => {
      await hub.stop();
      await fresh.drop();
      rmSync(directory, { recursive: true });
    },
  };
}
