import type { Row, Statement } from '../database/index.ts';
import {
  type GrantChange,
  type GroupRoleRule,
  type GroupsStatement,
  type MemberGroup,
  type ResolutionInputs,
  type ResolvedRoles,
  type RoleGrant,
  type RuleIndex,
  type SetCause,
  type SetGrant,
  type ToldByConnection,
  deleteGrants,
  diffGrants,
  indexRules,
  insertGrants,
  overridesOf,
  resolutionInputs,
  resolveRoles,
  toResolutionInputs,
} from '../domain/access/index.ts';
import {
  type LockedMembership,
  type MembershipScope,
  type MembershipStatus,
  lockMemberships,
  raiseEpochs,
  setStatus,
  toLockedMembership,
} from '../domain/accounts/index.ts';
import type { AuditEvent } from '../domain/audit/index.ts';
import type { OutboxEvent } from '../domain/outbox/index.ts';

/** What the operator configured for every organization. */
export interface RoleSettings {
  readonly rules: readonly GroupRoleRule[];
  readonly defaults: readonly string[];
}

/** Everything the resolver needs about some memberships, read under their lock. */
export interface LoadedMemberships {
  readonly memberships: readonly LockedMembership[];
  readonly groups: ReadonlyMap<string, readonly MemberGroup[]>;
  readonly told: ReadonlyMap<string, readonly ToldByConnection[]>;
  readonly grants: ReadonlyMap<string, readonly RoleGrant[]>;
  readonly held: ReadonlySet<string>;
  readonly fed: ReadonlySet<string>;
  readonly rules: RuleIndex;
}

/** How the change in hand alters what was read before it. */
export interface Adjustment {
  readonly status?: MembershipStatus;
  readonly groups?: (accountId: string, groups: readonly MemberGroup[]) => readonly MemberGroup[];
}

export interface Settlement {
  /** Rows to insert: what a newcomer starts with. */
  readonly grants: readonly GrantChange[];
  readonly statements: readonly Statement[];
  readonly audit: readonly AuditEvent[];
  readonly outbox: readonly OutboxEvent[];
  /** Accounts whose roles or status changed. */
  readonly changed: readonly string[];
}

/** Locks memberships, then reads what their roles follow from. */
export const loadMemberships = (scope: MembershipScope): Statement[] => [lockMemberships(scope), resolutionInputs(scope)];

/** @param rows the results of {@link loadMemberships}, in its order */
export function readLoaded(rows: readonly Row[][], settings: RoleSettings): LoadedMemberships {
  const [memberships = [], inputs = []] = rows;
  return loadedFrom(memberships.map(toLockedMembership), toResolutionInputs(inputs), settings);
}

/** The operator's rules laid beside what the organization's own rows say. */
export const loadedFrom = (memberships: readonly LockedMembership[], { rules, ...inputs }: ResolutionInputs, settings: RoleSettings): LoadedMemberships => ({
  ...inputs,
  memberships,
  rules: indexRules([...settings.rules, ...rules]),
});

const NOBODY: readonly never[] = [];

/** What there is to know of somebody who was not there before: nothing but what the caller lays over it. */
export const newcomer = (accountId: string, status: MembershipStatus): LoadedMemberships => ({
  memberships: [{ accountId, status, claims: {}, epoch: 1 }],
  groups: new Map(),
  told: new Map(),
  grants: new Map(),
  held: new Set(),
  fed: new Set(),
  rules: indexRules([]),
});

interface Outcome {
  readonly account: string;
  readonly add: readonly GrantChange[];
  readonly remove: readonly GrantChange[];
  readonly before: MembershipStatus;
  readonly after: MembershipStatus;
}

/** The roles of one member as they follow from what was loaded: the only way in which anybody here comes to the resolver. */
export function resolveMember(membership: LockedMembership, loaded: LoadedMemberships, settings: RoleSettings, adjustment: Adjustment, now: number): ResolvedRoles {
  const groups = loaded.groups.get(membership.accountId) ?? NOBODY;
  const previous = loaded.grants.get(membership.accountId) ?? NOBODY;
  return resolveRoles({
    groups: groupsKnown(loaded.fed.has(membership.accountId), adjustment.groups?.(membership.accountId, groups) ?? groups, loaded.told.get(membership.accountId) ?? NOBODY),
    rules: loaded.rules,
    defaults: settings.defaults,
    overrides: overridesOf(membership.claims),
    set: previous.filter(isSet),
    previous,
    status: adjustment.status ?? membership.status,
    now,
  });
}

function settleOne(membership: LockedMembership, loaded: LoadedMemberships, settings: RoleSettings, adjustment: Adjustment, now: number): Outcome {
  const account = membership.accountId;
  const resolved = resolveMember(membership, loaded, settings, adjustment, now);
  const { add, remove } = diffGrants(loaded.grants.get(account) ?? NOBODY, resolved.grants);
  const change = (grant: RoleGrant): GrantChange => ({ accountId: account, ...grant });
  return { account, add: add.map(change), remove: remove.map(change), before: membership.status, after: adjustment.status ?? membership.status };
}

const ofNewcomers = new WeakMap<RoleSettings, readonly RoleGrant[]>();

/** With which roles somebody begins of whom nothing is known yet: the resolver's answer, which is the same for all and asked for once. */
export function grantsOfNewcomer(accountId: string, settings: RoleSettings): readonly GrantChange[] {
  let grants = ofNewcomers.get(settings);
  if (grants === undefined) {
    const loaded = newcomer(accountId, 'active');
    grants = loaded.memberships.flatMap((membership) => resolveMember(membership, loaded, settings, {}, 0).grants);
    ofNewcomers.set(settings, grants);
  }
  return grants.map((grant) => ({ accountId, ...grant }));
}

const SET_CAUSES: ReadonlySet<string> = new Set(['manual', 'scim', 'team', 'request'] satisfies SetCause[]);
const isSet = (grant: RoleGrant): grant is SetGrant => SET_CAUSES.has(grant.cause);

/**
 * A feed that pushes groups is their master. Elsewhere the last sign-ins speak: named groups, told to be none, or not
 * told at all, which is not the same as none. A group that was only told has no id but its name.
 */
function groupsKnown(fed: boolean, groups: readonly MemberGroup[], told: readonly ToldByConnection[]): GroupsStatement {
  if (fed || groups.length > 0) return groups.length > 0 ? { state: 'present', groups } : { state: 'empty' };
  const named = told.flatMap(({ connectionId, groups: said }): MemberGroup[] =>
    said.state === 'present' ? said.groups.map((name) => ({ id: name, name, connectionId })) : [],
  );
  if (named.length > 0) return { state: 'present', groups: named };
  return told.length > 0 && told.every(({ groups: said }) => said.state === 'unknown') ? { state: 'unknown' } : { state: 'empty' };
}

/**
 * Decides for each membership which roles it has now, and what must be written for it. Pure: the rows were read under
 * lock, the clock is handed in.
 */
export function settleRoles(loaded: LoadedMemberships, settings: RoleSettings, adjustment: Adjustment, now: number): Settlement {
  const outcomes = loaded.memberships.map((membership) => settleOne(membership, loaded, settings, adjustment, now));
  const changed = outcomes.filter((one) => one.add.length + one.remove.length > 0 || one.before !== one.after);
  const add = changed.flatMap((one) => one.add);
  const remove = changed.flatMap((one) => one.remove);
  return {
    grants: add,
    statements: [
      ...(remove.length > 0 ? [deleteGrants(remove)] : []),
      ...(add.length > 0 ? [insertGrants(add)] : []),
      ...standing(changed),
    ],
    audit: changed.map((one) => ({
      action: 'membership.roles_resolved',
      targetType: 'account',
      targetId: one.account,
      details: {
        added: one.add.map(told),
        removed: one.remove.map(told),
        ...(one.before === one.after ? {} : { status: { before: one.before, after: one.after } }),
      },
    })),
    outbox: changed.flatMap((one): OutboxEvent[] => [
      ...(one.before === one.after
        ? []
        : [{ kind: one.after === 'active' ? ('membership.activated' as const) : ('membership.suspended' as const), payload: { account: one.account } }]),
      ...(one.add.length + one.remove.length > 0 ? [{ kind: 'roles.changed' as const, payload: { account: one.account } }] : []),
    ]),
    changed: changed.map((one) => one.account),
  };
}

const told = ({ role, cause, causeRef }: GrantChange): Record<string, string> => ({ role, cause, causeRef });

/** One statement for all whose roles changed; one each for a status, which changes for one person at a time. */
function standing(changed: readonly Outcome[]): Statement[] {
  const risen = changed.filter((one) => one.before === one.after).map((one) => one.account);
  return [
    ...changed.filter((one) => one.before !== one.after).map((one) => setStatus(one.account, one.after)),
    ...(risen.length > 0 ? [raiseEpochs(risen)] : []),
  ];
}
