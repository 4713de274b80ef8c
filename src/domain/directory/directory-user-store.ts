import { type Row, type Statement, columns, sqlState } from '../../database/index.ts';
import { foldKey } from '../../platform/fold.ts';
import { CONNECTION, ORG } from '../../database/context-sql.ts';
import { READ_USERS as READ, USERS_IN_FEED as IN_FEED, USER_GROUPS } from './directory-row-store.ts';
import { pageOfIds } from './page-of-ids-store.ts';
import type { DirectoryUser, DirectoryUserFields, GroupOfUser, Page } from './directory-user.ts';

const key = (text: string | null): string | null => (text === null ? null : foldKey(text));

/** Stands between texts that are searched as one, and in none of them. */
const SEPARATOR = '\u0001';

/** Values of the columns that both insert and update write, in their order. */
const columnsOf = (fields: DirectoryUserFields): unknown[] => [
  foldKey(fields.userName),
  fields.externalId,
  key(fields.displayName),
  key(fields.givenName),
  key(fields.familyName),
  key(fields.email),
  fields.active,
  fields.resource,
  fields.otherEmails.length === 0 ? null : foldKey(fields.otherEmails.join(SEPARATOR)),
  fields.valueKeys,
];

const INSERT = `
  insert into directory_user (org_id, connection_id, id, account_id, user_name_key, external_id, display_name_key,
    given_name_key, family_name_key, email_key, active, resource, other_email_keys, value_keys)`;

const INSERT_SEVERAL = {
  text: `${INSERT}
  select ${ORG}, ${CONNECTION}, u.id, u.account_id, u.user_name, u.external_id, u.display_name, u.given_name, u.family_name, u.email,
         u.active, u.resource, u.other_emails, u.value_keys::int4[]
    from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::boolean[],
                $10::text[], $11::text[], $12::text[])
      as u (id, account_id, user_name, external_id, display_name, given_name, family_name, email, active, resource, other_emails, value_keys)
  returning created_at`,
  values: columns,
};

const CHANGE = `
  update directory_user u
     set user_name_key = $2, external_id = $3, display_name_key = $4, given_name_key = $5, family_name_key = $6,
         email_key = $7, active = $8, resource = $9, other_email_keys = $10, value_keys = $11, version = version + 1, updated_at = now()
   where ${IN_FEED} and u.id = $1`;

/** Answers when: of several at once the same instant, since they are one transaction. */
export const insertUser = (id: string, accountId: string, fields: DirectoryUserFields): Statement => ({
  name: 'directory.user.insert',
  text: `${INSERT} values (${ORG}, ${CONNECTION}, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) returning created_at`,
  values: [id, accountId, ...columnsOf(fields)],
  several: INSERT_SEVERAL,
});

export const updateUser = (id: string, fields: DirectoryUserFields): Statement => ({
  name: 'directory.user.update',
  text: `${CHANGE} returning version, updated_at`,
  values: [id, ...columnsOf(fields)],
});

/** The same where the user is still as the caller knows it, and still the same person's: accounts may be joined meanwhile; else the whole batch is undone, which {@link isOutdated} tells. */
export const updateUserAt = ({ id, version, accountId }: Pick<DirectoryUser, 'id' | 'version' | 'accountId'>, fields: DirectoryUserFields): Statement => ({
  name: 'directory.user.update-at',
  text: `with changed as (${CHANGE} and u.version = $12 and u.account_id = $13 returning u.org_id, u.connection_id, u.id, u.version, u.updated_at)
         select u.version, u.updated_at, u.connection_id, ${USER_GROUPS} as groups, s.is_one
           from (select expect_one((select count(*) from changed), 'directory.user_outdated') as is_one) s left join changed u on true`,
  values: [id, ...columnsOf(fields), version, accountId],
});

/** Whether a batch was undone because a user was no longer as its caller knew it. */
export const isOutdated = (error: unknown): boolean => sqlState(error) === 'GH001';

export const deleteUser = (id: string): Statement => ({
  name: 'directory.user.delete',
  text: `delete from directory_user where org_id = ${ORG} and connection_id = ${CONNECTION} and id = $1`,
  values: [id],
});

export const readUser = (id: string): Statement => ({ name: 'directory.user.read', text: `${READ} and u.id = $1`, values: [id] });

/** The user under lock, so that its change can be decided upon. Who only refers to it (a new member of a group) does not wait. */
export const lockUser = (id: string): Statement => ({
  name: 'directory.user.lock',
  text: `${READ} and u.id = $1 for no key update of u`,
  values: [id],
});

export const findUsersByUserName = (userName: string): Statement => ({
  name: 'directory.user.by-user-name',
  text: `${READ} and u.user_name_key = $1`,
  values: [foldKey(userName)],
});

export const findUsersByExternalId = (externalId: string): Statement => ({
  name: 'directory.user.by-external-id',
  text: `${READ} and u.external_id = $1`,
  values: [externalId],
});

/** A page in the order of ids, found by the index alone; only the page's own rows are fetched. */
export const listUsers = (page: Page): Statement => ({
  name: 'directory.user.list',
  text: `${READ} and u.id = any(${pageOfIds('User')}) order by u.id`,
  values: [page.limit, page.offset],
});

/** The user of a connection that a sign-in's claim names; `attribute` comes from a closed set. */
export const findUserForSignIn = (connectionId: string, attribute: 'externalId' | 'userName', value: string): Statement => ({
  name: `directory.user.sign-in-${attribute}`,
  text: `select id, account_id, active from directory_user
          where org_id = ${ORG} and connection_id = $1
            and ${attribute === 'externalId' ? 'external_id' : 'user_name_key'} = $2`,
  values: [connectionId, attribute === 'externalId' ? value : foldKey(value)],
});

/** Of a row with connection_id and groups. */
export const toGroupsOfUser = (row: Row): GroupOfUser[] =>
  ((row['groups'] ?? []) as Omit<GroupOfUser, 'connectionId'>[]).map((group) => ({
    ...group,
    connectionId: row['connection_id'] as string,
  }));

export const toDirectoryUser = (row: Row): DirectoryUser => ({
  id: row['id'] as string,
  accountId: row['account_id'] as string,
  active: row['active'] as boolean,
  resource: row['resource'] as string,
  version: Number(row['version']),
  createdAt: row['created_at'] as Date,
  updatedAt: row['updated_at'] as Date,
  groups: toGroupsOfUser(row),
});

/**
 * Whether a feed says who belongs to the connection: one row if so. It does while it has users there, and after the last
 * one was taken back for as long as it may still push: else whoever was deprovisioned last would come in again as a stranger.
 */
export const isFed = (connectionId: string): Statement => ({
  name: 'directory.user.fed',
  text: `select 1 as one
          where exists (select from directory_user u where u.org_id = ${ORG} and u.connection_id = $1)
             or (exists (select from directory_count c where c.org_id = ${ORG} and c.connection_id = $1 and c.kind = 'User')
                 and (exists (select from scim_token t where t.org_id = ${ORG} and t.connection_id = $1
                                 and t.revoked_at is null and (t.expires_at is null or t.expires_at > now()))
                   or exists (select from application a where a.org_id = ${ORG} and a.enabled
                                 and a.metadata ->> 'scim_connection' = ($1::uuid)::text)))`,
  values: [connectionId],
});
