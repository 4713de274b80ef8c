import { createHash } from 'node:crypto';
import type { Database, Row, Statement } from '../../database/index.ts';
import { restoreSecrets, stripSecrets, type ArtifactPayload } from './artifact-payload.ts';

export type { ArtifactPayload } from './artifact-payload.ts';

export const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
const hashOf = (value: unknown): Buffer | null => (text(value) === undefined ? null : sha256(value as string));

/** Kinds that belong to a grant and end with it. Interactions and sessions name grants too, but outlive them. */
const GRANTABLE: ReadonlySet<string> = new Set(['AccessToken', 'AuthorizationCode', 'RefreshToken', 'DeviceCode', 'BackchannelAuthenticationRequest']);

/** A grant is found under its own hash, so that ending it takes the grant along with its tokens. */
function grantHash(kind: string, id: string, payload: ArtifactPayload): Buffer | null {
  if (kind === 'Grant') return sha256(id);
  return GRANTABLE.has(kind) ? hashOf(payload.grantId) : null;
}

const upsert = (kind: string, id: string, payload: ArtifactPayload, seconds: number | undefined): Statement => ({
  name: 'grants.artifact.upsert',
  text: `insert into oidc.artifact (kind, id_hash, payload, account_id, grant_hash, uid_hash, user_code_hash, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, now() + make_interval(secs => $8))
         on conflict (kind, id_hash) do update set payload = excluded.payload, account_id = excluded.account_id,
           grant_hash = excluded.grant_hash, uid_hash = excluded.uid_hash, user_code_hash = excluded.user_code_hash,
           expires_at = excluded.expires_at`,
  values: [
    kind,
    sha256(id),
    JSON.stringify(stripSecrets(id, payload)),
    UUID.test(text(payload.accountId) ?? '') ? payload.accountId : null,
    grantHash(kind, id, payload),
    kind === 'Session' ? hashOf(payload.uid) : null,
    hashOf(payload.userCode),
    seconds ?? null,
  ],
});

const LIVE = '(expires_at is null or expires_at > now())';

const find = (key: 'id' | 'uid' | 'user_code', kind: string, value: string): Statement => ({
  name: `grants.artifact.find-by-${key}`,
  text: `select payload, consumed_at from oidc.artifact where kind = $1 and ${key}_hash = $2 and ${LIVE}`,
  values: [kind, sha256(value)],
});

/** Compare and set: of two who present the same code or token at once, one gets a row back. */
const consume = (kind: string, id: string): Statement => ({
  name: 'grants.artifact.consume',
  text: `update oidc.artifact set consumed_at = now() where kind = $1 and id_hash = $2 and consumed_at is null and ${LIVE} returning true as won`,
  values: [kind, sha256(id)],
});

const destroy = (kind: string, id: string): Statement => ({
  name: 'grants.artifact.destroy',
  text: 'delete from oidc.artifact where kind = $1 and id_hash = $2',
  values: [kind, sha256(id)],
});

/** A grant that is revoked belongs to no organization any more. */
const unbind = (id: string): Statement => ({
  name: 'grants.binding.delete',
  text: 'delete from oidc.grant_organization where grant_hash = $1',
  values: [sha256(id)],
});

const revoke = (kind: string, grantId: string): Statement => ({
  name: 'grants.artifact.revoke',
  text: 'delete from oidc.artifact where grant_hash = $2 and kind = $1',
  values: [kind, sha256(grantId)],
});

/** The grant that an artifact came from, with everything else that came from it. */
const revokeGrantOf = (kind: string, id: string): Statement => ({
  name: 'grants.artifact.revoke-grant',
  text: `with ended as (select grant_hash from oidc.artifact where kind = $1 and id_hash = $2 and grant_hash is not null),
              unbound as (delete from oidc.grant_organization b using ended e where b.grant_hash = e.grant_hash)
         delete from oidc.artifact a using ended e where a.grant_hash = e.grant_hash`,
  values: [kind, sha256(id)],
});

const sweep = (limit: number): Statement => ({
  name: 'grants.artifact.sweep',
  text: `with old as (select kind, id_hash from oidc.artifact where expires_at < now() order by expires_at limit $1 for update skip locked),
              gone as (delete from oidc.artifact a using old o where a.kind = o.kind and a.id_hash = o.id_hash returning a.kind, a.id_hash),
              unbound as (delete from oidc.grant_organization b using gone g where g.kind = 'Grant' and b.grant_hash = g.id_hash)
         select count(*) as swept from gone`,
  values: [limit],
});

function toPayload(row: Row | undefined, id: string | undefined): ArtifactPayload | undefined {
  if (row === undefined) return undefined;
  const consumed = row.consumed_at instanceof Date ? { consumed: Math.floor(row.consumed_at.getTime() / 1000) } : {};
  return { ...restoreSecrets(id, row.payload as ArtifactPayload), ...consumed };
}

/** The rows behind the provider's adapter. Identifiers come in plain, and only their SHA-256 reaches the database. */
export class ArtifactStore {
  readonly #database: Database['provider'];

  constructor(database: Database['provider']) {
    this.#database = database;
  }

  /** @param seconds until it expires; never, when absent */
  async upsert(kind: string, id: string, payload: ArtifactPayload, seconds?: number): Promise<void> {
    await this.#database.batch([upsert(kind, id, payload, seconds)]);
  }

  /** Undefined when unknown or expired. */
  async find(kind: string, id: string): Promise<ArtifactPayload | undefined> {
    return toPayload(await this.#first(find('id', kind, id)), id);
  }

  /** A session by its public name; its identifier stays unknown. */
  async findByUid(kind: string, uid: string): Promise<ArtifactPayload | undefined> {
    return toPayload(await this.#first(find('uid', kind, uid)), undefined);
  }

  async findByUserCode(kind: string, userCode: string): Promise<ArtifactPayload | undefined> {
    return toPayload(await this.#first(find('user_code', kind, userCode)), undefined);
  }

  /** @returns whether this call used it; false when it was used, ended or expired before. */
  async consume(kind: string, id: string): Promise<boolean> {
    return (await this.#first(consume(kind, id))) !== undefined;
  }

  /** Ends the grant behind an artifact that somebody used a second time. */
  async revokeGrantOf(kind: string, id: string): Promise<void> {
    await this.#database.batch([revokeGrantOf(kind, id)]);
  }

  async destroy(kind: string, id: string): Promise<void> {
    await this.#database.batch([destroy(kind, id), ...(kind === 'Grant' ? [unbind(id)] : [])]);
  }

  /** Ends everything of one kind that a grant gave; kinds that no grant gives are left alone. */
  async revokeByGrantId(kind: string, grantId: string): Promise<void> {
    if (GRANTABLE.has(kind)) await this.#database.batch([revoke(kind, grantId)]);
  }

  /** Deletes up to `limit` expired rows; for a job. @returns how many went */
  async sweep(limit = 1000): Promise<number> {
    return Number((await this.#first(sweep(limit)))?.swept ?? 0);
  }

  /** Deletes everything that has expired, in portions, so that no statement runs long. @returns how many went */
  async sweepAll(signal?: AbortSignal, portion = 1000): Promise<number> {
    for (let total = 0; ; ) {
      const swept = await this.sweep(portion);
      total += swept;
      if (swept < portion || signal?.aborted === true) return total;
    }
  }

  async #first(statement: Statement): Promise<Row | undefined> {
    const [rows] = await this.#database.batch([statement]);
    return rows?.[0];
  }
}
