import { CONNECTION, ORG } from '../../database/context-sql.ts';

/** How users are read, wherever they are: the row, and its groups from rows of their own. */

/**
 * Groups of this connection as JSON: direct ones, then those that stand above them. Written as steps that follow from
 * each other (a scalar subquery is never joined the other way round), so that no plan begins with all groups.
 */
export const USER_GROUPS = `(
  select json_agg((
      select json_build_object('id', g.id, 'name', g.display_name, 'externalId', g.external_id, 'direct', s.direct)
        from directory_group g where g.org_id = u.org_id and g.connection_id = u.connection_id and g.id = s.group_id))
    from (
      select x.group_id, bool_or(x.direct) as direct
        from (
          select m.group_id, true as direct from directory_member m
           where m.org_id = u.org_id and m.connection_id = u.connection_id and m.user_ref = u.id
          union all
          select c.ancestor_id, false
            from directory_member m
            join directory_group_closure c
              on c.org_id = m.org_id and c.connection_id = m.connection_id and c.descendant_id = m.group_id
           where m.org_id = u.org_id and m.connection_id = u.connection_id and m.user_ref = u.id
        ) x group by x.group_id
    ) s
  )`;

export const USER_FIELDS = 'u.id, u.account_id, u.active, u.resource, u.version, u.created_at, u.updated_at, u.connection_id';
export const USERS_IN_FEED = `u.org_id = ${ORG} and u.connection_id = ${CONNECTION}`;
export const READ_USERS = `select ${USER_FIELDS}, ${USER_GROUPS} as groups from directory_user u where ${USERS_IN_FEED}`;
