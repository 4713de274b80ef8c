import { Client } from 'pg';
import { DomainError } from '../platform/errors.ts';
import { connectionFailure, describeAddress } from './connection-error.ts';
import { connectionConfig } from './connection-settings.ts';

/** The oldest PostgreSQL whose features (security_invoker, unique nulls not distinct, file_copy) the schema uses. */
const OLDEST = 150_000;

export interface Owner {
  readonly client: Client;
  /** For example 180004. */
  readonly version: number;
}

/** Runs administrative work (roles, migrations, partitions) on one connection of the schema's owner, without time limits. */
export async function withOwner<T>(url: string, work: (owner: Owner) => Promise<T>): Promise<T> {
  const client = new Client(
    connectionConfig({
      url,
      applicationName: 'gatehouse owner',
      settings: { TimeZone: 'UTC', search_path: 'public', statement_timeout: '0', client_min_messages: 'warning' },
    }),
  );
  client.on('error', () => undefined); // whatever was running rejects by itself
  try {
    await client.connect();
  } catch (error) {
    throw connectionFailure(error, url);
  }
  try {
    const { rows } = await client.query<{ version: number }>(`select current_setting('server_version_num')::int as version`);
    const version = rows[0]?.version ?? 0;
    if (version < OLDEST) {
      throw new DomainError('unavailable', 'database.too_old', `PostgreSQL at ${describeAddress(url)} is version ${Math.floor(version / 10_000)}; the hub needs 15 or newer.`);
    }
    return await work({ client, version });
  } finally {
    await client.end().catch(() => undefined);
  }
}
