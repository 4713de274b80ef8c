import { type Statement, foreignKeyViolation, oneStatement } from '../database/index.ts';
import {
  type MemberChange,
  type MemberGroup,
  type MemberLockQuestion,
  type RuleIndex,
  changeMembers,
  indexRules,
  lockMembers,
  mappingKeysOf,
  readMap,
  rulesFor,
  shareMap,
  toLockedMembers,
  toMemberChange,
  toMemberGroup,
  toRule,
} from '../domain/access/index.ts';
import { markStaleUnder } from '../domain/accounts/index.ts';
import { type AuditEvent, appendAudit } from '../domain/audit/index.ts';
import { isOutOfDate } from '../domain/credentials/index.ts';
import {
  type DirectoryGroup,
  type DirectoryGroupFields,
  ancestorsOf,
  appendCount,
  deleteGroup as deleteGroupRow,
  insertGroup,
  lockGroup,
  lockNesting,
  readMembers,
  rebuildClosure,
  removeGroupFromGroups,
  shareGroup,
  toDirectoryGroup,
  uniqueWork,
  updateGroup as updateGroupRow,
} from '../domain/directory/index.ts';
import { type OutboxEvent, appendOutbox } from '../domain/outbox/index.ts';
import { uuidv7 } from '../platform/uuid.ts';
import type { Feed } from './feed.ts';
import { type MemberDelta, type MemberOutcome, foldDeltas, needsCurrent } from './member-delta.ts';
import { type GroupWork, groupTold, memberWork } from './member-work.ts';
import type { ProvisioningOptions } from './provision-user.ts';
import { reconcileStale } from './reconcile-roles.ts';

/** What a feed wants of a group: new fields of its own, steps of its membership, or both. */
export interface GroupEdit {
  /** From the group as it stands; nothing when its own fields stay. What it throws undoes the whole. */
  readonly fields?: (current: DirectoryGroup) => DirectoryGroupFields | undefined;
  readonly members: readonly MemberDelta[];
}

const asMemberGroup = (group: DirectoryGroup, connectionId: string): MemberGroup => ({
  id: group.id,
  name: group.displayName,
  externalId: group.externalId ?? undefined,
  connectionId,
  via: 'direct',
});

const environmentKeys = ({ roles }: ProvisioningOptions): string[] => roles.rules.map(({ key }) => key);

/** What a change of these members asks of the database. */
const question = (options: ProvisioningOptions, groupId: string, ids: readonly string[]): MemberLockQuestion => ({
  groupId,
  ownKeys: null,
  ids,
  environmentKeys: environmentKeys(options),
  always: false,
});

/**
 * Roles that follow, in transactions of their own. The change itself is done, so it must not be begun again when what is unique
 * becomes another thing in this moment: then the members stay marked, and background work takes up the marks.
 */
async function reconcileMarked(options: ProvisioningOptions, feed: Feed): Promise<void> {
  try {
    await reconcileStale(options, feed.open);
  } catch (error) {
    if (!isOutOfDate(error)) throw error;
  }
}

/** A feed announces a group, with whoever is in it from the start. */
export async function createGroup(
  options: ProvisioningOptions,
  feed: Feed,
  make: (id: string) => DirectoryGroupFields,
  memberIds: readonly string[],
): Promise<DirectoryGroup> {
  const id = uuidv7();
  const { unique, ...fields } = make(id);
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
          appendAudit([groupTold(feed, 'group.created', id, { displayName: fields.displayName }), ...work.audit]),
          ...(work.outbox.length > 0 ? [appendOutbox(work.outbox)] : []),
          ...uniqueWork('Group', id, unique),
        ],
        result: ([inserted]) => ({ createdAt: inserted?.[0]?.['created_at'] as Date, stale: work.stale }),
      };
    },
  );
  if (created.stale) await reconcileMarked(options, feed);
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
    apply: [updateGroupRow(group.id, fields, mappingKeysOf(after)), ...uniqueWork('Group', group.id, fields.unique), ...(stale ? [markStaleUnder([group.id])] : [])],
    audit: [groupTold(feed, 'group.updated', group.id, renamed ? { displayName: { before: group.displayName, after: fields.displayName } } : {})],
    outbox: [],
    stale,
  };
}

async function currentMembers(options: ProvisioningOptions, feed: Feed, id: string): Promise<string[]> {
  const [, [row] = []] = await options.database.batch([feed.open, readMembers(id)]);
  return [row?.['users'], row?.['groups']].flatMap((ids) => (typeof ids === 'string' && ids !== '' ? ids.split(',') : []));
}

/** Most changes are rows of members and what is told of them: these go as one statement. */
function written(rows: readonly Statement[], audit: readonly AuditEvent[], outbox: readonly OutboxEvent[]): readonly Statement[] {
  const [only] = rows;
  if (!only) return [];
  const events = appendAudit(audit);
  if (rows.length === 1 && outbox.length === 0) return [oneStatement(`${only.name} ${events.name}`, [events, only])];
  return [...rows, events, ...(outbox.length > 0 ? [appendOutbox(outbox)] : [])];
}

/** So many members change in no more time than a user does. */
const FEW = 20;

/** Most groups give no role: who comes and goes there is rows alone, and nothing is decided here. */
async function changeRowsAlone(options: ProvisioningOptions, feed: Feed, groupId: string, outcome: MemberOutcome): Promise<MemberChange> {
  const change = changeMembers({ groupId, ...outcome, environmentKeys: environmentKeys(options), requestId: feed.requestId });
  try {
    const isShort = outcome.add.length + outcome.remove.length <= FEW;
    const statements = [feed.open, change];
    const [, [row] = []] = await (isShort ? options.database.shared('write', statements) : options.database.batch(statements));
    return toMemberChange(row);
  } catch (error) {
    // somebody went in this moment; the change is undone
    if (foreignKeyViolation(error) !== undefined) return 'involved';
    throw error;
  }
}

/**
 * Changes a group, its members, or both.
 * @returns whether there is such a group
 */
export async function updateGroup(options: ProvisioningOptions, feed: Feed, id: string, edit: GroupEdit): Promise<boolean> {
  const outcome = foldDeltas(edit.members, needsCurrent(edit.members) ? await currentMembers(options, feed, id) : []);
  const alone = edit.fields || options.decided?.has(id) ? 'involved' : await changeRowsAlone(options, feed, id, outcome);
  if (alone !== 'involved') return alone !== 'absent';
  const ids = [...outcome.add, ...outcome.remove];
  const lock = [
    feed.open,
    edit.fields ? lockGroup(id) : shareGroup(id),
    lockMembers({ ...question(options, id, ids), always: edit.fields !== undefined }),
  ];
  const done = await options.database.lockThenApply<{ found: boolean; stale: boolean; involved?: boolean }>(
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
        apply: written([...own.apply, ...work.apply], audit, outbox),
        result: () => ({ found: true, stale: own.stale || work.stale, involved: locked.mapped || locked.ancestors.length > 0 }),
      };
    },
  );
  // with fields to change everything was locked as though a role followed, which says nothing
  if (!edit.fields) options.decided?.remember(id, done.involved ?? false);
  if (done.stale) await reconcileMarked(options, feed);
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
          appendAudit([groupTold(feed, 'group.deleted', id, { displayName: group.displayName })]),
        ],
        result: () => ({ found: true, stale }),
      };
    },
  );
  if (done.stale) await reconcileMarked(options, feed);
  return done.found;
}
