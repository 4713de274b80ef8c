import { type Database, oneStatement } from '../database/index.ts';
import { insertGrants } from '../domain/access/index.ts';
import {
  type MemberProfile,
  disableWithoutMembership,
  endIdentitiesOfUser,
  endMembershipUnlessHeld,
  insertPerson,
  markStaleAccounts,
  settleStatus,
} from '../domain/accounts/index.ts';
import { type AuditEvent, appendAudit } from '../domain/audit/index.ts';
import {
  type DirectoryUser,
  type DirectoryUserFields,
  appendCount,
  deleteUser as deleteUserRow,
  insertUser,
  lockUser,
  removeUserFromGroups,
  toDirectoryUser,
  uniqueWork,
} from '../domain/directory/index.ts';
import { endGrants } from '../domain/grants/index.ts';
import { endSessionProofs } from '../domain/sessions/index.ts';
import { appendOutbox } from '../domain/outbox/index.ts';
import type { Clock } from '../platform/clock.ts';
import { uuidv7 } from '../platform/uuid.ts';
import type { DecidedGroups } from './decided-groups.ts';
import type { Feed } from './feed.ts';
import type { RecentUsers } from './recent-users.ts';
import { type RoleSettings, grantsOfNewcomer } from './role-settlement.ts';

export interface ProvisioningOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly roles: RoleSettings;
  /** Without it every change of a user reads first. */
  readonly recent?: RecentUsers;
  /** Without it the database is always asked first to change members alone. */
  readonly decided?: DecidedGroups;
}

/** What the membership keeps of what a feed says. */
export const memberProfile = (fields: DirectoryUserFields): MemberProfile => ({
  userName: fields.userName,
  displayName: fields.displayName,
  email: fields.email,
  // The provider says that this is the person's address; that the address is the person's, it does not prove.
  emailVerified: false,
  profile: fields.profile,
});

/** An event about a user of the feed. */
export const told = (feed: Feed, action: string, id: string, details: Record<string, unknown> = {}): AuditEvent => ({
  action,
  targetType: 'directory_user',
  targetId: id,
  details,
  requestId: feed.requestId,
});

/**
 * A feed announces a person: account, membership, directory row and default roles, in one round trip. A person is never
 * looked for among existing accounts: a feed speaks for its own connection alone.
 */
export async function createUser(options: ProvisioningOptions, feed: Feed, fields: (id: string) => DirectoryUserFields): Promise<DirectoryUser> {
  const [id, accountId] = [uuidv7(), uuidv7()];
  const user = fields(id);
  const status = user.active ? 'active' : 'suspended';
  const grants = grantsOfNewcomer(accountId, options.roles);
  const person = oneStatement(grants.length > 0 ? 'provisioning.user.create-with-roles' : 'provisioning.user.create', [
    ...insertPerson(accountId, status, memberProfile(user)),
    ...(grants.length > 0 ? [insertGrants(grants)] : []),
    appendCount('User', 1),
    appendAudit([told(feed, 'user.created', id, { account: accountId, active: user.active, roles: grants.map(({ role }) => role) })]),
    insertUser(id, accountId, user),
  ]);
  const [, [row] = []] = await options.database.shared('write', [feed.open, person, ...uniqueWork('User', id, user.unique)]);
  const createdAt = row?.['created_at'] as Date;
  return { id, accountId, active: user.active, resource: user.resource, version: 1, createdAt, updatedAt: createdAt, groups: [] };
}

/**
 * A feed takes a person back: the directory row, its places in groups, what was bound to it, and everything the person
 * holds through this organization. The membership goes too, unless another feed or identity still carries it.
 * @param check may refuse by throwing, for example when the caller knew an older version
 * @returns whether there was such a user
 */
export async function deleteUser(options: ProvisioningOptions, feed: Feed, id: string, check: (current: DirectoryUser) => void): Promise<boolean> {
  return options.database.lockThenApply<boolean>([feed.open, lockUser(id)], ([, rows = []]) => {
    const [row] = rows;
    if (!row) return { apply: [], result: () => false };
    const user = toDirectoryUser(row);
    check(user);
    const account = user.accountId;
    return {
      apply: [
        removeUserFromGroups(id),
        endIdentitiesOfUser(id),
        deleteUserRow(id),
        appendCount('User', -1),
        endGrants(account),
        endSessionProofs(account),
        // What still carries the membership says its roles from now on.
        markStaleAccounts([account]),
        endMembershipUnlessHeld(account),
        disableWithoutMembership(account),
        // This feed may have been the one that held the person back.
        settleStatus(account),
        appendAudit([told(feed, 'user.deleted', id, { account })]),
        appendOutbox([{ kind: 'membership.ended', payload: { account } }]),
      ],
      result: () => true,
    };
  });
}
