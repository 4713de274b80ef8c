import type { Row, Statement } from '../database/index.ts';
import { type MemberGroup, type RuleIndex, indexRules, readMap, rulesFor, shareMap, toMemberGroup, toRule } from '../domain/access/index.ts';
import { markStale, markStaleUnder } from '../domain/accounts/index.ts';
import { type AuditEvent, appendAudit } from '../domain/audit/index.ts';
import {
  type DirectoryGroup,
  type DirectoryGroupFields,
  type MemberRef,
  addMembers,
  ancestorsOf,
  appendCount,
  deleteGroup as deleteGroupRow,
  insertGroup,
  kindsOf,
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
import { type LoadedMemberships, loadMemberships, readLoaded, settleRoles } from './role-settlement.ts';

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
function checkMembers(ids: readonly string[], rows: readonly Row[], groupId: string): MemberRef[] {
  const kinds = new Map(rows.map((row) => [row['id'] as string, row['kind'] as MemberRef['kind']]));
  const unknown = ids.filter((id) => !kinds.has(id));
  if (unknown.length > 0) {
    throw new DomainError('invalid', 'directory.member_unknown', `No such user or group: ${unknown.slice(0, 5).join(', ')}.`, {
      details: { ids: unknown.slice(0, NAMED_IN_AUDIT) },
    });
  }
  if (ids.includes(groupId)) throw new DomainError('invalid', 'directory.group_in_itself', 'A group cannot be a member of itself.');
  return ids.map((id) => ({ id, kind: kinds.get(id) ?? 'User' }));
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

/** Whose ids the feed named: users with their accounts, groups, and who of them is in the group already. */
interface Touched {
  readonly kinds: readonly Row[];
  readonly loaded: LoadedMemberships;
  readonly outcome: MemberOutcome;
}

const isGroup = (row: Row): boolean => row['kind'] === 'Group';

/** Leaves out users for whom nothing changes, so that a repeated request moves nothing and tells nothing. */
function effective(groupId: string, { kinds, loaded, outcome }: Touched): MemberOutcome {
  const accountOf = new Map(kinds.map((row) => [row['id'] as string, row['account_id'] as string | null]));
  const isIn = (id: string): boolean | undefined => {
    const account = accountOf.get(id);
    if (account === undefined) return false;
    return account === null ? undefined : (loaded.groups.get(account) ?? []).some((group) => group.id === groupId && group.via === 'direct');
  };
  return { add: outcome.add.filter((id) => isIn(id) !== true), remove: outcome.remove.filter((id) => isIn(id) !== false) };
}

function touchedAccounts(kinds: readonly Row[], { add, remove }: MemberOutcome): Map<string, boolean> {
  const inside = new Map<string, boolean>([...remove.map((id) => [id, false] as const), ...add.map((id) => [id, true] as const)]);
  return new Map(
    kinds.flatMap((row) => {
      const now = inside.get(row['id'] as string);
      return now === undefined || isGroup(row) ? [] : [[row['account_id'] as string, now] as const];
    }),
  );
}

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
function memberWork(options: ProvisioningOptions, feed: Feed, group: MemberGroup, nestedAbove: boolean, touched: Touched): GroupWork {
  const { kinds, loaded } = touched;
  const members = checkMembers(touched.outcome.add, kinds, group.id);
  const outcome = effective(group.id, touched);
  const moved = new Set([...outcome.add, ...outcome.remove]);
  const added = members.filter((member) => moved.has(member.id));
  const edges = kinds.some((row) => isGroup(row) && moved.has(row['id'] as string));
  const rows = [
    ...(outcome.remove.length > 0 ? [removeMembers(group.id, outcome.remove)] : []),
    ...(added.length > 0 ? [addMembers(group.id, added)] : []),
  ];
  const audit = membersTold(feed, group.id, outcome);
  if (rows.length === 0) return { apply: [], audit, outbox: [], stale: false };
  if (edges || nestedAbove) {
    const mark = [markStaleUnder([group.id]), markStale(outcome.remove)];
    const subgroups = kinds.filter(isGroup).map((row) => row['id'] as string);
    const nesting = edges ? rebuildClosure() : [];
    return { apply: [lockNesting(), markStaleUnder([group.id, ...subgroups]), ...rows, ...nesting, ...mark], audit, outbox: [], stale: true };
  }
  const settlement = settleRoles(loaded, options.roles, { groups: withGroup(group, touchedAccounts(kinds, outcome)) }, options.clock.now());
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

/** A feed announces a group, with whoever is in it from the start. */
export async function createGroup(
  options: ProvisioningOptions,
  feed: Feed,
  make: (id: string) => DirectoryGroupFields,
  memberIds: readonly string[],
): Promise<DirectoryGroup> {
  const id = uuidv7();
  const fields = make(id);
  const created = await options.database.lockThenApply<{ createdAt: Date; stale: boolean }>(
    [feed.open, kindsOf(memberIds), ...loadMemberships({ users: memberIds })],
    ([opening, kinds = [], ...rows]) => {
      const opened = opening?.[0];
      const outcome = { add: [...new Set(memberIds)], remove: [] };
      const group: MemberGroup = { id, name: fields.displayName, externalId: fields.externalId ?? undefined, connectionId: opened?.['connection_id'] as string };
      const work = memberWork(options, feed, { ...group, via: 'direct' }, false, { kinds, outcome, loaded: readLoaded(rows, options.roles) });
      return {
        apply: [
          insertGroup(id, fields),
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
    apply: [updateGroupRow(group.id, fields), ...(stale ? [markStaleUnder([group.id])] : [])],
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
  const lock = [feed.open, edit.fields ? lockGroup(id) : shareGroup(id), ancestorsOf(id), kindsOf(ids), ...loadMemberships({ users: ids })];
  const done = await options.database.lockThenApply<{ found: boolean; stale: boolean }>(
    lock,
    ([opening, found, ancestors = [], kinds = [], ...rows]) => {
      const [opened, row] = [opening?.[0], found?.[0]];
      if (!row) return { apply: [], result: () => ({ found: false, stale: false }) };
      const group = toDirectoryGroup(row);
      const connectionId = opened?.['connection_id'] as string;
      const loaded = readLoaded(rows, options.roles);
      const fields = edit.fields?.(group);
      const own = fieldWork(feed, group, fields, connectionId, loaded.rules);
      const named = { ...group, ...fields };
      const work = memberWork(options, feed, asMemberGroup(named, connectionId), ancestors.length > 0, { kinds, loaded, outcome });
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
