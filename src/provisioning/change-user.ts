import { type Row, type Statement, oneStatement } from '../database/index.ts';
import { settleStatus, updateMembershipProfile } from '../domain/accounts/index.ts';
import { appendAudit } from '../domain/audit/index.ts';
import {
  type DirectoryUser,
  type DirectoryUserFields,
  isOutdated,
  lockUser,
  readUser,
  toDirectoryUser,
  toGroupsOfUser,
  uniqueWork,
  updateUser as updateUserRow,
  updateUserAt,
} from '../domain/directory/index.ts';
import type { Feed } from './feed.ts';
import { type ProvisioningOptions, memberProfile, told } from './provision-user.ts';

/** From what stands there to what shall; nothing when nothing changes, and what it throws refuses the whole. Pure. */
export type UserEdit = (current: DirectoryUser) => DirectoryUserFields | undefined;

/**
 * Changes one user by a function of what stands there now, so that nothing is lost between reading and writing: it is written
 * only where the version is still the one that was looked at, and under lock where many change the same user. Roles need
 * no new resolution: grants are kept while a membership is suspended, and are in force again when it is not.
 * @returns the user as it stands afterwards; nothing when the feed has no such user
 */
export async function updateUser(options: ProvisioningOptions, feed: Feed, id: string, edit: UserEdit): Promise<DirectoryUser | undefined> {
  const recent = options.recent?.take(feed, id);
  const user = (recent && (await writeGuess(options, feed, recent, edit))) ?? (await readAndWrite(options, feed, id, edit));
  if (user) options.recent?.remember(feed, user);
  return user;
}

/** One round trip, for a user of whom we believe to know how it stands. Whatever is not written at once says nothing. */
async function writeGuess(options: ProvisioningOptions, feed: Feed, guess: DirectoryUser, edit: UserEdit): Promise<DirectoryUser | undefined> {
  let fields: DirectoryUserFields | undefined;
  try {
    fields = edit(guess);
  } catch {
    return undefined;
  }
  return fields && writeAt(options, feed, guess, fields);
}

/** Two round trips: of two at the same time the later one decides anew, under lock. */
async function readAndWrite(options: ProvisioningOptions, feed: Feed, id: string, edit: UserEdit): Promise<DirectoryUser | undefined> {
  const [, [row] = []] = await options.database.shared('read', [feed.open, readUser(id)]);
  if (!row) return undefined;
  const user = toDirectoryUser(row);
  const fields = edit(user);
  return fields ? ((await writeAt(options, feed, user, fields)) ?? updateLocked(options, feed, id, edit)) : user;
}

async function writeAt({ database }: ProvisioningOptions, feed: Feed, known: DirectoryUser, fields: DirectoryUserFields): Promise<DirectoryUser | undefined> {
  const told = oneStatement('provisioning.user.changed', changeTold(feed, known, fields));
  try {
    const [, [row] = []] = await database.shared('write', [feed.open, updateUserAt(known, fields), told, ...furtherWork(known, fields)], known.accountId);
    return row && { ...changed(known, fields, row), groups: toGroupsOfUser(row) };
  } catch (error) {
    if (isOutdated(error)) return undefined;
    throw error;
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
    return { apply: [change, ...furtherWork(user, fields)], result: ([updated]) => changed(user, fields, updated?.[0]) };
  });

/** What else is written with a user's own row. */
const changeTold = (feed: Feed, user: DirectoryUser, fields: DirectoryUserFields): Statement[] => [
  updateMembershipProfile(user.accountId, memberProfile(fields)),
  appendAudit([told(feed, 'user.updated', user.id, user.active === fields.active ? {} : { active: { before: user.active, after: fields.active } })]),
];

/** What only some changes bring with them. */
const furtherWork = (user: DirectoryUser, fields: DirectoryUserFields): Statement[] => [
  ...uniqueWork('User', user.id, fields.unique),
  ...(user.active === fields.active ? [] : [settleStatus(user.accountId)]),
];

const changed = (user: DirectoryUser, fields: DirectoryUserFields, row: Row | undefined): DirectoryUser => ({
  ...user,
  active: fields.active,
  resource: fields.resource,
  version: Number(row?.['version']),
  updatedAt: row?.['updated_at'] as Date,
});
