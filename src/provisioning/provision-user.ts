import type { Database, Row, Statement } from '../database/index.ts';
import { indexRules, insertGrants } from '../domain/access/index.ts';
import {
  type MemberProfile,
  disableWithoutMembership,
  endIdentitiesOfUser,
  endMembershipUnlessHeld,
  insertAccount,
  insertMembership,
  updateMembershipProfile,
} from '../domain/accounts/index.ts';
import { type AuditEvent, appendAudit } from '../domain/audit/index.ts';
import {
  type DirectoryUser,
  type DirectoryUserFields,
  type GroupOfUser,
  appendCount,
  deleteUser as deleteUserRow,
  insertUser,
  lockUser,
  removeUserFromGroups,
  toDirectoryUser,
  updateUser as updateUserRow,
} from '../domain/directory/index.ts';
import { endGrants } from '../domain/grants/index.ts';
import { endSessionProofs } from '../domain/sessions/index.ts';
import { appendOutbox } from '../domain/outbox/index.ts';
import type { Clock } from '../platform/clock.ts';
import { uuidv7 } from '../platform/uuid.ts';
import type { Feed } from './feed.ts';
import { LOADED, type LoadedMemberships, type RoleSettings, loadMemberships, readLoaded, settleRoles } from './role-settlement.ts';

export interface ProvisioningOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly roles: RoleSettings;
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
  const newcomer: LoadedMemberships = {
    memberships: [{ accountId, status, claims: {}, epoch: 1, fed: true }],
    groups: new Map(),
    told: new Map(),
    grants: new Map(),
    rules: indexRules([]),
  };
  const { grants } = settleRoles(newcomer, options.roles, {}, options.clock.now());
  const statements: Statement[] = [
    feed.open,
    insertAccount(accountId),
    insertMembership(accountId, status, memberProfile(user)),
    insertUser(id, accountId, user),
    appendCount('User', 1),
    appendAudit([told(feed, 'user.created', id, { account: accountId, active: user.active, roles: grants.map(({ role }) => role) })]),
    ...(grants.length > 0 ? [insertGrants(grants)] : []),
  ];
  const rows = await options.database.batch(statements);
  const createdAt = rows[3]?.[0]?.['created_at'] as Date;
  return { id, accountId, active: user.active, resource: user.resource, version: 1, createdAt, updatedAt: createdAt, groups: [] };
}

/** A user as it was locked, with what its membership's roles follow from. */
interface Locked {
  readonly user: DirectoryUser;
  /** Another feed of the organization holds the same person inactive. */
  readonly heldBack: boolean;
  readonly loaded: LoadedMemberships;
}

function readLocked(rows: readonly Row[][], options: ProvisioningOptions): Locked | undefined {
  const [, [row] = [], ...rest] = rows;
  if (!row) return undefined;
  const loaded = readLoaded(rest.slice(0, LOADED), options.roles);
  const user = toDirectoryUser(row);
  const connection = row['connection_id'] as string;
  const groups = (loaded.groups.get(user.accountId) ?? [])
    .filter((group) => group.connectionId === connection)
    .map((group): GroupOfUser => ({ ...group, externalId: group.externalId ?? null, direct: group.via !== 'indirect' }));
  return { user: { ...user, groups }, heldBack: row['held_back'] as boolean, loaded };
}

const lock = (feed: Feed, id: string): Statement[] => [feed.open, lockUser(id), ...loadMemberships({ users: [id] })];

/**
 * Changes one user by a function of what stands there now, so that nothing is lost between reading and writing.
 * @param edit yields the new fields, or nothing when nothing changes; what it throws undoes the whole
 * @returns the user as it stands afterwards; nothing when the feed has no such user
 */
export async function updateUser(
  options: ProvisioningOptions,
  feed: Feed,
  id: string,
  edit: (current: DirectoryUser) => DirectoryUserFields | undefined,
): Promise<DirectoryUser | undefined> {
  return options.database.lockThenApply<DirectoryUser | undefined>(lock(feed, id), (rows) => {
    const locked = readLocked(rows, options);
    const fields = locked && edit(locked.user);
    if (!fields) return { apply: [], result: () => locked?.user };
    const { user, loaded } = locked;
    const status = fields.active && !locked.heldBack ? 'active' : 'suspended';
    const settlement = settleRoles(loaded, options.roles, { status }, options.clock.now());
    const ended = user.active && !fields.active;
    return {
      apply: [
        updateUserRow(id, fields),
        updateMembershipProfile(user.accountId, memberProfile(fields)),
        ...settlement.statements,
        ...(ended ? [endGrants(user.accountId), endSessionProofs(user.accountId)] : []),
        appendAudit([
          told(feed, 'user.updated', id, user.active === fields.active ? {} : { active: { before: user.active, after: fields.active } }),
          ...settlement.audit.map((event) => ({ ...event, requestId: feed.requestId })),
        ]),
        ...(settlement.outbox.length > 0 ? [appendOutbox(settlement.outbox)] : []),
      ],
      result: ([updated]) => ({
        ...user,
        active: fields.active,
        resource: fields.resource,
        version: Number(updated?.[0]?.['version']),
        updatedAt: updated?.[0]?.['updated_at'] as Date,
      }),
    };
  });
}

/**
 * A feed takes a person back: the directory row, its places in groups, what was bound to it, and everything the person
 * holds through this organization. The membership goes too, unless another feed or identity still carries it.
 * @param check may refuse by throwing, for example when the caller knew an older version
 * @returns whether there was such a user
 */
export async function deleteUser(options: ProvisioningOptions, feed: Feed, id: string, check: (current: DirectoryUser) => void): Promise<boolean> {
  return options.database.lockThenApply<boolean>(lock(feed, id), (rows) => {
    const locked = readLocked(rows, options);
    if (!locked) return { apply: [], result: () => false };
    check(locked.user);
    const account = locked.user.accountId;
    return {
      apply: [
        removeUserFromGroups(id),
        endIdentitiesOfUser(id),
        deleteUserRow(id),
        appendCount('User', -1),
        endGrants(account),
        endSessionProofs(account),
        endMembershipUnlessHeld(account),
        disableWithoutMembership(account),
        appendAudit([told(feed, 'user.deleted', id, { account })]),
        appendOutbox([{ kind: 'membership.ended', payload: { account } }]),
      ],
      result: () => true,
    };
  });
}
