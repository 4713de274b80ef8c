import type { AdministrativeTransaction, Database, Statement } from '../../database/index.ts';
import { systemClock, type Clock } from '../../platform/clock.ts';
import { hashToken, mintToken, tokenLooksValid } from '../../platform/token.ts';
import { uuidv7 } from '../../platform/uuid.ts';
import { LastUsed } from './last-used.ts';
import { hintOf } from './token-hint.ts';

export const OPERATOR_TOKEN_PREFIX = 'gh_operator';

/** Who holds a valid operator's token. */
export interface OperatorTokenHolder {
  readonly id: string;
  readonly name: string;
}

const find = (hash: Buffer): Statement => ({
  name: 'credentials.operator-token.find',
  text: `select id, name from operator_token
          where hash = $1 and revoked_at is null and (expires_at is null or expires_at > now())`,
  values: [hash],
});

/** Tokens of those who run the installation. Only their hashes are kept. */
export class OperatorTokenStore {
  readonly #database: Pick<Database, 'batch'>;
  readonly #clock: Clock;
  readonly #used = new LastUsed<string>();

  constructor(database: Pick<Database, 'batch'>, clock: Clock = systemClock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** A mistyped token is refused without asking the database. */
  async verify(token: string): Promise<OperatorTokenHolder | undefined> {
    if (!tokenLooksValid(token, OPERATOR_TOKEN_PREFIX)) return undefined;
    const row = (await this.#database.batch([find(hashToken(token))]))[0]?.[0];
    if (row === undefined) return undefined;
    const holder = { id: row['id'] as string, name: row['name'] as string };
    this.#used.mark(holder.id, new Date(this.#clock.now()));
    return holder;
  }

  /** @returns the token itself, which is kept nowhere */
  async create(tx: AdministrativeTransaction, name: string): Promise<{ readonly id: string; readonly token: string }> {
    const [id, token] = [uuidv7(), mintToken(OPERATOR_TOKEN_PREFIX)];
    await tx.sql('insert into operator_token (id, name, hash, hint) values ($1, $2, $3, $4)', [id, name, hashToken(token), hintOf(token)]);
    return { id, token };
  }

  /** Whether the database knows this token at all, be it valid, expired or revoked. */
  async isKnown(token: string): Promise<boolean> {
    const statement = { name: 'credentials.operator-token.known', text: 'select 1 from operator_token where hash = $1', values: [hashToken(token)] };
    return (await this.#database.batch([statement]))[0]?.length === 1;
  }

  /** Writes the marks of use gathered since the last time; for a job. */
  async writeLastUsed(): Promise<void> {
    const marks = this.#used.take();
    if (marks.length === 0) return;
    await this.#database.batch([
      {
        name: 'credentials.operator-token.used',
        text: `update operator_token t set last_used_at = greatest(t.last_used_at, u.at)
                 from unnest($1::uuid[], $2::timestamptz[]) as u (id, at) where t.id = u.id`,
        values: [marks.map(([id]) => id), marks.map(([, at]) => at.toISOString())],
      },
    ]);
  }
}
