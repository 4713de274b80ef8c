import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Hub, startHub } from '../app.ts';
import { AdminClient } from '../cli/admin-client.ts';
import { startEmbeddedPostgres } from '../database/index.ts';
import { systemClock } from '../platform/clock.ts';
import { loadConfig } from '../platform/config.ts';
import { createLog } from '../platform/log.ts';
import { type Application, startApplication } from './application.ts';
import { DEFAULT_ROLE, type Company, PASSWORD, castOf } from './cast.ts';
import { LOOPBACK, freePort } from './listen.ts';
import type { ProgressOutput } from './progress-bar.ts';
import { pushCompany } from './push.ts';
import { connectOpenIdProvider, connectSamlProvider, createLocalUser, createOrganization, createScimToken, explainRoles, registerApplication } from './set-up.ts';
import { startUpstreamOpenIdProvider } from './upstream-openid-provider.ts';
import { startUpstreamSamlProvider } from './upstream-saml-provider.ts';

export interface DemoOptions {
  readonly people: number;
  /** The hub's; the others follow it. 0: free ones. Taken ports are passed over. */
  readonly port: number;
  readonly output: ProgressOutput;
}

/** Everything that was started, and how to end all of it. */
export interface Demo {
  readonly hubUrl: string;
  readonly applicationUrl: string;
  readonly companies: readonly Company[];
  /** Somebody without an identity provider. */
  readonly local: LocalUser;
  /** For the command line, while the demonstration runs. */
  readonly adminToken: string;
  stop(): Promise<void>;
}

export interface LocalUser {
  readonly userName: string;
  readonly displayName: string;
  readonly password: string;
}

const LOCAL_USER: LocalUser = { userName: 'dana.park@alder.example', displayName: 'Dana Park', password: `${PASSWORD} break glass` };

type Cleanup = (close: () => Promise<unknown>) => void;

/** A hub of its own: whatever the environment says of another one is not looked at. */
async function startOwnHub(port: number, later: Cleanup): Promise<{ hub: Hub; adminToken: string }> {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-demo-'));
  later(() => Promise.resolve(rmSync(directory, { recursive: true, force: true })));
  const postgres = await startEmbeddedPostgres({ directory: join(directory, 'database'), ephemeral: true });
  later(() => postgres.stop());
  const config = loadConfig({
    PORT: String(await freePort(port)),
    HOST: LOOPBACK,
    DATA_DIR: directory,
    DATABASE_URL: postgres.url,
    DATABASE_OWNER_URL: postgres.ownerUrl,
    GATEHOUSE_SECRET: randomBytes(32).toString('base64'),
    OIDC_GROUP_ROLE_DEFAULTS: DEFAULT_ROLE,
    // The identity providers live on this machine.
    ALLOW_PRIVATE_UPSTREAMS: '1',
  });
  const log = createLog({ level: 'error', format: 'text', clock: systemClock, destination: process.stderr });
  const hub = await startHub({ config, log });
  later(() => hub.stop());
  return { hub, adminToken: readFileSync(hub.adminTokenFile, 'utf8').trim() };
}

/** The identity provider of a company, connected both ways. */
async function connect(admin: AdminClient, company: Company, port: number, later: Cleanup): Promise<void> {
  await createOrganization(admin, company);
  if (company.vendor === 'okta') {
    const upstream = await startUpstreamOpenIdProvider(company, port);
    later(() => upstream.close());
    await connectOpenIdProvider(admin, company, upstream);
  } else {
    const upstream = await startUpstreamSamlProvider(company, port);
    later(() => upstream.close());
    await connectSamlProvider(admin, company, upstream);
  }
}

/** The demonstration's application, registered at the hub. */
async function startRegisteredApplication(admin: AdminClient, hubUrl: string, companies: readonly Company[], port: number, later: Cleanup): Promise<Application> {
  const application = await startApplication({ companies, explain: (userId, organization) => explainRoles(admin, userId, organization) }, port);
  later(() => application.close());
  await application.register(await registerApplication(admin, hubUrl, application.url));
  return application;
}

/** Starts the hub, the identity providers and the application, and pushes two companies. */
export async function startDemo({ people, port, output }: DemoOptions): Promise<Demo> {
  const cleanups: (() => Promise<unknown>)[] = [];
  const later: Cleanup = (close) => void cleanups.unshift(close);
  const stop = async (): Promise<void> => {
    for (const close of cleanups.splice(0)) await close();
  };
  const after = (offset: number): number => (port === 0 ? 0 : port + offset);
  try {
    const companies = castOf(people);
    const { hub, adminToken } = await startOwnHub(port, later);
    const admin = new AdminClient({ url: hub.publicUrl, token: adminToken, tokenSource: hub.adminTokenFile });
    for (const [index, company] of companies.entries()) {
      await connect(admin, company, after(2 + index), later);
      await pushCompany({ company, scimUrl: `${hub.publicUrl}/scim/v2`, token: await createScimToken(admin, company), output });
    }
    await createLocalUser(admin, 'alder', LOCAL_USER);
    const application = await startRegisteredApplication(admin, hub.publicUrl, companies, after(1), later);
    return { hubUrl: hub.publicUrl, applicationUrl: application.url, companies, local: LOCAL_USER, adminToken, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
