import { DomainError } from '../../platform/errors.ts';
import { foldGroup } from './group-key.ts';
import { readJsonForm } from './group-role-json.ts';
import { readPairForm, readRoles, type WrittenPair } from './group-role-pairs.ts';
import { describeFault, locateFaults, type FaultAt, type TextFault } from './text-fault.ts';

/** The roles of one group. */
export interface GroupRoles {
  /** As first written. */
  readonly group: string;
  /** By which the group is found: `foldGroup` of its name. */
  readonly key: string;
  /** Sorted, each once. */
  readonly roles: readonly string[];
}

/** Sorted by key, each key once. */
export type GroupRoleMap = readonly GroupRoles[];

const MAX_TEXT = 1 << 19;

const byKey = (left: GroupRoles, right: GroupRoles): number => (left.key < right.key ? -1 : 1);

/** Joins pairs of one group; the first spelling stays. */
function merge(pairs: readonly WrittenPair[]): GroupRoleMap {
  const groups = new Map<string, { group: string; roles: Set<string> }>();
  for (const { group, roles } of pairs) {
    const key = foldGroup(group);
    const entry = groups.get(key) ?? { group, roles: new Set<string>() };
    for (const role of roles) entry.roles.add(role);
    groups.set(key, entry);
  }
  return [...groups].map(([key, { group, roles }]) => ({ group, key, roles: [...roles].sort() })).sort(byKey);
}

function refuse(what: string, faults: readonly TextFault[]): never {
  throw new DomainError('invalid', 'access.group_role_map_invalid', `The ${what} cannot be used: ${faults.map(describeFault).join('; ')}`, {
    details: { faults },
  });
}

const tooLong = (text: string): readonly FaultAt[] =>
  text.length > MAX_TEXT ? [{ start: MAX_TEXT, end: text.length, reason: `stands beyond ${MAX_TEXT} characters` }] : [];

/**
 * Reads a group to role map and reports every fault.
 *
 * ```
 * map   = pairs | JSON object {"group": "role" | ["role", …], …}
 * pairs = pair, separated by line breaks, by the two characters \n, or by commas
 * pair  = group "=" role, roles separated by "|"; repeating a group adds to its roles
 * group = anything without = , " and \n | '"' anything, with \" and \\ for " and \ '"'
 * ```
 */
export function readGroupRoleMap(text: string): { readonly map: GroupRoleMap; readonly faults: readonly TextFault[] } {
  const long = tooLong(text);
  if (long.length > 0) return { map: [], faults: locateFaults(text, long) };
  const { pairs, faults } = text.trimStart().startsWith('{') ? readJsonForm(text) : readPairForm(text);
  return { map: merge(pairs), faults: locateFaults(text, faults) };
}

/** As `readGroupRoleMap`. @throws DomainError that names every fault by line, column and text */
export function parseGroupRoleMap(text: string): GroupRoleMap {
  const { map, faults } = readGroupRoleMap(text);
  return faults.length > 0 ? refuse('group to role map', faults) : map;
}

/** Names that need no quotes whatever stands beside them. */
const PLAIN = /^[\p{L}\p{N}_./@+-][\p{L}\p{M}\p{N} _.:/@+-]*$/u;

const printGroup = (group: string): string => (PLAIN.test(group) ? group : `"${group.replace(/["\\]/g, '\\$&')}"`);

/** The text from which `parseGroupRoleMap` makes the same map again. */
export const printGroupRoleMap = (map: GroupRoleMap): string =>
  map.map(({ group, roles }) => `${printGroup(group)}=${roles.join('|')}`).join('\n');

/** Reads roles separated by commas, line breaks, the two characters `\n`, or `|`. */
export function readRoleDefaults(text: string): { readonly roles: readonly string[]; readonly faults: readonly TextFault[] } {
  const faults: FaultAt[] = [...tooLong(text)];
  const roles = new Set<string>();
  let at = 0;
  for (const part of faults.length > 0 ? [] : text.split(/(,|\n|\\n)/)) {
    const blank = part.trim() === '' || part === ',' || part === '\\n';
    if (!blank) for (const role of readRoles(text, at, at + part.length, faults)) roles.add(role);
    at += part.length;
  }
  return { roles: [...roles].sort(), faults: locateFaults(text, faults) };
}

/** As `readRoleDefaults`. @throws DomainError that names every fault by line, column and text */
export function parseRoleDefaults(text: string): readonly string[] {
  const { roles, faults } = readRoleDefaults(text);
  return faults.length > 0 ? refuse('list of default roles', faults) : roles;
}
