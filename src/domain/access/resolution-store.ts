import type { Row, Statement } from '../../database/index.ts';
import { ORG } from '../../database/context-sql.ts';
import { type MembershipScope, type ToldGroups, scopeSql } from '../accounts/index.ts';
import { toGrant, toMemberGroup, toRule } from './grant-store.ts';
import type { GroupRoleRule, MemberGroup } from './group-role-rule.ts';
import type { RoleGrant } from './role-grant.ts';

/** Groups as the last sign-in through a connection told them. */
export interface ToldByConnection {
  readonly connectionId: string;
  readonly groups: ToldGroups;
}

/** What the roles of some members follow from, by account. */
export interface ResolutionInputs {
  readonly grants: ReadonlyMap<string, readonly RoleGrant[]>;
  readonly groups: ReadonlyMap<string, readonly MemberGroup[]>;
  readonly told: ReadonlyMap<string, readonly ToldByConnection[]>;
  readonly rules: readonly GroupRoleRule[];
}

/**
 * Everything the resolver needs about these members, in one statement: their grants, all their groups in the
 * organization (direct ones and those above), what their sign-ins told, and the organization's map. The laterals keep the
 * order of the steps: from the person to the group, never from all groups to the person.
 */
export function resolutionInputs(scope: MembershipScope): Statement {
  const { suffix, sql, value } = scopeSql(scope);
  return {
    name: `access.resolution-${suffix}`,
    text: `with who as materialized (${sql}),
      place as materialized (
        select u.account_id, u.connection_id, m.group_id
          from directory_user u
         cross join lateral (
           select d.group_id from directory_member d
            where d.org_id = u.org_id and d.connection_id = u.connection_id and d.user_ref = u.id offset 0) m
         where u.org_id = ${ORG} and u.account_id = any(array(select * from who))
      ), every as (
        select account_id, connection_id, group_id, true as direct from place
        union all
        select p.account_id, p.connection_id, c.ancestor_id, false from place p
          join directory_group_closure c on c.org_id = ${ORG} and c.connection_id = p.connection_id and c.descendant_id = p.group_id
      )
      select 'group' as kind, e.account_id,
             json_build_object('id', g.id, 'connection_id', g.connection_id, 'display_name', g.display_name,
               'external_id', g.external_id, 'direct', e.direct) as input
        from (select account_id, connection_id, group_id, bool_or(direct) as direct from every group by 1, 2, 3) e
       cross join lateral (
         select o.id, o.connection_id, o.display_name, o.external_id from directory_group o
          where o.org_id = ${ORG} and o.connection_id = e.connection_id and o.id = e.group_id offset 0) g
      union all
      select 'grant', r.account_id,
             json_build_object('role', r.role, 'cause', r.cause, 'cause_ref', r.cause_ref,
               'expires_at', (extract(epoch from r.expires_at) * 1000)::int8)
        from role_grant r where r.org_id = ${ORG} and r.account_id = any(array(select * from who))
      union all
      select 'told', i.account_id, json_build_object('connection_id', i.connection_id, 'groups', i.groups)
        from identity i where i.org_id = ${ORG} and i.account_id = any(array(select * from who))
      union all
      select 'rule', null, json_build_object('connection_id', x.connection_id, 'group_name', x.group_name, 'roles', x.roles)
        from role_mapping x where x.org_id = ${ORG}`,
    values: [value],
  };
}

function byAccount<T>(rows: readonly Row[], kind: string, read: (input: Row) => T): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const row of rows) {
    if (row['kind'] !== kind) continue;
    const account = row['account_id'] as string;
    const list = found.get(account);
    if (list) list.push(read(row['input'] as Row));
    else found.set(account, [read(row['input'] as Row)]);
  }
  return found;
}

/** Reads the rows of {@link resolutionInputs}. */
export const toResolutionInputs = (rows: readonly Row[]): ResolutionInputs => ({
  grants: byAccount(rows, 'grant', toGrant),
  groups: byAccount(rows, 'group', toMemberGroup),
  told: byAccount(rows, 'told', (input) => ({ connectionId: input['connection_id'] as string, groups: input['groups'] as ToldGroups })),
  rules: rows.filter((row) => row['kind'] === 'rule').map((row) => toRule(row['input'] as Row)),
});
