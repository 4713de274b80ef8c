import { groupNameFault } from './group-key.ts';
import { ROLE_NAME_RULE, isRoleName } from './role-name.ts';
import type { FaultAt } from './text-fault.ts';

/** One pair as written: the group's spelling and its roles. */
export interface WrittenPair {
  readonly group: string;
  readonly roles: readonly string[];
}

export interface ReadPairs {
  readonly pairs: WrittenPair[];
  readonly faults: FaultAt[];
}

const QUOTE_HINT = '; a group with = , " or backslash-n in its name must stand in double quotes';

/** The length of a separator at this place: a line break, a comma, or the two characters `\n` that a shell leaves as they are. */
function separatorAt(text: string, at: number): number {
  const char = text[at];
  if (char === ',' || char === '\n' || char === '\r') return 1;
  return char === '\\' && text[at + 1] === 'n' ? 2 : 0;
}

function endOfItem(text: string, from: number, stop = ''): number {
  let at = from;
  while (at < text.length && text[at] !== stop && separatorAt(text, at) === 0) at += 1;
  return at;
}

/** Inside quotes `\"` and `\\` are escapes; any other backslash stands for itself, as LDAP names need it (RFC 4514 §2.4). */
function readQuoted(text: string, open: number): { value: string; end: number } | undefined {
  let value = '';
  for (let at = open + 1; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (char === '"') return { value, end: at + 1 };
    if (char === '\\' && ['"', '\\'].includes(text[at + 1] ?? '')) at += 1;
    value += text[at] ?? '';
  }
  return undefined;
}

/** Roles between `start` and `end`, separated by `|`; every wrong one is reported at its own place. */
export function readRoles(text: string, start: number, end: number, faults: FaultAt[]): string[] {
  const roles: string[] = [];
  let at = start;
  for (const part of text.slice(start, end).split('|')) {
    const role = part.trim();
    const lead = part.length - part.trimStart().length;
    if (isRoleName(role)) roles.push(role);
    else if (role === '') faults.push({ start, end, reason: 'has a | without a role on each side' });
    else faults.push({ start: at + lead, end: at + lead + role.length, reason: `is not a role name (${ROLE_NAME_RULE})${role.includes('=') ? QUOTE_HINT : ''}` });
    at += part.length + 1;
  }
  return roles;
}

/** Reads the pair that begins at `start` and returns where it ends. */
function readPair(text: string, start: number, { pairs, faults }: ReadPairs): number {
  let end = endOfItem(text, start, '=');
  let group = text.slice(start, end).trim();
  if (text[start] === '"') {
    const quoted = readQuoted(text, start);
    if (!quoted) {
      faults.push({ start, end: text.length, reason: 'has an opening quote that is never closed' });
      return text.length;
    }
    group = quoted.value.trim();
    end = quoted.end;
    while (text[end] === ' ' || text[end] === '\t') end += 1;
  } else if (group.includes('"')) faults.push({ start, end, reason: `has a quote inside a name${QUOTE_HINT}` });
  const itemEnd = endOfItem(text, end);
  if (text[end] !== '=') {
    faults.push({ start, end: itemEnd, reason: `is not of the form group=role${QUOTE_HINT}` });
    return itemEnd;
  }
  const fault = groupNameFault(group);
  if (fault !== undefined) faults.push({ start, end: itemEnd, reason: fault });
  if (text.slice(end + 1, itemEnd).trim() === '') faults.push({ start, end: itemEnd, reason: 'has no role after =' });
  else pairs.push({ group, roles: readRoles(text, end + 1, itemEnd, faults) });
  return itemEnd;
}

/** `group=role|role` pairs. Blank items between separators are allowed, so that a list may end with one. */
export function readPairForm(text: string): ReadPairs {
  const result: ReadPairs = { pairs: [], faults: [] };
  let at = 0;
  while (at < text.length) {
    const separator = separatorAt(text, at);
    if (separator > 0) at += separator;
    else if (text[at]?.trim() === '') at += 1;
    else at = readPair(text, at, result);
  }
  return result;
}
