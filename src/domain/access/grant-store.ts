import { type Row, type Statement, appended } from '../../database/index.ts';
import { ORG } from '../../database/context-sql.ts';
import { foldGroup } from './group-key.ts';
import type { GroupRoleRule, MemberGroup } from './group-role-rule.ts';
import type { GrantCause, RoleGrant } from './role-grant.ts';

/** A row of a grant; the expiry in milliseconds since the epoch. */
export const toGrant = (row: Row): RoleGrant => ({
  role: row['role'] as string,
  cause: row['cause'] as GrantCause,
  causeRef: row['cause_ref'] as string,
  expiresAt: row['expires_at'] as number | null,
});

export const toMemberGroup = (row: Row): MemberGroup => ({
  id: row['id'] as string,
  connectionId: row['connection_id'] as string,
  name: row['display_name'] as string,
  externalId: (row['external_id'] as string | null) ?? undefined,
  via: row['direct'] === true ? 'direct' : 'indirect',
});

/** The organization's own map. */
export const readMap = (): Statement => ({
  name: 'access.map.read',
  text: `select id, connection_id, group_name, group_key, roles from role_mapping where org_id = ${ORG}`,
  values: [],
});

/**
 * Keeps the map from changing until the commit. A statement of its own, before the one that reads: a statement sees what
 * was there when it began, also when it then waits for a lock.
 */
export const shareMap = (): Statement => ({
  name: 'access.map.share',
  text: `select pg_advisory_xact_lock_shared(hashtextextended('map:' || current_setting('app.org_id', true), 0))`,
  values: [],
});

/** Taken by whoever changes the map, before the change: waits for the writers that still use the old one. */
export const lockMap = (): Statement => ({
  name: 'access.map.lock',
  text: `select pg_advisory_xact_lock(hashtextextended('map:' || current_setting('app.org_id', true), 0))`,
  values: [],
});

/** A line of the organization's own map as a rule. */
export const toRule = (row: Row): GroupRoleRule => ({
  source: row['connection_id'] === null ? 'organization' : 'connection',
  connectionId: row['connection_id'] as string | null,
  group: row['group_name'] as string,
  key: foldGroup(row['group_name'] as string),
  roles: row['roles'] as string[],
});

/** One row to insert or delete. */
export interface GrantChange {
  readonly accountId: string;
  readonly role: string;
  readonly cause: GrantCause;
  readonly causeRef: string;
  readonly expiresAt: number | null;
}

const columnsOf = (changes: readonly GrantChange[]): unknown[] => [
  changes.map((change) => change.accountId),
  changes.map((change) => change.role),
  changes.map((change) => change.cause),
  changes.map((change) => change.causeRef),
];

const INSERT = `insert into role_grant (org_id, account_id, role, cause, cause_ref, expires_at, granted_by)
         select ${ORG}, c.account_id, c.role, c.cause, c.cause_ref, c.expires_at, current_setting('app.actor', true)
           from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
             as c (account_id, role, cause, cause_ref, expires_at)
         on conflict do nothing`;
const INSERT_SEVERAL = { text: INSERT, values: appended };

export const insertGrants = (changes: readonly GrantChange[]): Statement => ({
  name: 'access.grants.insert',
  text: INSERT,
  values: [...columnsOf(changes), changes.map((change) => (change.expiresAt === null ? null : new Date(change.expiresAt)))],
  several: INSERT_SEVERAL,
});

export const deleteGrants = (changes: readonly GrantChange[]): Statement => ({
  name: 'access.grants.delete',
  text: `delete from role_grant r
          using unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) as c (account_id, role, cause, cause_ref)
          where r.org_id = ${ORG} and r.account_id = c.account_id and r.role = c.role and r.cause = c.cause and r.cause_ref = c.cause_ref`,
  values: columnsOf(changes),
});
