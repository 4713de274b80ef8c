import type { GroupsStatement } from './identity.ts';
import { isStorable } from './plain-claims.ts';

const MAX_GROUPS = 10_000;
const MAX_GROUP_LENGTH = 1_024;

/**
 * Reads the groups out of a set of claims.
 * @param claim the name of the claim that lists them
 * @param absentMeans what silence stands for; some providers leave the claim out for a person without groups
 */
export function readGroups(
  claims: Readonly<Record<string, unknown>>,
  claim: string,
  absentMeans: 'unknown' | 'empty' = 'unknown',
): GroupsStatement {
  const value = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
  if (value === undefined || value === null) {
    if (hasOverage(claims, claim)) return { state: 'unknown', because: 'overage' };
    return absentMeans === 'empty' ? { state: 'empty' } : { state: 'unknown', because: 'absent' };
  }
  return groupsFromList(typeof value === 'string' ? [value] : value);
}

/** Turns a list of names into a statement; an empty string is what some providers send for "none". */
export function groupsFromList(value: unknown): GroupsStatement {
  if (!Array.isArray(value) || value.length > MAX_GROUPS || !value.every(isGroupName)) {
    return { state: 'unknown', because: 'malformed' };
  }
  const groups = [...new Set(value.filter((name) => name !== ''))];
  return groups.length === 0 ? { state: 'empty' } : { state: 'present', groups };
}

/**
 * Entra ID replaces a long list by a reference: `_claim_names` says which claim moved to which source, `hasgroups` is the
 * implicit flow's short form, and `groups:src1` is what some middleware makes of it.
 */
export function hasOverage(claims: Readonly<Record<string, unknown>>, claim: string): boolean {
  const moved = Object.hasOwn(claims, '_claim_names') ? claims._claim_names : undefined;
  if (typeof moved === 'object' && moved !== null && (Object.hasOwn(moved, claim) || Object.hasOwn(moved, 'groups'))) return true;
  if (claims.hasgroups === true || claims.hasgroups === 'true') return true;
  return Object.keys(claims).some((name) => /^groups:src\d+$/.test(name));
}

function isGroupName(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_GROUP_LENGTH && isStorable(value);
}
