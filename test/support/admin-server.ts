import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomBytes } from 'node:crypto';
import { createDatabaseCare } from '#hub/database/index.js';
import { parseGroupRoleMap, parseRoleDefaults, rulesFrom } from '#hub/domain/access/index.js';
import { ApplicationStore } from '#hub/domain/applications/index.js';
import { AuditedChanges, AuditTrail } from '#hub/domain/audit/index.js';
import { OperatorTokenStore, ScimTokenStore, SigningKeyStore } from '#hub/domain/credentials/index.js';
import { OrganizationSchemaStore, UniqueLedger } from '#hub/domain/directory/index.js';
import { MemberDirectory, OrganizationDomainStore, OrganizationStore } from '#hub/domain/organizations/index.js';
import { createAdminApi, ensureDefaultOrganization, type AdminDependencies } from '#hub/endpoints/admin/index.js';
import { createHttpApp } from '#hub/endpoints/http/index.js';
import { createExtensionDesk, loadRegistry } from '#hub/endpoints/scim/index.js';
import { ConnectionStore } from '#hub/federation/index.js';
import { systemClock } from '#hub/platform/clock.js';
import { loadConfig } from '#hub/platform/config.js';
import type { Environment } from '#hub/platform/environment.js';
import { MasterKeys } from '#hub/platform/master-keys.js';
import { createMembershipDesk } from '#hub/provisioning/index.js';
import { freshDatabase, type FreshDatabase } from './database.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of every shape
  readonly body: any;
}

/** A hub with nothing but the administration API, on a database of its own. */
export interface AdminServer {
  readonly url: string;
  readonly token: string;
  readonly fresh: FreshDatabase;
  readonly dependencies: AdminDependencies;
  /** What the API reported as defects; a test that ends with any has found one. */
  readonly defects: unknown[];
  /** The DNS of this server. */
  readonly txtRecords: Map<string, string[]>;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  close(): Promise<void>;
}

function dependenciesOf(fresh: FreshDatabase, defects: unknown[], publicUrl: string, environment: Environment, txtRecords: ReadonlyMap<string, string[]>): AdminDependencies {
  const { database, ownerUrl } = fresh;
  const config = loadConfig(environment);
  const keys = new MasterKeys(randomBytes(32).toString('base64'));
  const schemas = new OrganizationSchemaStore(database);
  const roles = { rules: rulesFrom(parseGroupRoleMap(config.oidcGroupRoleMap ?? ''), 'environment'), defaults: parseRoleDefaults(config.oidcGroupRoleDefaults ?? '') };
  return {
    config,
    roles,
    applications: new ApplicationStore(database, keys),
    signingKeys: new SigningKeyStore(database, keys, systemClock),
    desk: createMembershipDesk({ database, clock: systemClock, roles }),
    database: createDatabaseCare(database, ownerUrl),
    publicUrl,
    version: '0.0.0-test',
    clock: systemClock,
    report: (error) => defects.push(error),
    changes: new AuditedChanges(database),
    trail: new AuditTrail(database),
    organizations: new OrganizationStore(database),
    members: new MemberDirectory(database),
    domains: new OrganizationDomainStore(database),
    lookUpTxt: (name) => Promise.resolve(txtRecords.get(name) ?? []),
    connections: new ConnectionStore(database, keys),
    scimTokens: new ScimTokenStore(database),
    schemas,
    unique: new UniqueLedger({ database, schemas, files: undefined, startedAt: Date.now() }),
    extensions: createExtensionDesk(loadRegistry(), () => Promise.resolve()),
    operatorTokens: new OperatorTokenStore(database),
  };
}

const listen = (server: Server): Promise<string> =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)));

/** Starts it with the default organization and one operator's token. */
export async function startAdminServer(environment: Environment = {}): Promise<AdminServer> {
  const fresh = await freshDatabase();
  const defects: unknown[] = [];
  const txtRecords = new Map<string, string[]>();
  const app = createHttpApp({ trustedProxyHops: 0 });
  const server = createServer(app);
  const url = await listen(server);
  const dependencies = dependenciesOf(fresh, defects, url, environment, txtRecords);
  app.use('/v1', createAdminApi(dependencies));
  await ensureDefaultOrganization(dependencies);
  const { token } = await dependencies.changes.inInstance('test', async (tx) => ({ result: await dependencies.operatorTokens.create(tx, 'test'), events: [] }));
  return {
    url,
    token,
    fresh,
    dependencies,
    defects,
    txtRecords,
    call: async (method, path, body, headers = {}) => {
      const init: RequestInit = { method, headers: { authorization: `Bearer ${token}`, ...headers } };
      if (body !== undefined) {
        init.body = typeof body === 'string' ? body : JSON.stringify(body);
        init.headers = { 'content-type': 'application/json', ...(init.headers as Record<string, string>) };
      }
      const response = await fetch(`${url}/v1${path}`, init);
      const text = await response.text();
      const json = /json/.test(response.headers.get('content-type') ?? '');
      return { status: response.status, headers: response.headers, text, body: json ? JSON.parse(text) : undefined };
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await fresh.drop();
    },
  };
}
