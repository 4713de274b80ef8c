import type { Database, Statement } from '../../database/index.ts';
import { hashPassword, needsRehash, verifyPassword } from './password.ts';

/** Of several people with one user name in several organizations, this many are tried. */
const MOST_NAMESAKES = 5;

const candidates = (userNameKey: string): Statement => ({
  name: 'credentials.password.candidates',
  text: `select c.account_id, a.home_org_id, p.hash from (select distinct account_id from accounts_for_user_name($1)) c
           join account a on a.id = c.account_id join password_credential p on p.account_id = c.account_id
          order by c.account_id limit ${MOST_NAMESAKES}`,
  values: [userNameKey],
});

export interface PasswordSignIn {
  readonly accountId: string;
  /** The password counts here; another organization may accept it. */
  readonly homeOrgId: string;
}

/** For whoever writes an account in the same batch. */
export const putPassword = (accountId: string, hash: string): Statement => ({
  name: 'credentials.password.put',
  text: `insert into password_credential (account_id, hash) values ($1, $2)
         on conflict (account_id) do update set hash = excluded.hash, updated_at = now()`,
  values: [accountId, hash],
});

const remove = (accountId: string): Statement => ({
  name: 'credentials.password.remove',
  text: 'delete from password_credential where account_id = $1',
  values: [accountId],
});

/** The hub's own passwords: for operators, and for the day an identity provider is down. */
export class PasswordStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** @throws DomainError `credentials.password_length` */
  async set(accountId: string, password: string): Promise<void> {
    const hash = await hashPassword(password);
    await this.#database.batch([putPassword(accountId, hash)]);
  }

  async remove(accountId: string): Promise<void> {
    await this.#database.batch([remove(accountId)]);
  }

  /**
   * The account that answers to the name and the password; undefined tells nothing about which of the two was wrong.
   * @param userNameKey folded
   */
  async authenticate(userNameKey: string, password: string): Promise<PasswordSignIn | undefined> {
    const [rows = []] = await this.#database.batch([candidates(userNameKey)]);
    if (rows.length === 0) await verifyPassword(undefined, password);
    for (const row of rows) {
      const [accountId, hash] = [String(row.account_id), String(row.hash)];
      if (!(await verifyPassword(hash, password))) continue;
      if (needsRehash(hash)) await this.set(accountId, password);
      return { accountId, homeOrgId: String(row.home_org_id) };
    }
    return undefined;
  }
}
