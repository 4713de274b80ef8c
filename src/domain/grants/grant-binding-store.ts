import type { Database, Statement } from '../../database/index.ts';
import { sha256 } from './artifact-store.ts';

/** For whom and for which organization a grant is; chosen at the interaction and never changed. */
export interface GrantBinding {
  readonly orgId: string;
  readonly accountId: string;
  readonly clientId: string;
  /** The membership's authorization epoch when the grant was given. */
  readonly epoch: number;
  /** The organization in which the person proved who they are, ... */
  readonly provedIn: string;
  /** ... and its connection that vouched for them; null: the hub's own password. */
  readonly provedBy: string | null;
}

const bind = (grantId: string, { orgId, accountId, clientId, epoch, provedIn, provedBy }: GrantBinding): Statement => ({
  name: 'grants.binding.insert',
  text: `insert into oidc.grant_organization (grant_hash, org_id, account_id, client_id, epoch, proved_in, proved_by) values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (grant_hash) do update set proved_in = excluded.proved_in, proved_by = excluded.proved_by`,
  values: [sha256(grantId), orgId, accountId, clientId, epoch, provedIn, provedBy],
});

const find = (grantId: string): Statement => ({
  name: 'grants.binding.find',
  text: 'select org_id, account_id, client_id, epoch, proved_in, proved_by from oidc.grant_organization where grant_hash = $1 and proved_in is not null',
  values: [sha256(grantId)],
});

/** Ends every grant of a person in the organization of the batch's context: for the batch that deactivates the person. */
export const endGrants = (accountId: string): Statement => ({
  name: 'grants.end',
  text: 'select oidc.end_grants($1) as ended',
  values: [accountId],
});

/** Ends every grant of everybody in the organization of the current context. */
export const endGrantsOfOrganization = (): Statement => ({
  name: 'grants.end-of-organization',
  text: 'select oidc.end_grants_of_organization() as ended',
  values: [],
});

/** Ends every grant of whoever signs in through a connection of the organization of the current context. */
export const endGrantsOfConnection = (connectionId: string): Statement => ({
  name: 'grants.end-of-connection',
  text: `select oidc.end_grants(x.account_id) as ended from (
           select distinct i.account_id from identity i
            where i.org_id = nullif(current_setting('app.org_id', true), '')::uuid and i.connection_id = $1) x`,
  values: [connectionId],
});

/** Which organization a grant belongs to. */
export class GrantBindingStore {
  readonly #database: Database['provider'];

  constructor(database: Database['provider']) {
    this.#database = database;
  }

  /** Says of a new grant whom it is for; of one that is bound already, only what proves it now. */
  async bind(grantId: string, binding: GrantBinding): Promise<void> {
    await this.#database.batch([bind(grantId, binding)]);
  }

  async find(grantId: string): Promise<GrantBinding | undefined> {
    const [rows] = await this.#database.batch([find(grantId)]);
    const row = rows?.[0];
    if (row === undefined) return undefined;
    const [provedIn, provedBy] = [String(row.proved_in), row.proved_by as string | null];
    return { orgId: String(row.org_id), accountId: String(row.account_id), clientId: String(row.client_id), epoch: Number(row.epoch), provedIn, provedBy };
  }
}
