import type { Database, Statement } from '../../database/index.ts';
import type { MasterKeys } from '../../platform/master-keys.ts';
import { hashToken } from '../../platform/token.ts';

const PURPOSE = 'sessions:pending';

const put = (key: string, sealed: string, seconds: number): Statement => ({
  name: 'sessions.pending.put',
  text: 'insert into pending_sign_in (hash, sealed, expires_at) values ($1, $2, now() + make_interval(secs => $3))',
  values: [hashToken(key), sealed, seconds],
});

const take = (key: string): Statement => ({
  name: 'sessions.pending.take',
  text: 'delete from pending_sign_in where hash = $1 returning sealed, expires_at > now() as live',
  values: [hashToken(key)],
});

const sweep: Statement = { name: 'sessions.sweep', text: 'select sweep_sign_ins()', values: [] };

/**
 * What is remembered while a browser is away at an identity provider: sealed, found only by the hash of a key that the
 * browser's own secret is part of, taken once.
 */
export class PendingStore {
  readonly #database: Database;
  readonly #keys: MasterKeys;

  constructor(database: Database, keys: MasterKeys) {
    this.#database = database;
    this.#keys = keys;
  }

  /** @param value plain JSON */
  async put(key: string, value: unknown, seconds: number): Promise<void> {
    await this.#database.batch([put(key, this.#keys.seal(JSON.stringify(value), PURPOSE), seconds)]);
  }

  /** The value, for the first who asks in time. */
  async take(key: string): Promise<unknown> {
    const [rows] = await this.#database.batch([take(key)]);
    const row = rows?.[0];
    if (row === undefined || row.live !== true) return undefined;
    return JSON.parse(this.#keys.open(String(row.sealed), PURPOSE)) as unknown;
  }

  /** Deletes what sign-ins left behind and nobody can use any more; for a job. */
  async sweep(): Promise<void> {
    await this.#database.batch([sweep]);
  }
}
