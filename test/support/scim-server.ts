import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SCIM_TOKEN_PREFIX } from '#hub/domain/credentials/index.js';
import { DirectoryReader, OrganizationSchemaStore, UniqueLedger } from '#hub/domain/directory/index.js';
import { createScimListener } from '#hub/endpoints/scim/listener.js';
import type { ServiceLimits } from '#hub/endpoints/scim/discovery.js';
import { loadRegistry, type SchemaRegistry } from '#hub/endpoints/scim/schema-registry.js';
import { RecentUsers } from '#hub/provisioning/index.js';
import { systemClock } from '#hub/platform/clock.js';
import { hashToken, mintToken } from '#hub/platform/token.js';
import { uuidv7 } from '#hub/platform/uuid.js';
import { freshDatabase, type FreshDatabase } from './database.ts';

export interface ScimReply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of every shape
  readonly body: any;
}

/** One organization with one connection, as its identity provider sees the hub. */
export interface ScimTenant {
  readonly orgId: string;
  readonly connectionId: string;
  readonly token: string;
  /** Sends a request; an object goes out as SCIM JSON, a text or bytes as they are. A token in `headers` stands for the tenant's own. */
  call(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<ScimReply>;
  /** A further token of the same connection. */
  mint(token: { readonly scopes?: readonly string[]; readonly expiresAt?: Date; readonly revokedAt?: Date }): Promise<string>;
}

/** The SCIM door on a port of its own, over a database of its own. */
export interface ScimServer {
  readonly url: string;
  /** What resources are addressed by; the listener is mounted there. */
  readonly base: string;
  readonly fresh: FreshDatabase;
  /** What became a 500; a test that ends with any has found a defect. */
  readonly defects: unknown[];
  readonly acme: ScimTenant;
  readonly globex: ScimTenant;
  /** One more organization with a connection of this vendor. */
  tenant(slug: string, vendor: string): Promise<ScimTenant>;
  close(): Promise<void>;
}

export interface ScimServerOptions {
  readonly limits?: Partial<ServiceLimits>;
  readonly maxBodyBytes?: number;
  /** The shipped schemas, unless a test declares more. */
  readonly registry?: SchemaRegistry;
  /** Another node over the database of this one, which serves its tenants' tokens. */
  readonly beside?: ScimServer;
  /** Whether changes are worked out on what was seen a moment ago, as the hub does. */
  readonly recent?: boolean;
  readonly admit?: (tokenHash: Buffer) => Promise<number | undefined>;
  readonly onUsed?: (tokenHash: Buffer) => void;
}

const LIMITS: ServiceLimits = { maxBulkOperations: 100, maxPayloadSize: 10_485_760, defaultPageSize: 100, maxPageSize: 200 };
const MOUNT = '/scim/v2';

async function insertTenant(fresh: FreshDatabase, base: string, slug: string, vendor: string): Promise<ScimTenant> {
  const [orgId, connectionId] = [uuidv7(), uuidv7()];
  await fresh.database.withInstance('test', (tx) => tx.sql('insert into organization (id, slug, name) values ($1, $2, $2)', [orgId, slug]));
  await fresh.database.withOrganization({ orgId, actor: 'test' }, (tx) =>
    tx.sql(`insert into connection (org_id, id, name, protocol, vendor) values ($1, $2, 'default', 'scim-only', $3)`, [orgId, connectionId, vendor]),
  );
  const mint: ScimTenant['mint'] = async ({ scopes = ['users', 'groups'], expiresAt, revokedAt }) => {
    const token = mintToken(SCIM_TOKEN_PREFIX);
    await fresh.database.withOrganization({ orgId, actor: 'test' }, (tx) =>
      tx.sql(
        `insert into scim_token (org_id, id, connection_id, hash, hint, scopes, created_by, expires_at, revoked_at)
         values ($1, $2, $3, $4, 'test', string_to_array($5, ','), 'test', $6, $7)`,
        [orgId, uuidv7(), connectionId, hashToken(token), scopes.join(','), expiresAt ?? null, revokedAt ?? null],
      ),
    );
    return token;
  };
  const token = await mint({});
  return { orgId, connectionId, token, mint, call: (method, path, body, headers) => callScim(`${base}${path}`, token, method, body, headers) };
}

/** The same tenant at another node. */
const at = (tenant: ScimTenant, base: string): ScimTenant => ({ ...tenant, call: (method, path, body, headers) => callScim(`${base}${path}`, tenant.token, method, body, headers) });

async function callScim(url: string, token: string, method: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<ScimReply> {
  const init: RequestInit = { method, headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/scim+json' }), ...headers } };
  if (body !== undefined) init.body = typeof body === 'string' || body instanceof Uint8Array ? (body as string) : JSON.stringify(body);
  const response = await fetch(url, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: text === '' ? undefined : JSON.parse(text) };
}

const listen = (server: Server): Promise<string> =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)));

/** Starts it with two organizations, each with one connection and one token. */
export async function startScimServer(options: ScimServerOptions = {}): Promise<ScimServer> {
  const fresh = options.beside?.fresh ?? (await freshDatabase());
  const defects: unknown[] = [];
  const server = createServer();
  const url = await listen(server);
  const base = `${url}${MOUNT}`;
  const maxBodyBytes = options.maxBodyBytes ?? LIMITS.maxPayloadSize;
  const registry = options.registry ?? loadRegistry();
  const reader = new DirectoryReader(fresh.database);
  const ledger = new UniqueLedger({ database: fresh.database, schemas: new OrganizationSchemaStore(fresh.database), files: registry.unique?.mark, startedAt: Date.now() });
  const listener = createScimListener({
    service: {
      base,
      registry,
      limits: { ...LIMITS, maxPayloadSize: maxBodyBytes, ...options.limits },
      reader,
      provisioning: { database: fresh.database, roles: { rules: [], defaults: [] }, clock: systemClock, ...(options.recent === true && { recent: new RecentUsers() }) },
      cursorKeys: [randomBytes(32).toString('base64url')],
    },
    registryAnew: async (_hash, open) => {
      await ledger.settle(await reader.organizationOf(open()), () => registry.unique);
      return registry;
    },
    mount: MOUNT,
    maxBodyBytes,
    admit: options.admit ?? (() => Promise.resolve(undefined)),
    onUsed: options.onUsed ?? (() => undefined),
    onDefect: (error) => defects.push(error),
  });
  server.on('request', (request, response) => {
    if (!listener(request, response)) response.writeHead(404).end();
  });
  return {
    url,
    base,
    fresh,
    defects,
    acme: options.beside ? at(options.beside.acme, base) : await insertTenant(fresh, base, 'acme', 'generic'),
    globex: options.beside ? at(options.beside.globex, base) : await insertTenant(fresh, base, 'globex', 'generic'),
    tenant: (slug, vendor) => insertTenant(fresh, base, slug, vendor),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      if (!options.beside) await fresh.drop();
    },
  };
}
