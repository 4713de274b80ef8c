import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { openDatabase, startEmbeddedPostgres, type Database, type EmbeddedPostgres } from '#hub/database/index.js';

/** A database of its own with the repository's schema, for one test file. */
export interface FreshDatabase {
  readonly database: Database;
  /** The application's login: not the owner, no superuser. */
  readonly url: string;
  /** Owner of the schema, with CREATEROLE and nothing more. */
  readonly ownerUrl: string;
  /** Closes the database and removes it. */
  readonly drop: () => Promise<void>;
}

interface Server {
  readonly embedded: EmbeddedPostgres | undefined;
  readonly superuserUrl: (database: string) => string;
}

const run = `gh${process.pid}`;
/** Of the main process where several share a server; else of this one. */
const SHARED_TEMPLATE = process.env['TEST_DATABASE_TEMPLATE'] ?? '';
const TEMPLATE = SHARED_TEMPLATE === '' ? `${run}_template` : SHARED_TEMPLATE;
const OWNER = 'gatehouse_test_owner';
const LOGIN = 'gatehouse_test_login';
const PASSWORD = 'gatehouse';

const roomy = (directory: string): boolean => {
  try {
    const { bavail, bsize } = statfsSync(directory);
    return bavail * bsize > 2 ** 30;
  } catch {
    return false;
  }
};

/** In memory where there is room: a container's /dev/shm is often 64 MB. */
export const scratchDirectory = (name: string): string => join(process.platform === 'linux' && roomy('/dev/shm') ? '/dev/shm' : tmpdir(), `gatehouse-${run}-${name}`);

async function startServer(): Promise<Server> {
  const given = process.env['TEST_DATABASE_URL'];
  if (given !== undefined && given !== '') return { embedded: undefined, superuserUrl: (database) => withDatabase(given, database) };
  const embedded = await startEmbeddedPostgres({ directory: scratchDirectory('cluster'), ephemeral: true });
  return { embedded, superuserUrl: (database) => embedded.superuserUrl(database) };
}

/** The same server under another database or login. */
export const withDatabase = (url: string, database: string): string => url.replace(/^(postgres(?:ql)?:\/\/[^/]*\/)[^?]*/, `$1${encodeURIComponent(database)}`);
const withLogin = (url: string, login: string): string => url.replace(/^(postgres(?:ql)?:\/\/)(?:[^@/]*@)?/, `$1${login}:${PASSWORD}@`);

async function runSql(server: Server, ...statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: server.superuserUrl('postgres') });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Runs statements as the server's superuser, for what an administrator does behind the hub's back. */
export const asSuperuser = async (...statements: readonly string[]): Promise<void> => runSql(await testServer(), ...statements);

const createLogin = (name: string, option: string): string => `do $$ begin
  create role ${name} login ${option} password '${PASSWORD}';
exception when duplicate_object or unique_violation then null; end $$`;

async function prepare(): Promise<Server> {
  const server = await startServer();
  if (SHARED_TEMPLATE !== '') return server;
  try {
    await makeTemplate(server);
  } catch (error) {
    await server.embedded?.stop();
    throw error;
  }
  return server;
}

async function makeTemplate(server: Server): Promise<void> {
  await runSql(server, createLogin(OWNER, 'createrole'), createLogin(LOGIN, 'noinherit'), `create database ${TEMPLATE} owner ${OWNER}`);
  const url = withLogin(server.superuserUrl(TEMPLATE), LOGIN);
  const template = await openDatabase({ url, ownerUrl: withLogin(server.superuserUrl(TEMPLATE), OWNER) });
  await template.close();
}

let prepared: Promise<Server> | undefined;
let count = 0;

/** The server of this run, started by whoever asks first: a run of pure tests has none. */
export const testServer = (): Promise<Server> => (prepared ??= prepare());

/** An empty database without the hub's schema, owned like a fresh one. */
export async function bareDatabase(): Promise<{ url: string; ownerUrl: string; drop: () => Promise<void> }> {
  return create(await testServer(), '');
}

async function create(server: Server, from: string): Promise<{ url: string; ownerUrl: string; drop: () => Promise<void> }> {
  const name = `${run}_${(count += 1)}`;
  await runSql(server, `create database ${name} owner ${OWNER} ${from}`);
  const url = server.superuserUrl(name);
  return {
    url: withLogin(url, LOGIN),
    ownerUrl: withLogin(url, OWNER),
    drop: () => runSql(server, `drop database if exists ${name} with (force)`),
  };
}

/** Cloned from the migrated template: some 20 ms. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const { url, ownerUrl, drop } = await create(await testServer(), `template ${TEMPLATE} strategy file_copy`);
  const database = await openDatabase({ url, ownerUrl });
  return {
    database,
    url,
    ownerUrl,
    drop: async () => {
      await database.close();
      await drop();
    },
  };
}

/** Starts the server before processes that run tests beside each other, which then share it. */
export async function shareTestServer(): Promise<void> {
  const server = await testServer();
  process.env['TEST_DATABASE_URL'] = server.superuserUrl('postgres');
  process.env['TEST_DATABASE_TEMPLATE'] = TEMPLATE;
}

/** Ends the run's server, if one was started; called once after all tests. */
export async function stopTestServer(): Promise<void> {
  const server = await prepared?.catch(() => undefined);
  if (server === undefined) return;
  if (server.embedded === undefined) await runSql(server, `drop database if exists ${TEMPLATE} with (force)`);
  else await server.embedded.stop();
}
