import type { Statement } from '../../database/index.ts';
import { CONNECTION, ORG } from '../../database/context-sql.ts';

/** Nesting is changed by one writer of a connection at a time: edges decide each other's closure. */
export const lockNesting = (): Statement => ({
  name: 'directory.closure.lock',
  text: `select pg_advisory_xact_lock(hashtextextended('nesting:' || current_setting('app.connection_id', true), 0))`,
  values: [],
});

/** The groups that stand above a group, however far. */
export const ancestorsOf = (groupId: string): Statement => ({
  name: 'directory.closure.ancestors',
  text: `select g.id, g.connection_id, g.display_name, g.external_id from directory_group_closure c
           join directory_group g on g.org_id = c.org_id and g.connection_id = c.connection_id and g.id = c.ancestor_id
          where c.org_id = ${ORG} and c.connection_id = ${CONNECTION} and c.descendant_id = $1`,
  values: [groupId],
});

/** So many pairs count, the nearest first: the work stays bounded on any graph, a long chain as well as a dense knot. */
const MOST_PAIRS = 100_000;

/**
 * Computes the closure of all group-in-group edges anew. Groups may hold each other in a circle (RFC 7644 §3.7.1 shows
 * two that do): then the same people are in all of them, and none stands above itself. Such edges are few (Entra sends
 * none), so one plain recursive query beats keeping increments right.
 */
export const rebuildClosure = (): Statement[] => [
  {
    name: 'directory.closure.clear',
    text: `delete from directory_group_closure where org_id = ${ORG} and connection_id = ${CONNECTION}`,
    values: [],
  },
  {
    name: 'directory.closure.rebuild',
    text: `with recursive edge as materialized (
             select m.group_id as parent, m.group_ref as child from directory_member m
              where m.org_id = ${ORG} and m.connection_id = ${CONNECTION} and m.group_ref is not null
           ), path (descendant, ancestor) as (
             select child, parent from edge
             union
             select p.descendant, e.parent from path p join edge e on e.child = p.ancestor
           )
           insert into directory_group_closure (org_id, connection_id, descendant_id, ancestor_id)
           select ${ORG}, ${CONNECTION}, descendant, ancestor from path where descendant <> ancestor limit ${MOST_PAIRS}`,
    values: [],
  },
];
