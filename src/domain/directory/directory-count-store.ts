import { type Statement, columns } from '../../database/index.ts';
import { CONNECTION, ORG } from '../../database/context-sql.ts';
import type { MemberKind } from './directory-user.ts';

const APPEND = 'insert into directory_count (org_id, connection_id, kind, amount)';
const APPEND_SEVERAL = {
  text: `${APPEND} select ${ORG}, ${CONNECTION}, c.kind, sum(c.amount) from unnest($1::text[], $2::int8[]) c (kind, amount) group by c.kind`,
  values: columns,
};

/** One more (or fewer) resource in the feed: appended, never added up on a row that every writer would share. */
export const appendCount = (kind: MemberKind, amount: number): Statement => ({
  name: 'directory.count.append',
  text: `${APPEND} values (${ORG}, ${CONNECTION}, $1, $2)`,
  values: [kind, amount],
  several: APPEND_SEVERAL,
});

export const readCount = (kind: MemberKind): Statement => ({
  name: 'directory.count.read',
  text: `select coalesce(sum(amount), 0)::int8 as total from directory_count
          where org_id = ${ORG} and connection_id = ${CONNECTION} and kind = $1`,
  values: [kind],
});

/** Adds the appended counts up, for all organizations at once; returns how many rows went into the sums. */
export const foldCounts = (): Statement => ({ name: 'directory.count.fold', text: 'select fold_directory_counts() as folded', values: [] });
