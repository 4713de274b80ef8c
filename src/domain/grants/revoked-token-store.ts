import type { Database, Statement } from '../../database/index.ts';
import { sha256 } from './artifact-store.ts';

/** Kept among the artifacts, so that whatever sweeps those sweeps these. */
const KIND = 'RevokedAccessToken';

/** Kept a little longer than the token is good: a node whose clock is slow must not see the row go first. */
const revoke = (tokenId: string, expiresAt: number): Statement => ({
  name: 'grants.revoked-token.insert',
  text: `insert into oidc.artifact (kind, id_hash, payload, expires_at) values ('${KIND}', $1, '{}', to_timestamp($2) + interval '5 minutes')
         on conflict (kind, id_hash) do nothing`,
  values: [sha256(tokenId), expiresAt],
});

const find = (tokenId: string): Statement => ({
  name: 'grants.revoked-token.find',
  text: `select true as revoked from oidc.artifact where kind = '${KIND}' and id_hash = $1`,
  values: [sha256(tokenId)],
});

/** Access tokens that say everything themselves are stored nowhere; here is written which of them ended before their time. */
export class RevokedTokenStore {
  readonly #database: Database['provider'];

  constructor(database: Database['provider']) {
    this.#database = database;
  }

  /** @param expiresAt when the token would have ended by itself, in seconds since the epoch */
  async revoke(tokenId: string, expiresAt: number): Promise<void> {
    await this.#database.batch([revoke(tokenId, expiresAt)]);
  }

  async isRevoked(tokenId: string): Promise<boolean> {
    const [rows] = await this.#database.batch([find(tokenId)]);
    return rows?.[0] !== undefined;
  }
}
