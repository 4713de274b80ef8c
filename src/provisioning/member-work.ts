import type { Statement } from '../database/index.ts';
import { type LockedMembers, type MemberGroup, type TouchedMember } from '../domain/access/index.ts';
import { markStale, markStaleUnder } from '../domain/accounts/index.ts';
import type { AuditEvent } from '../domain/audit/index.ts';
import { addMembers, lockNesting, rebuildClosure, removeMembers } from '../domain/directory/index.ts';
import type { OutboxEvent } from '../domain/outbox/index.ts';
import { DomainError } from '../platform/errors.ts';
import type { Feed } from './feed.ts';
import type { MemberOutcome } from './member-delta.ts';
import type { ProvisioningOptions } from './provision-user.ts';
import { loadedFrom, settleRoles } from './role-settlement.ts';

/** Audit events name at most this many members; who was in which group when, the directory itself keeps. */
const NAMED_IN_AUDIT = 100;

/** An event about a group of the feed. */
export const groupTold = (feed: Feed, action: string, id: string, details: Record<string, unknown> = {}): AuditEvent => ({
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
        groupTold(feed, 'group.members_changed', id, {
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

/** What a change of a group writes and tells. */
export interface GroupWork {
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
export function memberWork(options: ProvisioningOptions, feed: Feed, group: MemberGroup, wanted: MemberOutcome, locked: LockedMembers): GroupWork {
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
