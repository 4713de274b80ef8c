import { ORG } from '../../database/context-sql.ts';
import type { Row, Statement } from '../../database/index.ts';
import { foldKey } from '../../platform/fold.ts';
import type { MemberPosition, OrganizationMember } from './organization-member.ts';

const COLUMNS = 'account_id, user_name, user_name_key, display_name, email, email_verified, status, created_at, updated_at';

/** All members in the order in which their accounts came to be; those without a user name included. */
export const listMembers = (limit: number, afterAccountId: string | undefined): Statement => ({
  name: 'organizations.member.list',
  text: `select ${COLUMNS} from membership
          where org_id = ${ORG} and ($2::uuid is null or account_id > $2) order by account_id limit $1`,
  values: [limit, afterAccountId ?? null],
});

/** U+10FFFF sorts after every character of a name: prefix and this enclose all that begin with the prefix. */
const LAST = '\u{10FFFF}';

/**
 * Members whose user name begins with this, in its order. Ranges over the folded key, since only those use an index
 * under row-level security.
 */
export const searchMembers = (limit: number, prefix: string, after: MemberPosition | undefined): Statement => {
  const from = foldKey(prefix);
  return {
    name: 'organizations.member.search',
    text: `select ${COLUMNS} from membership
            where org_id = ${ORG} and user_name_key >= $2 and user_name_key < $3
              and ($4::text is null or (user_name_key, account_id) > ($4, $5::uuid))
            order by user_name_key, account_id limit $1`,
    values: [limit, from, from + LAST, after?.userNameKey ?? null, after?.accountId ?? null],
  };
};

export const findMemberById = (accountId: string): Statement => ({
  name: 'organizations.member.find',
  text: `select ${COLUMNS} from membership where org_id = ${ORG} and account_id = $1`,
  values: [accountId],
});

/** Two feeds of one organization may push the same user name: at most two rows, so that the caller can tell. */
export const findMembersByUserName = (userName: string): Statement => ({
  name: 'organizations.member.find-by-name',
  text: `select ${COLUMNS} from membership where org_id = ${ORG} and user_name_key = $1 order by account_id limit 2`,
  values: [foldKey(userName)],
});

export const toOrganizationMember = (row: Row): OrganizationMember => ({
  accountId: row['account_id'] as string,
  userName: row['user_name'] as string | null,
  displayName: row['display_name'] as string | null,
  email: row['email'] as string | null,
  emailVerified: row['email_verified'] as boolean,
  status: row['status'] as OrganizationMember['status'],
  createdAt: row['created_at'] as Date,
  updatedAt: row['updated_at'] as Date,
});
