import { groupNameFault } from './group-key.ts';
import type { ReadPairs } from './group-role-pairs.ts';
import { ROLE_NAME_RULE, isRoleName } from './role-name.ts';

interface Token {
  readonly kind: 'string' | 'mark' | 'other' | 'end';
  /** A string's value; otherwise the text itself. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

/** Not `JSON.parse`: that drops all but the last of several equal keys and cannot tell where a wrong name stands. */
const TOKEN = /\s*(?:("(?:[^"\\\p{Cc}]|\\.)*")|([{}[\]:,])|([^\s{}[\]:,]+))?/uy;

function* tokensOf(text: string): Generator<Token, void> {
  for (let at = 0; ; ) {
    TOKEN.lastIndex = at;
    const [all = '', quoted, mark, other] = TOKEN.exec(text) ?? [];
    at += all.length;
    const raw = quoted ?? mark ?? other;
    if (raw === undefined) {
      yield { kind: 'end', value: '', start: at, end: at };
      return;
    }
    const place = { start: at - raw.length, end: at };
    const value = quoted === undefined ? undefined : decoded(quoted);
    if (value !== undefined) yield { kind: 'string', value, ...place };
    else yield { kind: mark === undefined ? 'other' : 'mark', value: raw, ...place };
  }
}

function decoded(quoted: string): string | undefined {
  try {
    const value: unknown = JSON.parse(quoted);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What may follow, as a table: the form is one flat object, so no recursion is needed and no depth can hurt. */
type State = 'open' | 'first key' | 'key' | 'colon' | 'value' | 'role' | 'after role' | 'after value' | 'done';

const EXPECTED: Readonly<Record<State, string>> = {
  open: 'an opening brace',
  'first key': 'a group in double quotes',
  key: 'a group in double quotes',
  colon: 'a colon',
  value: 'a role in double quotes, or a list of them in brackets',
  role: 'a role in double quotes',
  'after role': 'a comma or ]',
  'after value': 'a comma or }',
  done: 'nothing more',
};

const MARKS: Readonly<Record<State, Readonly<Partial<Record<string, State>>>>> = {
  open: { '{': 'first key' },
  'first key': { '}': 'done' },
  key: {},
  colon: { ':': 'value' },
  value: { '[': 'role' },
  role: {},
  'after role': { ',': 'role', ']': 'after value' },
  'after value': { ',': 'key', '}': 'done' },
  done: {},
};

const STRINGS: Readonly<Partial<Record<State, State>>> = {
  'first key': 'colon',
  key: 'colon',
  value: 'after value',
  role: 'after role',
};

/** `{"group": ["role", …], "group": "role"}`. Stops at the first fault of form. */
export function readJsonForm(text: string): ReadPairs {
  const { pairs, faults }: ReadPairs = { pairs: [], faults: [] };
  let state: State = 'open';
  let roles: string[] = [];
  for (const token of tokensOf(text)) {
    const { kind, value, start, end } = token;
    if (kind === 'end' && state === 'done') break;
    const next: State | undefined = kind === 'string' ? STRINGS[state] : kind === 'mark' ? MARKS[state][value] : undefined;
    if (next === undefined) {
      faults.push({ start, end: end + (kind === 'end' ? 0 : 1), reason: `stands where ${EXPECTED[state]} is expected` });
      break;
    }
    if (kind === 'string' && next === 'colon') {
      const fault = groupNameFault(value);
      if (fault !== undefined) faults.push({ start, end, reason: fault });
      roles = [];
      pairs.push({ group: value.trim(), roles });
    } else if (kind === 'string') {
      if (isRoleName(value)) roles.push(value);
      else faults.push({ start, end, reason: `is not a role name (${ROLE_NAME_RULE})` });
    }
    state = next;
  }
  return { pairs, faults };
}
