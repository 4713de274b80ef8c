import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import * as client from 'openid-client';
import { startHub } from '#hub/app.js';
import type { Database } from '#hub/database/index.js';
import type { ApplicationMetadata } from '#hub/domain/applications/index.js';
import { systemClock } from '#hub/platform/clock.js';
import { loadConfig } from '#hub/platform/config.js';
import { createLog } from '#hub/platform/log.js';
import { runCli, type CliRun } from './cli.ts';
import { freshDatabase, scratchDirectory } from './database.ts';
import type { Registered } from './provider-hub.ts';
import { ScimClient } from './scim-client.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of every shape
  readonly body: any;
}

/** A connection as its administrator made it, with the SCIM client of its provider. */
export interface Feed {
  readonly connectionId: string;
  /** OpenID Connect alone. */
  readonly callback: string;
  /** SAML alone. */
  readonly acs: string;
  readonly scim: ScimClient;
}

/** A whole hub in this process, on a database of its own, as `main` would start it. */
export interface Hub {
  readonly url: string;
  readonly adminToken: string;
  readonly database: Database;
  /** Lines of the log from warnings upwards, or from `LOG_LEVEL`. */
  readonly logged: Record<string, unknown>[];
  /** The administration API, as the operator of the first start. */
  admin(method: string, path: string, body?: unknown): Promise<Answer>;
  /** The same, where anything but success is a mistake of the test. */
  // oxlint-disable-next-line typescript/no-explicit-any -- as in `Answer`
  ask(method: string, path: string, body?: unknown): Promise<any>;
  /** The compiled `gatehouse` command against this hub. */
  cli(...args: string[]): Promise<CliRun>;
  /** Creates a connection and a SCIM token for it. */
  connect(organization: string, connection: Record<string, unknown>): Promise<Feed>;
  scim(token: string): ScimClient;
  /** The account of a member, by user name. */
  accountOf(organization: string, userName: string): Promise<string>;
  /** An application at this hub, by openid-client. */
  register(metadata?: ApplicationMetadata, organization?: string): Promise<Registered>;
  runJob(name: string): Promise<void>;
  stop(): Promise<void>;
}

let count = 0;

async function call(url: string, token: string, method: string, path: string, body: unknown): Promise<Answer> {
  const response = await fetch(`${url}/v1/admin${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: text === '' ? undefined : JSON.parse(text) };
}

/** @param settings environment variables beside those that a test hub always has */
export async function startTestHub(settings: Readonly<Record<string, string>> = {}): Promise<Hub> {
  const fresh = await freshDatabase();
  const dataDir = scratchDirectory(`hub-${(count += 1)}`);
  const config = loadConfig({
    DATABASE_URL: fresh.url,
    DATABASE_OWNER_URL: fresh.ownerUrl,
    DATABASE_POOL_SIZE: '4',
    GATEHOUSE_SECRET: randomBytes(32).toString('base64'),
    DATA_DIR: dataDir,
    PORT: '0',
    LOG_LEVEL: 'warn',
    ALLOW_PRIVATE_UPSTREAMS: '1',
    ...settings,
  });
  const logged: Record<string, unknown>[] = [];
  const log = createLog({ level: config.logLevel, format: 'json', clock: systemClock, destination: { write: (line) => void logged.push(JSON.parse(line) as Record<string, unknown>) } });
  const hub = await startHub({ config, log });
  const url = hub.publicUrl;
  const token = readFileSync(hub.adminTokenFile, 'utf8').trim();
  const admin = (method: string, path: string, body?: unknown): Promise<Answer> => call(url, token, method, path, body);
  const ask: Hub['ask'] = async (method, path, body) => {
    const answer = await admin(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path} was answered with ${answer.status}: ${answer.text}`);
    return answer.body;
  };
  const scim = (scimToken: string): ScimClient => new ScimClient(`${url}/scim/v2`, scimToken);
  return {
    url,
    adminToken: token,
    database: hub.database,
    logged,
    admin,
    ask,
    scim,
    cli: (...args) => runCli(args, { GATEHOUSE_URL: url, GATEHOUSE_TOKEN: token }),
    async connect(organization, connection) {
      const { id, urls } = await ask('POST', `/organizations/${organization}/connections`, connection);
      const { token: scimToken } = await ask('POST', `/organizations/${organization}/scim-tokens`, { connection: id });
      return { connectionId: id, callback: urls.callback, acs: urls.acs, scim: scim(scimToken) };
    },
    accountOf: async (organization, userName) => (await ask('GET', `/users/${encodeURIComponent(userName)}?organization=${organization}`)).id,
    async register(metadata = {}, organization) {
      const redirectUri = 'https://app.example/callback';
      const all = { redirect_uris: [redirectUri], grant_types: ['authorization_code', 'refresh_token'], ...metadata };
      const { client_id: clientId, client_secret: clientSecret } = await ask('POST', '/applications', { name: 'Application', organization, metadata: all });
      const authentication = clientSecret === undefined ? client.None() : client.ClientSecretBasic(clientSecret);
      const config = await client.discovery(new URL(`${url}/oidc`), clientId, undefined, authentication, { execute: [client.allowInsecureRequests] });
      return { clientId, secret: clientSecret, redirectUri, config };
    },
    runJob: (name) => hub.runJob(name),
    async stop() {
      await hub.stop();
      await fresh.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
