import { ORG } from '../../database/context-sql.ts';
import type { Statement } from '../../database/index.ts';

/** Keeps two from taking one user name at once. Feeds do not ask: their names are unique per connection only. */
export const lockUserName = (userNameKey: string): Statement => ({
  name: 'accounts.user-name.lock',
  text: `select pg_advisory_xact_lock(hashtextextended('user name:' || current_setting('app.org_id', true) || ':' || $1::text, 0))`,
  values: [userNameKey],
});

export const holdersOfUserName = (userNameKey: string): Statement => ({
  name: 'accounts.user-name.holders',
  text: `select account_id from membership where org_id = ${ORG} and user_name_key = $1 limit 1`,
  values: [userNameKey],
});
