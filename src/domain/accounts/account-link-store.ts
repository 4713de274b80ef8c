import type { Statement } from '../../database/index.ts';
import { ORG } from '../../database/context-sql.ts';

/** Whether the account exists and may sign in; locked, so that it stays so until the commit. */
export const shareAccount = (accountId: string): Statement => ({
  name: 'accounts.account.share',
  text: `select id from account where id = $1 and status = 'active' for share`,
  values: [accountId],
});

/**
 * Moves a membership of the current organization, with everything that hangs on it, to another account: for a person
 * who was announced twice. The order matters: what refers to a membership needs one before and after.
 */
export const moveMembership = (from: string, to: string): Statement[] => [
  {
    name: 'accounts.link.copy',
    text: `insert into membership (org_id, account_id, status, user_name, user_name_key, display_name, email, email_verified, profile,
             claims, resolved_generation, due_at, epoch)
           select org_id, $2, status, user_name, user_name_key, display_name, email, email_verified, profile, claims,
                  resolved_generation, due_at, epoch + 1
             from membership where org_id = ${ORG} and account_id = $1`,
    values: [from, to],
  },
  ...(['directory_user', 'identity', 'role_grant'] as const).map((table) => ({
    name: `accounts.link.${table}`,
    text: `update ${table} set account_id = $2 where org_id = ${ORG} and account_id = $1`,
    values: [from, to],
  })),
  {
    name: 'accounts.link.remove',
    text: `delete from membership where org_id = ${ORG} and account_id = $1`,
    values: [from],
  },
];
