import type { Row, Statement } from '../../database/index.ts';
import { ORG } from '../../database/context-sql.ts';
import { type MembershipScope, scopeSql } from '../accounts/index.ts';
import { foldGroup } from './group-key.ts';
import type { GroupRoleRule, MemberGroup } from './group-role-rule.ts';
import type { GrantCause, RoleGrant } from './role-grant.ts';

export const grantsOf = (scope: MembershipScope): Statement => {
  const { suffix, sql, value } = scopeSql(scope);
  return {
    name: `access.grants-${suffix}`,
    text: `select account_id, role, cause, cause_ref, expires_at from role_grant where org_id = ${ORG} and account_id = any(array(${sql}))`,
    values: [value],
  };
};

export const toGrant = (row: Row): RoleGrant => ({
  role: row['role'] as string,
  cause: row['cause'] as GrantCause,
  causeRef: row['cause_ref'] as string,
  expiresAt: (row['expires_at'] as Date | null)?.getTime() ?? null,
});

/**
 * All groups of these members in the organization, over all its connections: direct ones and those above them. The
 * laterals keep the order of the steps: from the person to the group, never from all groups to the person.
 */
export const groupsOf = (scope: MembershipScope): Statement => {
  const { suffix, sql, value } = scopeSql(scope);
  return {
    name: `access.groups-${suffix}`,
    text: `with place as (
             select u.account_id, u.connection_id, m.group_id
               from directory_user u
              cross join lateral (
                select d.group_id from directory_member d
                 where d.org_id = u.org_id and d.connection_id = u.connection_id and d.user_ref = u.id offset 0) m
              where u.org_id = ${ORG} and u.account_id = any(array(${sql}))
           ), every as (
             select account_id, connection_id, group_id, true as direct from place
             union all
             select p.account_id, p.connection_id, c.ancestor_id, false from place p
               join directory_group_closure c on c.org_id = ${ORG} and c.connection_id = p.connection_id and c.descendant_id = p.group_id
           )
           select e.account_id, g.id, g.connection_id, g.display_name, g.external_id, e.direct
             from (select account_id, connection_id, group_id, bool_or(direct) as direct from every group by 1, 2, 3) e
            cross join lateral (
              select o.id, o.connection_id, o.display_name, o.external_id from directory_group o
               where o.org_id = ${ORG} and o.connection_id = e.connection_id and o.id = e.group_id offset 0) g`,
    values: [value],
  };
};

export const toMemberGroup = (row: Row): MemberGroup => ({
  id: row['id'] as string,
  connectionId: row['connection_id'] as string,
  name: row['display_name'] as string,
  externalId: (row['external_id'] as string | null) ?? undefined,
  via: row['direct'] === true ? 'direct' : 'indirect',
});

/** The organization's map. The shared lock keeps a change of the map from slipping between reading it and using it. */
export const readMap = (): Statement => ({
  name: 'access.map.read',
  text: `select id, connection_id, group_name, group_key, roles
           from role_mapping, pg_advisory_xact_lock_shared(hashtextextended('map:' || current_setting('app.org_id', true), 0))
          where org_id = ${ORG}`,
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

export const insertGrants = (changes: readonly GrantChange[]): Statement => ({
  name: 'access.grants.insert',
  text: `insert into role_grant (org_id, account_id, role, cause, cause_ref, expires_at, granted_by)
         select ${ORG}, c.account_id, c.role, c.cause, c.cause_ref, c.expires_at, current_setting('app.actor', true)
           from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
             as c (account_id, role, cause, cause_ref, expires_at)
         on conflict do nothing`,
  values: [...columnsOf(changes), changes.map((change) => (change.expiresAt === null ? null : new Date(change.expiresAt)))],
});

export const deleteGrants = (changes: readonly GrantChange[]): Statement => ({
  name: 'access.grants.delete',
  text: `delete from role_grant r
          using unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) as c (account_id, role, cause, cause_ref)
          where r.org_id = ${ORG} and r.account_id = c.account_id and r.role = c.role and r.cause = c.cause and r.cause_ref = c.cause_ref`,
  values: columnsOf(changes),
});
