import type { Row, Statement } from '../../database/index.ts';
import { type LockedMembership, toLockedMembership } from '../accounts/index.ts';
import { toMemberGroup } from './grant-store.ts';
import { foldGroup } from './group-key.ts';
import type { MemberGroup } from './group-role-rule.ts';
import { type ResolutionInputs, toResolutionInputs } from './resolution-store.ts';

/** A user or group that a change of members names. */
export interface TouchedMember {
  readonly id: string;
  readonly kind: 'User' | 'Group';
  /** Of a user. */
  readonly accountId: string | null;
  /** In the group already. */
  readonly inside: boolean;
}

export interface LockedMembers {
  readonly ancestors: readonly MemberGroup[];
  /** Only ids that are resources of the feed. */
  readonly touched: readonly TouchedMember[];
  /** Whether any role can follow from the group or one above it; if not, nothing below was locked or read. */
  readonly mapped: boolean;
  readonly memberships: readonly LockedMembership[];
  readonly inputs: ResolutionInputs;
}

/** What a rule may call a group, as rules are folded; stored with the group, so that the database can compare. */
export const mappingKeysOf = (group: { readonly id: string; readonly name: string; readonly externalId?: string | null | undefined }): string[] => [
  ...new Set([group.name, group.id, group.externalId ?? group.id].map(foldGroup)),
];

export interface MemberLockQuestion {
  readonly groupId: string;
  /** Of a group that is not there yet; its row says them otherwise. */
  readonly ownKeys: readonly string[] | null;
  /** Users and groups that come or go. */
  readonly ids: readonly string[];
  /** Keys of the rules that the operator set for every organization. */
  readonly environmentKeys: readonly string[];
  /** Read everything, whether or not a rule names the group: its name is about to change. */
  readonly always: boolean;
}

/**
 * Locks what a change of a group's members depends on, in one order for all writers: the map, the nesting, then, where
 * roles can follow, the memberships concerned. Reads it in the same statement, each part after its lock.
 */
export const lockMembers = ({ groupId, ownKeys, ids, environmentKeys, always }: MemberLockQuestion): Statement => ({
  name: 'access.lock-members',
  text: `select ancestors, touched, mapped, memberships, rules, grants, told, feeds, groups from lock_members($1, $2, $3, $4, $5)`,
  values: [groupId, ownKeys, ids, environmentKeys, always],
});

const listOf = (value: unknown): readonly Row[] => (value ?? []) as Row[];

/** Reads the row of {@link lockMembers}. */
export const toLockedMembers = (row: Row): LockedMembers => ({
  ancestors: listOf(row['ancestors']).map(toMemberGroup),
  touched: listOf(row['touched']).map((one) => ({
    id: one['id'] as string,
    kind: one['kind'] as TouchedMember['kind'],
    accountId: one['account_id'] as string | null,
    inside: one['inside'] as boolean,
  })),
  mapped: row['mapped'] as boolean,
  memberships: listOf(row['memberships']).map(toLockedMembership),
  inputs: toResolutionInputs([row]),
});
