import { type Database, type Row, type Statement, oneStatement } from '../database/index.ts';
import { insertGrants } from '../domain/access/index.ts';
import {
  type MemberProfile,
  disableWithoutMembership,
  endIdentitiesOfUser,
  endMembershipUnlessHeld,
  insertPerson,
  markStaleAccounts,
  settleStatus,
  updateMembershipProfile,
} from '../domain/accounts/index.ts';
import { type AuditEvent, appendAudit } from '../domain/audit/index.ts';
import {
  type DirectoryUser,
  type DirectoryUserFields,
  appendCount,
  deleteUser as deleteUserRow,
  insertUser,
  isOutdated,
  lockUser,
  removeUserFromGroups,
  toDirectoryUser,
  toGroupsOfUser,
  updateUser as updateUserRow,
  updateUserAt,
} from '../domain/directory/index.ts';
import { endGrants } from '../domain/grants/index.ts';
import { endSessionProofs } from '../domain/sessions/index.ts';
import { appendOutbox } from '../domain/outbox/index.ts';
import type { Clock } from '../platform/clock.ts';
import { uuidv7 } from '../platform/uuid.ts';
import type { Feed } from './feed.ts';
import type { RecentUsers } from './recent-users.ts';
import { type RoleSettings, grantsOfNewcomer } from './role-settlement.ts';

export interface ProvisioningOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly roles: RoleSettings;
  /** Without it every change locks and reads first. */
  readonly recent?: RecentUsers;
}

const memberProfile = (fields: DirectoryUserFields): MemberProfile => ({
  userName: fields.userName,
  displayName: fields.displayName,
  email: fields.email,
  // The provider says that this is the person's address; that the address is the person's, it does not prove.
  emailVerified: false,
  profile: fields.profile,
});

const told = (feed: Feed, action: string, id: string, details: Record<string, unknown> = {}): AuditEvent => ({
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
  const [, [row] = []] = await options.database.batch([feed.open, person]);
  const createdAt = row?.['created_at'] as Date;
  const created: DirectoryUser = { id, accountId, active: user.active, resource: user.resource, version: 1, createdAt, updatedAt: createdAt, groups: [] };
  options.recent?.remember(feed, created);
  return created;
}

/** From what stands there to what shall; nothing when nothing changes, and what it throws refuses the whole. Pure. */
export type UserEdit = (current: DirectoryUser) => DirectoryUserFields | undefined;

/**
 * Changes one user by a function of what stands there now, so that nothing is lost between reading and writing. Roles need
 * no new resolution: grants are kept while a membership is suspended, and are in force again when it is not.
 * @returns the user as it stands afterwards; nothing when the feed has no such user
 */
export async function updateUser(options: ProvisioningOptions, feed: Feed, id: string, edit: UserEdit): Promise<DirectoryUser | undefined> {
  const known = options.recent?.take(feed, id);
  const user = (known && (await updateKnown(options, feed, known, edit))) ?? (await updateLocked(options, feed, id, edit));
  if (user) options.recent?.remember(feed, user);
  return user;
}

/**
 * One round trip, for a user of whom we believe to know how it stands. Only success is an answer: whether there is such a
 * user, whether nothing changes, and why the change is refused, is said of the row itself.
 */
async function updateKnown({ database }: ProvisioningOptions, feed: Feed, known: DirectoryUser, edit: UserEdit): Promise<DirectoryUser | undefined> {
  const fields = attempt(edit, known);
  if (!fields) return undefined;
  const told = oneStatement('provisioning.user.changed', changeTold(feed, known, fields));
  try {
    const [, [row] = []] = await database.batch([feed.open, updateUserAt(known.id, known.version, fields), told, ...statusWork(known, fields)]);
    return row && { ...changed(known, fields, row), groups: toGroupsOfUser(row) };
  } catch (error) {
    if (isOutdated(error)) return undefined;
    throw error;
  }
}

function attempt(edit: UserEdit, known: DirectoryUser): DirectoryUserFields | undefined {
  try {
    return edit(known);
  } catch {
    return undefined;
  }
}

/** Two round trips: lock and read; write. */
const updateLocked = ({ database }: ProvisioningOptions, feed: Feed, id: string, edit: UserEdit): Promise<DirectoryUser | undefined> =>
  database.lockThenApply<DirectoryUser | undefined>([feed.open, lockUser(id)], ([, rows = []]) => {
    const [row] = rows;
    if (!row) return { apply: [], result: () => undefined };
    const user = toDirectoryUser(row);
    const fields = edit(user);
    if (!fields) return { apply: [], result: () => user };
    const change = oneStatement('provisioning.user.update', [...changeTold(feed, user, fields), updateUserRow(id, fields)]);
    return { apply: [change, ...statusWork(user, fields)], result: ([updated]) => changed(user, fields, updated?.[0]) };
  });

/** What else is written with a user's own row. */
const changeTold = (feed: Feed, user: DirectoryUser, fields: DirectoryUserFields): Statement[] => [
  updateMembershipProfile(user.accountId, memberProfile(fields)),
  appendAudit([told(feed, 'user.updated', user.id, user.active === fields.active ? {} : { active: { before: user.active, after: fields.active } })]),
];

const statusWork = (user: DirectoryUser, fields: DirectoryUserFields): Statement[] => (user.active === fields.active ? [] : [settleStatus(user.accountId)]);

const changed = (user: DirectoryUser, fields: DirectoryUserFields, row: Row | undefined): DirectoryUser => ({
  ...user,
  active: fields.active,
  resource: fields.resource,
  version: Number(row?.['version']),
  updatedAt: row?.['updated_at'] as Date,
});

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
