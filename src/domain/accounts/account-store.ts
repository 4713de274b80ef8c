import { CONNECTION, ORG } from '../../database/context-sql.ts';
import { type Row, type Statement, columns } from '../../database/index.ts';
import { foldKey } from '../../platform/fold.ts';
import type { LockedMembership, Member, MemberProfile, MembershipScope, MembershipStatus, OrganizationOfAccount, StoredGrant } from './account.ts';
import { scopeSql } from './membership-scope-store.ts';

const profileValues = (profile: MemberProfile): unknown[] => [
  profile.userName,
  profile.userName === null ? null : foldKey(profile.userName),
  profile.displayName,
  profile.email,
  profile.emailVerified,
  JSON.stringify(profile.profile),
];

const INSERT_ACCOUNT = 'insert into account (id, home_org_id)';
const INSERT_MEMBERSHIP = `insert into membership (org_id, account_id, status, user_name, user_name_key, display_name, email, email_verified, profile,
             resolved_generation)`;

const SEVERAL_ACCOUNTS = { text: `${INSERT_ACCOUNT} select a.id, ${ORG} from unnest($1::uuid[]) a (id)`, values: columns };
const SEVERAL_MEMBERSHIPS = {
  text: `${INSERT_MEMBERSHIP}
           select ${ORG}, m.*, o.mapping_generation
             from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[], $8::jsonb[]) m, organization o
            where o.id = ${ORG}`,
  values: columns,
};

/** A new person, at home in the current organization and a member of it: two writes for one statement or batch. */
export const insertPerson = (accountId: string, status: MembershipStatus, profile: MemberProfile): Statement[] => [
  { name: 'accounts.account.insert', text: `${INSERT_ACCOUNT} values ($1, ${ORG})`, values: [accountId], several: SEVERAL_ACCOUNTS },
  {
    name: 'accounts.membership.insert',
    text: `${INSERT_MEMBERSHIP}
           select ${ORG}, $1, $2, $3, $4, $5, $6, $7, $8, o.mapping_generation from organization o where o.id = ${ORG}`,
    values: [accountId, status, ...profileValues(profile)],
    several: SEVERAL_MEMBERSHIPS,
  },
];

/** What a feed or a sign-in says of a person; nothing is written where it says what stands there. */
export const updateMembershipProfile = (accountId: string, profile: MemberProfile): Statement => ({
  name: 'accounts.membership.profile',
  text: `update membership set user_name = $2, user_name_key = $3, display_name = $4, email = $5, email_verified = $6,
           profile = $7, updated_at = now()
          where org_id = ${ORG} and account_id = $1
            and (user_name, display_name, email, email_verified, profile) is distinct from ($2, $4, $5, $6, $7::jsonb)`,
  values: [accountId, ...profileValues(profile)],
});

/** A membership begins or ends to count. The epoch rises, so that whatever was issued before is known to be older. */
export const setStatus = (accountId: string, status: MembershipStatus): Statement => ({
  name: 'accounts.membership.status',
  text: `update membership set status = $2, epoch = epoch + 1, updated_at = now() where org_id = ${ORG} and account_id = $1`,
  values: [accountId, status],
});

/**
 * The membership follows what the feeds say of the person: suspended, with the end of everything that was issued through it,
 * while one of them holds the person inactive; active otherwise. One that no feed speaks of stays as it is.
 */
export const settleStatus = (accountId: string): Statement => ({
  name: 'accounts.membership.settle-status',
  text: 'select settle_status($1)',
  values: [accountId],
});

/** Their roles changed: what was issued before is older. */
export const raiseEpochs = (accountIds: readonly string[]): Statement => ({
  name: 'accounts.membership.epochs',
  text: `update membership set epoch = epoch + 1, updated_at = now() where org_id = ${ORG} and account_id = any($1::uuid[])`,
  values: [accountIds],
});

/** Their roles were resolved under the map as it is now; the map's lock keeps it from changing before the commit. */
export const markResolved = (accountIds: readonly string[]): Statement => ({
  name: 'accounts.membership.resolved',
  text: `update membership m set resolved_generation = o.mapping_generation
           from organization o
          where o.id = ${ORG} and m.org_id = ${ORG} and m.account_id = any($1::uuid[]) and m.resolved_generation <> o.mapping_generation`,
  values: [accountIds],
});

/**
 * Whoever is in one of these groups of the feed, directly or through groups below: their roles must be resolved anew.
 * The mark is durable, so that a reconciliation that is cut short is taken up again.
 */
export const markStaleUnder = (groupIds: readonly string[]): Statement => ({
  name: 'accounts.membership.mark-stale',
  text: `update membership set resolved_generation = 0
          where org_id = ${ORG} and account_id in (
            select u.account_id from directory_member m
              join directory_user u on u.org_id = m.org_id and u.connection_id = m.connection_id and u.id = m.user_ref
             where m.org_id = ${ORG} and m.connection_id = ${CONNECTION} and m.valid_to is null
               and (m.group_id = any($1::uuid[]) or m.group_id in (
                 select c.descendant_id from directory_group_closure c
                  where c.org_id = ${ORG} and c.connection_id = ${CONNECTION} and c.ancestor_id = any($1::uuid[]))))`,
  values: [groupIds],
});

/** The same for these members. */
export const markStaleAccounts = (accountIds: readonly string[]): Statement => ({
  name: 'accounts.membership.mark-stale-accounts',
  text: `update membership set resolved_generation = 0 where org_id = ${ORG} and account_id = any($1::uuid[])`,
  values: [accountIds],
});

/** The same for the members behind these users of the feed. */
export const markStale = (userIds: readonly string[]): Statement => {
  const scope = scopeSql({ users: userIds });
  return {
    name: 'accounts.membership.mark-stale-users',
    text: `update membership set resolved_generation = 0 where org_id = ${ORG} and account_id = any(array(${scope.sql}))`,
    values: [scope.value],
  };
};

/** Members whose roles were resolved under an older map; the caller reconciles them in portions. */
export const staleMembers = (limit: number): Statement => ({
  name: 'accounts.membership.stale',
  text: `select m.account_id from membership m join organization o on o.id = m.org_id
          where m.org_id = ${ORG} and m.resolved_generation < o.mapping_generation order by m.account_id limit $1`,
  values: [limit],
});

/** Whether a feed that pushes groups holds this member: then the feed, and not what a sign-in told, says the groups. */
const FED = `exists (select 1 from directory_user f where f.org_id = m.org_id and f.account_id = m.account_id
    and exists (select 1 from directory_group g where g.org_id = f.org_id and g.connection_id = f.connection_id))`;

/**
 * Keeps the organization's map from changing until the commit; worked out once, before any row. What is resolved from the
 * map is read by a later statement, which sees what was there after this one had its locks.
 */
const MAP_SHARED = `(select pg_advisory_xact_lock_shared(hashtextextended('map:' || current_setting('app.org_id', true), 0))) is not null`;

/** Locks memberships in the order of their ids, so that two writers never wait for each other in a circle. */
export const lockMemberships = (scope: MembershipScope): Statement => {
  const { suffix, sql, value } = scopeSql(scope);
  return {
    name: `accounts.membership.lock-${suffix}`,
    text: `select m.account_id, m.status, m.claims, m.epoch from membership m
            where m.org_id = ${ORG} and m.account_id = any(array(${sql})) and ${MAP_SHARED} order by m.account_id for update of m`,
    values: [value],
  };
};

export const toLockedMembership = (row: Row): LockedMembership => ({
  accountId: row['account_id'] as string,
  status: row['status'] as MembershipStatus,
  claims: row['claims'] as Record<string, unknown>,
  epoch: Number(row['epoch']),
});

/**
 * Takes a person out of the organization, role grants and all, unless another feed, another identity or a password
 * still carries the membership. Then only what this feed gave is gone. A password carries one in the account's home alone.
 */
export const endMembershipUnlessHeld = (accountId: string): Statement => ({
  name: 'accounts.membership.end',
  text: `delete from membership m where m.org_id = ${ORG} and m.account_id = $1
            and not exists (select 1 from directory_user u where u.org_id = m.org_id and u.account_id = m.account_id)
            and not exists (select 1 from identity i where i.org_id = m.org_id and i.account_id = m.account_id)
            and not exists (select 1 from password_credential p join account a on a.id = p.account_id
                             where p.account_id = m.account_id and a.home_org_id = m.org_id)`,
  values: [accountId],
});

/** An account that is a member nowhere cannot sign in anywhere. */
export const disableWithoutMembership = (accountId: string): Statement => ({
  name: 'accounts.account.disable-orphan',
  text: `update account set status = 'disabled', updated_at = now()
          where id = $1 and not is_member_anywhere($1)`,
  values: [accountId],
});

/** Everything a token may say of a member, in one round trip. */
export const readMember = (accountId: string): Statement => ({
  name: 'accounts.member.read',
  text: `select m.org_id, o.slug, o.status as organization_status, a.status as account_status, m.account_id, m.status, m.user_name,
            m.display_name, m.email, m.email_verified, m.profile, m.epoch, m.resolved_generation < o.mapping_generation as stale,
            m.claims, ${FED} as fed,
            (select json_agg(json_build_object('role', r.role, 'cause', r.cause, 'causeRef', r.cause_ref,
                      'expiresAt', (extract(epoch from r.expires_at) * 1000)::int8))
               from role_grant r where r.org_id = m.org_id and r.account_id = m.account_id) as grants,
            array(select distinct g.display_name from directory_user u
                    join directory_member d on d.org_id = u.org_id and d.connection_id = u.connection_id and d.user_ref = u.id
                    join directory_group g on g.org_id = d.org_id and g.connection_id = d.connection_id and g.id = d.group_id
                   where u.org_id = m.org_id and u.account_id = m.account_id order by 1) as groups,
            (select json_agg(i.groups) from identity i where i.org_id = m.org_id and i.account_id = m.account_id) as identity_groups
           from membership m join organization o on o.id = m.org_id join account a on a.id = m.account_id
          where m.org_id = ${ORG} and m.account_id = $1`,
  values: [accountId],
});

/** The feed's groups, or what the last sign-in told where no feed pushes groups; `unknown` adds nothing. */
function groupsOf(row: Row): string[] {
  if (row['fed'] === true) return row['groups'] as string[];
  const told = (row['identity_groups'] ?? []) as { state: string; groups?: string[] }[];
  return [...new Set(told.flatMap((one) => one.groups ?? []))].toSorted();
}

export const toMember = (row: Row): Member => ({
  orgId: row['org_id'] as string,
  orgSlug: row['slug'] as string,
  accountId: row['account_id'] as string,
  accountStatus: row['account_status'] as Member['accountStatus'],
  membershipStatus: row['status'] as MembershipStatus,
  organizationStatus: row['organization_status'] as Member['organizationStatus'],
  userName: row['user_name'] as string | null,
  displayName: row['display_name'] as string | null,
  email: row['email'] as string | null,
  emailVerified: row['email_verified'] as boolean,
  profile: row['profile'] as Record<string, unknown>,
  claims: row['claims'] as Record<string, unknown>,
  grants: (row['grants'] ?? []) as StoredGrant[],
  groups: groupsOf(row),
  epoch: Number(row['epoch']),
  stale: row['stale'] as boolean,
});

/** Across organizations, hence through a definer function. */
export const organizationsOfAccount = (accountId: string): Statement => ({
  name: 'accounts.organizations',
  text: 'select org_id, slug, name, status from organizations_of_account($1) order by slug',
  values: [accountId],
});

export const toOrganizationOfAccount = (row: Row): OrganizationOfAccount => ({
  orgId: row['org_id'] as string,
  slug: row['slug'] as string,
  name: row['name'] as string,
  status: row['status'] as MembershipStatus,
});
