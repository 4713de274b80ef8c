import { organizationContext, type Database, type Statement } from '../../database/index.ts';
import { hashToken } from '../../platform/token.ts';
import type { SessionProof } from './organization-entry.ts';

export interface NewSessionProof extends SessionProof {
  /** How, for the audit trail: `oidc`, `saml`, `password`. */
  readonly method: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

const ACTOR = 'sign-in';

const record = (sessionUid: string, proof: NewSessionProof): Statement => ({
  name: 'sessions.proof.record',
  text: `insert into session_proof (org_id, session_hash, connection_id, account_id, method, expires_at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (org_id, session_hash) do update set connection_id = excluded.connection_id, account_id = excluded.account_id,
           method = excluded.method, proved_at = now(), expires_at = excluded.expires_at`,
  values: [proof.orgId, hashToken(sessionUid), proof.connectionId, proof.accountId, proof.method, new Date(proof.expiresAt)],
});

const find = (orgId: string, sessionUid: string): Statement => ({
  name: 'sessions.proof.find',
  // A proof by a connection that is switched off is none, also when it was on its way at that moment.
  text: `select p.org_id, p.account_id, p.connection_id from session_proof p
          where p.org_id = $1 and p.session_hash = $2 and p.expires_at > now()
            and (p.connection_id is null or exists (select from connection c where c.org_id = p.org_id and c.id = p.connection_id and c.enabled))`,
  values: [orgId, hashToken(sessionUid)],
});

/** What made a proof count is all switched on: organization, membership, connection. */
const stands = ({ orgId, accountId, connectionId }: SessionProof): Statement => ({
  name: 'sessions.proof.stands',
  text: `select from membership m join organization o on o.id = m.org_id
          where m.org_id = $1 and m.account_id = $2 and m.status = 'active' and o.status = 'active'
            and ($3::uuid is null or exists (select from connection c where c.org_id = $1 and c.id = $3 and c.enabled))`,
  values: [orgId, accountId, connectionId],
});

/** Ends what a person's sessions proved in the organization of the batch's context: for the batch that deactivates the person. */
export const endSessionProofs = (accountId: string): Statement => ({
  name: 'sessions.proof.end',
  text: `delete from session_proof where org_id = nullif(current_setting('app.org_id', true), '')::uuid and account_id = $1`,
  values: [accountId],
});

/** The same for everybody there. */
export const endSessionProofsOfOrganization = (): Statement => ({
  name: 'sessions.proof.end-of-organization',
  text: `delete from session_proof where org_id = nullif(current_setting('app.org_id', true), '')::uuid`,
  values: [],
});

/** Ends what was proved by one connection of the current context's organization. */
export const endSessionProofsOfConnection = (connectionId: string): Statement => ({
  name: 'sessions.proof.end-of-connection',
  text: `delete from session_proof where org_id = nullif(current_setting('app.org_id', true), '')::uuid and connection_id = $1`,
  values: [connectionId],
});

/** By which connection a session was proved, per organization; sessions are known by the hash of their public name. */
export class SessionProofStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async record(sessionUid: string, proof: NewSessionProof): Promise<void> {
    await this.#database.batch([organizationContext({ orgId: proof.orgId, actor: ACTOR }), record(sessionUid, proof)]);
  }

  /** Would this proof, made at some time in a session that may be over, be taken today? */
  async stands(proof: SessionProof): Promise<boolean> {
    const [, rows] = await this.#database.batch([organizationContext({ orgId: proof.orgId, actor: ACTOR }), stands(proof)]);
    return rows?.length === 1;
  }

  /** Each organization is asked in its own context, all in one round trip. */
  async find(sessionUid: string, orgIds: readonly string[]): Promise<SessionProof[]> {
    if (orgIds.length === 0) return [];
    const results = await this.#database.batch(orgIds.flatMap((orgId) => [organizationContext({ orgId, actor: ACTOR }), find(orgId, sessionUid)]));
    const rows = results.filter((_, index) => index % 2 === 1).flat();
    return rows.map((row) => ({ orgId: String(row.org_id), accountId: String(row.account_id), connectionId: row.connection_id as string | null }));
  }
}
