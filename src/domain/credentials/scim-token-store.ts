import { ORG } from '../../database/context-sql.ts';
import type { AdministrativeTransaction, Database, Statement } from '../../database/index.ts';
import { systemClock, type Clock } from '../../platform/clock.ts';
import { hashToken, mintToken } from '../../platform/token.ts';
import { uuidv7 } from '../../platform/uuid.ts';
import { LastUsed } from './last-used.ts';
import { authenticateScim, scimRefusal } from './scim-authentication-store.ts';
import { checkNewScimToken, type ScimScope, type ScimToken } from './scim-token.ts';
import { defineScimToken } from './scim-token-model.ts';
import { hintOf } from './token-hint.ts';

export const SCIM_TOKEN_PREFIX = 'gh_scim';

export interface NewScimToken {
  readonly orgId: string;
  readonly connectionId: string;
  readonly scopes: readonly ScimScope[];
  readonly expiresAt: Date | null;
  readonly createdBy: string;
}

/** The tokens with which identity providers push. Whether one is valid is asked by the SCIM door inside its batch. */
export class ScimTokenStore {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #used = new LastUsed<string>();

  constructor(database: Database, clock: Clock = systemClock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** Newest last; of one connection, or of the whole organization. Revoked and expired ones stay, as history. */
  list(orgId: string, connectionId?: string): Promise<ScimToken[]> {
    return this.#database.withOrganization({ orgId, actor: 'system' }, async ({ transaction, model }) => {
      const where = connectionId === undefined ? { orgId } : { orgId, connectionId };
      return (await model(defineScimToken).findAll({ where, order: ['id'], transaction })).map((one) => one.get());
    });
  }

  /** @returns the token itself too, which is kept nowhere */
  async create(tx: AdministrativeTransaction, wanted: NewScimToken): Promise<{ readonly scimToken: ScimToken; readonly token: string }> {
    const { transaction, model } = tx;
    const { orgId, connectionId } = wanted;
    // Two at once would both count one live token: the connection's row is the gate.
    await tx.sql('select 1 from connection where org_id = $1 and id = $2 for update', [orgId, connectionId]);
    const existing = await model(defineScimToken).findAll({ where: { orgId, connectionId }, transaction });
    checkNewScimToken(existing.map((one) => one.get()), wanted.expiresAt, this.#clock.now());
    const token = mintToken(SCIM_TOKEN_PREFIX);
    const row = { ...wanted, scopes: [...wanted.scopes], id: uuidv7(), hash: hashToken(token), hint: hintOf(token) };
    const { hash: _hash, ...scimToken } = (await model(defineScimToken).create(row, { transaction })).get();
    return { scimToken: { ...scimToken, revokedAt: null, lastUsedAt: null }, token };
  }

  /** @returns undefined when there is no such token here; a token revoked before stays as it was */
  async revoke({ transaction, model }: AdministrativeTransaction, orgId: string, id: string): Promise<ScimToken | undefined> {
    const found = await model(defineScimToken).findOne({ where: { orgId, id }, transaction, lock: transaction.LOCK.UPDATE });
    if (found === null) return undefined;
    if (found.get().revokedAt === null) await found.update({ revokedAt: new Date(this.#clock.now()) }, { transaction });
    return found.get();
  }

  /** Notes that a token, known by its hash, opened a request; for the SCIM door, which is not slowed by it. */
  markUsed(hash: Buffer): void {
    this.#used.mark(hash.toString('base64'), new Date(this.#clock.now()));
  }

  /** Writes the marks of use gathered since the last time; for a job. A token that ended meanwhile keeps its last mark. */
  async writeLastUsed(): Promise<void> {
    for (const [key, at] of this.#used.take()) {
      const hash = Buffer.from(key, 'base64');
      const used: Statement = {
        name: 'credentials.scim-token.used',
        text: `update scim_token set last_used_at = greatest(last_used_at, $2::timestamptz) where org_id = ${ORG} and hash = $1`,
        values: [hash, at.toISOString()],
      };
      await this.#database.batch([authenticateScim(hash, '', false), used]).catch((error: unknown) => {
        if (!scimRefusal(error)) throw error;
      });
    }
  }
}
