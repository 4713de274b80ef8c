import { CONNECTION, ORG } from '../../database/context-sql.ts';
import type { MembershipScope } from './account.ts';


/**
 * A scope as SQL over `$1`: the ids of accounts, or a look-up of the accounts behind users of the current feed, so that
 * one round trip both finds and locks. To be used as `= any(array(…))`: worked out first, and then a condition on an index.
 */
export const scopeSql = (scope: MembershipScope): { readonly suffix: string; readonly sql: string; readonly value: readonly string[] } =>
  'accounts' in scope
    ? { suffix: 'accounts', sql: 'select unnest($1::uuid[])', value: scope.accounts }
    : {
        suffix: 'users',
        sql: `select s.account_id from directory_user s
               where s.org_id = ${ORG} and s.connection_id = ${CONNECTION} and s.id = any($1::uuid[])`,
        value: scope.users,
      };
