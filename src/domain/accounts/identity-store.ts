import { CONNECTION, ORG } from '../../database/context-sql.ts';
import type { Statement } from '../../database/index.ts';


/** Groups as a sign-in told them: present, told to be none, or not told at all. */
export type ToldGroups = { readonly state: 'present'; readonly groups: readonly string[] } | { readonly state: 'empty' } | { readonly state: 'unknown' };

export interface BoundIdentity {
  readonly connectionId: string;
  readonly subject: string;
  readonly accountId: string;
}

export interface NewIdentity extends BoundIdentity {
  readonly issuer: string;
  readonly directoryUserId: string | null;
  readonly boundBy: 'subject-match' | 'jit' | 'link';
  readonly groups: ToldGroups;
}

export const findIdentity = (connectionId: string, subject: string): Statement => ({
  name: 'accounts.identity.find',
  text: `select connection_id, subject, account_id from identity where org_id = ${ORG} and connection_id = $1 and subject = $2`,
  values: [connectionId, subject],
});

/** Binds a subject to an account, for good: a second binding is a unique violation, never an update. */
export const bindIdentity = (identity: NewIdentity): Statement => ({
  name: 'accounts.identity.bind',
  text: `insert into identity (org_id, connection_id, subject, account_id, directory_user_id, issuer, groups, bound_by)
         values (${ORG}, $1, $2, $3, $4, $5, $6, $7)`,
  values: [
    identity.connectionId,
    identity.subject,
    identity.accountId,
    identity.directoryUserId,
    identity.issuer,
    JSON.stringify(identity.groups),
    identity.boundBy,
  ],
});

/** What this sign-in said. Groups that are unknown leave what was known. */
export const seeIdentity = (connectionId: string, subject: string, groups: ToldGroups): Statement => ({
  name: 'accounts.identity.see',
  text: `update identity set last_seen_at = now(), groups = case when $3::jsonb ->> 'state' = 'unknown' then groups else $3::jsonb end
          where org_id = ${ORG} and connection_id = $1 and subject = $2`,
  values: [connectionId, subject, JSON.stringify(groups)],
});

/** What was bound to a user of the current feed ends with it. */
export const endIdentitiesOfUser = (directoryUserId: string): Statement => ({
  name: 'accounts.identity.end-of-user',
  text: `delete from identity where org_id = ${ORG} and connection_id = ${CONNECTION} and directory_user_id = $1`,
  values: [directoryUserId],
});
