import type { Statement } from '../database/index.ts';
import {
  type LockedMembers,
  type MemberGroup,
  type MemberLockQuestion,
  type RuleIndex,
  type TouchedMember,
  indexRules,
  lockMembers,
  mappingKeysOf,
  readMap,
  rulesFor,
  shareMap,
  toLockedMembers,
  toMemberGroup,
  toRule,
} from '../domain/access/index.ts';
import { markStale, markStaleUnder } from '../domain/accounts/index.ts';
import { type AuditEvent, appendAudit } from '../domain/audit/index.ts';
import {
  type DirectoryGroup,
  type DirectoryGroupFields,
  addMembers,
  ancestorsOf,
  appendCount,
  deleteGroup as deleteGroupRow,
  insertGroup,
  lockGroup,
  lockNesting,
  readMembers,
  rebuildClosure,
  removeGroupFromGroups,
  removeMembers,
  shareGroup,
  toDirectoryGroup,
  updateGroup as updateGroupRow,
} from '../domain/directory/index.ts';
import { type OutboxEvent, appendOutbox } from '../domain/outbox/index.ts';
import { DomainError } from '../platform/errors.ts';
import { uuidv7 } from '../platform/uuid.ts';
import type { Feed } from './feed.ts';
import { type MemberDelta, type MemberOutcome, foldDeltas, needsCurrent } from './member-delta.ts';
import type { ProvisioningOptions } from './provision-user.ts';
import { reconcileStale } from './reconcile-roles.ts';
import { loadedFrom, settleRoles } from './role-settlement.ts';

/** What a feed wants of a group: new fields of its own, steps of its membership, or both. */
export interface GroupEdit {
  /** From the group as it stands; nothing when its own fields stay. What it throws undoes the whole. */
  readonly fields?: (current: DirectoryGroup) => DirectoryGroupFields | undefined;
  readonly members: readonly MemberDelta[];
}

/** Audit events name at most this many members; who was in which group when, the directory itself keeps. */
const NAMED_IN_AUDIT = 100;

const told = (feed: Feed, action: string, id: string, details: Record<string, unknown> = {}): AuditEvent => ({
  action,
  targetType: 'directory_group',
  targetId: id,
  details,
  requestId: feed.requestId,
});

const membersTold = (feed: Feed, id: string, { add, remove }: MemberOutcome): AuditEvent[] =>
  add.length + remove.length === 0
    ? []
    : [
        told(feed, 'group.members_changed', id, {
          added: { count: add.length, ids: add.slice(0, NAMED_IN_AUDIT) },
          removed: { count: remove.length, ids: remove.slice(0, NAMED_IN_AUDIT) },
        }),
      ];

/** Members must be resources of the same feed: an id that is none is refused, never dropped in silence. */
function checkMembers(ids: readonly string[], touched: readonly TouchedMember[], groupId: string): void {
  const known = new Set(touched.map(({ id }) => id));
  const unknown = ids.filter((id) => !known.has(id));
  if (unknown.length > 0) {
    throw new DomainError('invalid', 'directory.member_unknown', `No such user or group: ${unknown.slice(0, 5).join(', ')}.`, {
      details: { ids: unknown.slice(0, NAMED_IN_AUDIT) },
    });
  }
  if (ids.includes(groupId)) throw new DomainError('invalid', 'directory.group_in_itself', 'A group cannot be a member of itself.');
}

/** The group added to, or taken from, what was read before the change. */
const withGroup =
  (group: MemberGroup, touched: ReadonlyMap<string, boolean>) =>
  (accountId: string, groups: readonly MemberGroup[]): readonly MemberGroup[] => {
    const inside = touched.get(accountId);
    if (inside === undefined) return groups;
    const others = groups.filter((one) => one.id !== group.id);
    return inside ? [...others, group] : others;
  };

/** Leaves out those for whom nothing changes, so that a repeated request moves nothing and tells nothing. */
function effective({ add, remove }: MemberOutcome, touched: readonly TouchedMember[]): MemberOutcome {
  const inside = new Set(touched.filter((member) => member.inside).map(({ id }) => id));
  return { add: add.filter((id) => !inside.has(id)), remove: remove.filter((id) => inside.has(id)) };
}

const accountsIn = (touched: readonly TouchedMember[], ids: readonly string[], inside: boolean): (readonly [string, boolean])[] => {
  const wanted = new Set(ids);
  return touched.flatMap(({ id, accountId }) => (accountId !== null && wanted.has(id) ? [[accountId, inside] as const] : []));
};

interface GroupWork {
  readonly apply: readonly Statement[];
  readonly audit: readonly AuditEvent[];
  readonly outbox: readonly OutboxEvent[];
  /** Members were only marked: their roles are resolved after the commit. */
  readonly stale: boolean;
}

/**
 * What a change of members writes. In a flat directory the roles of the people concerned are settled in the same
 * transaction; where groups are nested they are marked in it and reconciled right after, since an edge between groups
 * may concern everybody below.
 */
function memberWork(options: ProvisioningOptions, feed: Feed, group: MemberGroup, wanted: MemberOutcome, locked: LockedMembers): GroupWork {
  const { touched } = locked;
  checkMembers(wanted.add, touched, group.id);
  const outcome = effective(wanted, touched);
  const moved = new Set([...outcome.add, ...outcome.remove]);
  const added = new Set(outcome.add);
  const rows = [
    ...(outcome.remove.length > 0 ? [removeMembers(group.id, outcome.remove)] : []),
    ...(added.size > 0 ? [addMembers(group.id, touched.filter(({ id }) => added.has(id)))] : []),
  ];
  const audit = membersTold(feed, group.id, outcome);
  if (rows.length === 0) return { apply: [], audit, outbox: [], stale: false };
  const subgroups = touched.filter(({ id, kind }) => kind === 'Group' && moved.has(id)).map(({ id }) => id);
  if (subgroups.length > 0 || (locked.mapped && locked.ancestors.length > 0)) {
    const nesting = subgroups.length > 0 ? rebuildClosure() : [];
    const mark = [markStaleUnder([group.id]), markStale(outcome.remove)];
    return { apply: [lockNesting(), markStaleUnder([group.id, ...subgroups]), ...rows, ...nesting, ...mark], audit, outbox: [], stale: true };
  }
  if (!locked.mapped) return { apply: rows, audit, outbox: [], stale: false };
  const now = new Map([...accountsIn(touched, outcome.remove, false), ...accountsIn(touched, outcome.add, true)]);
  const loaded = loadedFrom(locked.memberships, locked.inputs, options.roles);
  const settlement = settleRoles(loaded, options.roles, { groups: withGroup(group, now) }, options.clock.now());
  return {
    apply: [...rows, ...settlement.statements],
    audit: [...audit, ...settlement.audit.map((event) => ({ ...event, requestId: feed.requestId }))],
    outbox: settlement.outbox,
    stale: false,
  };
}

const asMemberGroup = (group: DirectoryGroup, connectionId: string): MemberGroup => ({
  id: group.id,
  name: group.displayName,
  externalId: group.externalId ?? undefined,
  connectionId,
  via: 'direct',
});

/** What a change of these members asks of the database. */
const question = ({ roles }: ProvisioningOptions, groupId: string, ids: readonly string[]): MemberLockQuestion => ({
  groupId,
  ownKeys: null,
  ids,
  environmentKeys: roles.rules.map(({ key }) => key),
  always: false,
});

/** A feed announces a group, with whoever is in it from the start. */
export async function createGroup(
  options: ProvisioningOptions,
  feed: Feed,
  make: (id: string) => DirectoryGroupFields,
  memberIds: readonly string[],
): Promise<DirectoryGroup> {
  const id = uuidv7();
  const fields = make(id);
  const keys = mappingKeysOf({ id, name: fields.displayName, externalId: fields.externalId });
  const created = await options.database.lockThenApply<{ createdAt: Date; stale: boolean }>(
    [feed.open, lockMembers({ ...question(options, id, memberIds), ownKeys: keys })],
    ([opening, found]) => {
      const connectionId = opening?.[0]?.['connection_id'] as string;
      const group: MemberGroup = { id, name: fields.displayName, externalId: fields.externalId ?? undefined, connectionId, via: 'direct' };
      const locked = toLockedMembers(found?.[0] ?? {});
      const work = memberWork(options, feed, group, { add: [...new Set(memberIds)], remove: [] }, locked);
      return {
        apply: [
          insertGroup(id, fields, keys),
          appendCount('Group', 1),
          ...work.apply,
          appendAudit([told(feed, 'group.created', id, { displayName: fields.displayName }), ...work.audit]),
          ...(work.outbox.length > 0 ? [appendOutbox(work.outbox)] : []),
        ],
        result: ([inserted]) => ({ createdAt: inserted?.[0]?.['created_at'] as Date, stale: work.stale }),
      };
    },
  );
  if (created.stale) await reconcileStale(options, feed.open);
  return { id, ...fields, version: 1, createdAt: created.createdAt, updatedAt: created.createdAt };
}

/** Whether any rule gives a role for this name of the group, or for a group above it. */
const isMapped = (rules: RuleIndex, groups: readonly MemberGroup[]): boolean => groups.some((group) => rulesFor(group, rules).length > 0);

/** Fields of the group itself, and a mark on its members where the new name changes what they may do. */
function fieldWork(feed: Feed, group: DirectoryGroup, fields: DirectoryGroupFields | undefined, connectionId: string, rules: RuleIndex): GroupWork {
  if (!fields) return { apply: [], audit: [], outbox: [], stale: false };
  const renamed = fields.displayName !== group.displayName || fields.externalId !== group.externalId;
  const after = { ...asMemberGroup(group, connectionId), name: fields.displayName, externalId: fields.externalId ?? undefined };
  const stale = renamed && isMapped(rules, [asMemberGroup(group, connectionId), after]);
  return {
    apply: [updateGroupRow(group.id, fields, mappingKeysOf(after)), ...(stale ? [markStaleUnder([group.id])] : [])],
    audit: [told(feed, 'group.updated', group.id, renamed ? { displayName: { before: group.displayName, after: fields.displayName } } : {})],
    outbox: [],
    stale,
  };
}

async function currentMembers(options: ProvisioningOptions, feed: Feed, id: string): Promise<string[]> {
  const [, [row] = []] = await options.database.batch([feed.open, readMembers(id)]);
  return [row?.['users'], row?.['groups']].flatMap((ids) => (typeof ids === 'string' && ids !== '' ? ids.split(',') : []));
}

/**
 * Changes a group, its members, or both.
 * @returns whether there is such a group
 */
export async function updateGroup(options: ProvisioningOptions, feed: Feed, id: string, edit: GroupEdit): Promise<boolean> {
  const outcome = foldDeltas(edit.members, needsCurrent(edit.members) ? await currentMembers(options, feed, id) : []);
  const ids = [...outcome.add, ...outcome.remove];
  const lock = [
    feed.open,
    edit.fields ? lockGroup(id) : shareGroup(id),
    lockMembers({ ...question(options, id, ids), always: edit.fields !== undefined }),
  ];
  const done = await options.database.lockThenApply<{ found: boolean; stale: boolean }>(
    lock,
    ([opening, found, members]) => {
      const [row, lockedRow] = [found?.[0], members?.[0]];
      if (!row || !lockedRow) return { apply: [], result: () => ({ found: false, stale: false }) };
      const group = toDirectoryGroup(row);
      const connectionId = opening?.[0]?.['connection_id'] as string;
      const locked = toLockedMembers(lockedRow);
      const fields = edit.fields?.(group);
      const own = fieldWork(feed, group, fields, connectionId, indexRules([...options.roles.rules, ...locked.inputs.rules]));
      const work = memberWork(options, feed, asMemberGroup({ ...group, ...fields }, connectionId), outcome, locked);
      const [audit, outbox] = [[...own.audit, ...work.audit], [...own.outbox, ...work.outbox]];
      return {
        apply:
          own.apply.length + work.apply.length === 0
            ? []
            : [...own.apply, ...work.apply, appendAudit(audit), ...(outbox.length > 0 ? [appendOutbox(outbox)] : [])],
        result: () => ({ found: true, stale: own.stale || work.stale }),
      };
    },
  );
  if (done.stale) await reconcileStale(options, feed.open);
  return done.found;
}

/**
 * A feed takes a group back.
 * @param check may refuse by throwing, for example when the caller knew an older version
 * @returns whether there was such a group
 */
export async function deleteGroup(options: ProvisioningOptions, feed: Feed, id: string, check: (current: DirectoryGroup) => void): Promise<boolean> {
  const done = await options.database.lockThenApply<{ found: boolean; stale: boolean }>(
    [feed.open, lockGroup(id), ancestorsOf(id), shareMap(), readMap()],
    ([opening, found, ancestors = [], , map = []]) => {
      const [opened, row] = [opening?.[0], found?.[0]];
      if (!row) return { apply: [], result: () => ({ found: false, stale: false }) };
      const group = toDirectoryGroup(row);
      check(group);
      const rules = indexRules([...options.roles.rules, ...map.map(toRule)]);
      const stale = isMapped(rules, [asMemberGroup(group, opened?.['connection_id'] as string), ...ancestors.map(toMemberGroup)]);
      return {
        apply: [
          ...(stale ? [markStaleUnder([id])] : []),
          ...(ancestors.length > 0 ? [lockNesting()] : []),
          removeGroupFromGroups(id),
          deleteGroupRow(id),
          ...(ancestors.length > 0 ? rebuildClosure() : []),
          appendCount('Group', -1),
          appendAudit([told(feed, 'group.deleted', id, { displayName: group.displayName })]),
        ],
        result: () => ({ found: true, stale }),
      };
    },
  );
  if (done.stale) await reconcileStale(options, feed.open);
  return done.found;
}
