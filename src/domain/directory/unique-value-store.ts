import { CONNECTION, ORG } from '../../database/context-sql.ts';
import { type Statement, uniqueViolation } from '../../database/index.ts';
import type { MemberKind } from './directory-user.ts';
import type { UniqueChange, UniqueClaim } from './unique-value.ts';

/** Which column names the holder; from a closed set. */
export const HOLDER: Readonly<Record<MemberKind, string>> = { User: 'user_id', Group: 'group_id' };

const claimValues = (kind: MemberKind, id: string, claims: readonly UniqueClaim[]): Statement => ({
  name: `directory.unique-value.claim-${kind}`,
  text: `insert into directory_unique_value (org_id, scope_id, digest, attribute, connection_id, ${HOLDER[kind]})
         select ${ORG}, case when c.wide then ${ORG} else ${CONNECTION} end, decode(c.digest, 'hex'), c.attribute, ${CONNECTION}, $1
           from unnest($2::text[], $3::text[], $4::boolean[]) c (digest, attribute, wide)`,
  values: [id, claims.map(({ digest }) => digest), claims.map(({ attribute }) => attribute), claims.map(({ wide }) => wide)],
});

const releaseValues = (kind: MemberKind, id: string, released: readonly UniqueClaim[]): Statement => ({
  name: `directory.unique-value.release-${kind}`,
  text: `delete from directory_unique_value v
          where v.org_id = ${ORG} and v.connection_id = ${CONNECTION} and v.${HOLDER[kind]} = $1
            and v.digest in (select decode(d.digest, 'hex') from unnest($2::text[]) d (digest))`,
  values: [id, released.map(({ digest }) => digest)],
});

/** What is written beside a resource whose unique values change; nothing where none do. What another one holds undoes the batch. */
export const uniqueWork = (kind: MemberKind, id: string, change: UniqueChange | undefined): Statement[] => [
  ...(change && change.release.length > 0 ? [releaseValues(kind, id, change.release)] : []),
  ...(change && change.claim.length > 0 ? [claimValues(kind, id, change.claim)] : []),
];

/** Whether a batch was undone because another resource holds a unique value. */
export const isValueTaken = (error: unknown): boolean => uniqueViolation(error) === 'directory_unique_value_held';
