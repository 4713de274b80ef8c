import { rmSync } from 'node:fs';
import { Client } from 'pg';
import { accountToRunAs } from './embedded-account.ts';
import { findBinaries } from './embedded-binaries.ts';
import { type ClusterDirectory, openCluster, reachableDirectory } from './embedded-directory.ts';
import { lockDirectory } from './directory-lock.ts';
import { clearOrphan, freePort, startServer } from './embedded-process.ts';

export interface EmbeddedOptions {
  /** Where cluster and secret live; made when missing. */
  readonly directory: string;
  /** For tests: nothing survives a crash, and stopping removes the directory. */
  readonly ephemeral?: boolean;
  readonly log?: (line: string) => void;
}

export interface EmbeddedPostgres {
  /** The application's login: may take the hub's roles and owns nothing. */
  readonly url: string;
  /** Owner of the hub's database: migrations and partitions. */
  readonly ownerUrl: string;
  /** The cluster's superuser, for backup and for tests. */
  superuserUrl(database?: string): string;
  /** Where the data really is; not below `directory` when the server's account cannot reach that. */
  readonly directory: string;
  readonly pid: number;
  /** Settles when the server ends without having been asked to; never otherwise. It is not started again from here. */
  readonly lost: Promise<void>;
  stop(): Promise<void>;
}

const DATABASE = 'gatehouse';
const OWNER = 'gatehouse_owner';
const LOGIN = 'gatehouse';

/** Sized for one hub on one machine: its pools need about forty connections, and nobody replicates from it. */
const SETTINGS = {
  max_connections: '60',
  shared_buffers: '128MB',
  effective_cache_size: '512MB',
  work_mem: '8MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '1GB',
  jit: 'off',
  // faults of a statement go to whoever sent it; the log is for those of the server
  log_min_messages: 'fatal',
  log_timezone: 'UTC',
} as const;
const FLEETING = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', autovacuum: 'off', shared_buffers: '64MB', max_connections: '200' } as const;

interface Address {
  readonly settings: Readonly<Record<string, string>>;
  url(login: string, database: string): string;
}

/** A Unix socket in the private directory where there is room for its path (107 bytes), else a free port of the loopback. */
async function addressOf({ path, password }: ClusterDirectory): Promise<Address> {
  if (process.platform !== 'win32' && Buffer.byteLength(path) < 80) {
    return {
      settings: { listen_addresses: '', port: '5432', unix_socket_directories: path, unix_socket_permissions: '0700' },
      url: (login, database) => `postgres://${login}:${password(login)}@/${database}?host=${encodeURIComponent(path)}&port=5432`,
    };
  }
  const port = await freePort();
  return {
    settings: { listen_addresses: '127.0.0.1', port: String(port), unix_socket_directories: '' },
    url: (login, database) => `postgres://${login}:${password(login)}@127.0.0.1:${port}/${database}`,
  };
}

/** Owner, application login and database; on a warm start one query finds them there. */
async function ensureDatabase(address: Address, { password }: ClusterDirectory): Promise<void> {
  const client = new Client({ connectionString: address.url('postgres', 'postgres') });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE]);
    if (rowCount === 1) return;
    for (const [login, option] of [[OWNER, 'createrole'], [LOGIN, 'noinherit']] as const) {
      const { rowCount: there } = await client.query('select from pg_roles where rolname = $1', [login]);
      if (there === 0) await client.query(`create role ${login} login ${option} password ${client.escapeLiteral(password(login))}`);
    }
    await client.query(`create database ${DATABASE} owner ${OWNER}`);
  } finally {
    await client.end();
  }
}

/**
 * Starts PostgreSQL below a directory, as one process group that ends with the hub. Handles what a stranger's machine brings:
 * root, private homes, killed predecessors, install scripts that did not run; a second hub on the same directory is refused.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const { ephemeral = false, log = () => undefined } = options;
  const as = accountToRunAs();
  const binaries = await findBinaries(as);
  const path = reachableDirectory(options.directory, as, log);
  const unlock = lockDirectory(path);
  try {
    const directory = openCluster(path, binaries, as, ephemeral);
    await clearOrphan(directory.data, log);
    const address = await addressOf(directory);
    const settings = { ...SETTINGS, ...(ephemeral ? FLEETING : {}), ...address.settings };
    const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const server = await startServer(binaries.postgres, args, directory.data, as, log);
    const stop = async (): Promise<void> => {
      await server.stop();
      unlock();
      if (ephemeral) rmSync(path, { recursive: true, force: true });
    };
    await ensureDatabase(address, directory).catch(async (error: unknown) => {
      await server.stop();
      throw error;
    });
    return {
      url: address.url(LOGIN, DATABASE),
      ownerUrl: address.url(OWNER, DATABASE),
      superuserUrl: (database = 'postgres') => address.url('postgres', database),
      directory: path,
      pid: server.pid,
      lost: server.lost,
      stop,
    };
  } catch (error) {
    unlock();
    throw error;
  }
}
