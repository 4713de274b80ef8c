import { CONNECTION, ORG } from '../../database/context-sql.ts';
import type { MemberKind } from './directory-user.ts';

const TABLE: Readonly<Record<MemberKind, string>> = { User: 'directory_user', Group: 'directory_group' };

/**
 * The ids of one page, as an array: `$1` ids after the first `$2`. What is passed over costs time, so pages of the second
 * half are counted from the end. Of the two lists only the one that is chosen is made.
 */
export function pageOfIds(kind: MemberKind): string {
  const total = `(select coalesce(sum(c.amount), 0)::int8 from directory_count c where c.org_id = ${ORG} and c.connection_id = ${CONNECTION} and c.kind = '${kind}')`;
  const ids = `select i.id from ${TABLE[kind]} i where i.org_id = ${ORG} and i.connection_id = ${CONNECTION} order by i.id`;
  return `case when $2::int8 * 2 <= ${total}
      then array(${ids} limit $1::int8 offset $2::int8)
      else array(${ids} desc limit greatest(least($1::int8, ${total} - $2::int8), 0) offset greatest(${total} - $1::int8 - $2::int8, 0)) end`;
}
