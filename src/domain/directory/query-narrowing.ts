import type { Comparison, Condition, Operand } from './directory-query.ts';
import type { MemberKind } from './directory-user.ts';

/**
 * What part of a feed a condition can be looked up in: by an ordinary index, by texts that every match contains among
 * its names and addresses, or nothing less than all of it.
 */
export type Narrowing = { readonly kind: 'index' | 'everything' } | { readonly kind: 'texts'; readonly texts: readonly string[] };

const EVERYTHING: Narrowing = { kind: 'everything' };
const INDEX: Narrowing = { kind: 'index' };
const MOST_TEXTS = 4;

/** Three letters or digits in a row: below that, an index of trigrams finds nothing. */
const FINDABLE = /[\p{L}\p{N}]{3}/u;
const ENOUGH = 10;

/**
 * A piece of the text that few have: what everybody has (a domain, a common beginning) costs the index most and narrows
 * nothing. Who is found by the piece is judged by the whole.
 */
function pieceOf(text: string): string | undefined {
  const [name = ''] = text.split('@');
  const whole = FINDABLE.test(name) ? name : text;
  const end = Array.from(whole).slice(-ENOUGH).join('');
  return [end, whole].find((piece) => FINDABLE.test(piece));
}

const BY_RANGE = new Set(['begins', 'above', 'atLeast', 'below', 'atMost']);
const BY_TEXT = new Set(['equals', 'contains', 'begins', 'ends']);

export function narrow(condition: Condition, kind: MemberKind): Narrowing {
  switch (condition.kind) {
    case 'all': {
      const parts = condition.of.map((one) => narrow(one, kind));
      return parts.find((part) => part.kind === 'index') ?? parts.find((part) => part.kind === 'texts') ?? EVERYTHING;
    }
    case 'any':
      return either(condition.of.map((one) => ({ one, found: narrow(one, kind) })), kind);
    case 'element':
      return condition.list.kind === 'edges' ? INDEX : narrow(condition.condition, kind);
    case 'compare': {
      const { operand, comparison } = condition;
      if (operand.kind === 'edge') return comparison === 'differs' ? EVERYTHING : INDEX;
      if (isIndexed(operand, kind) && (comparison === 'equals' || isOrdered(operand, comparison))) return INDEX;
      const texts = textsOf(condition, kind);
      return texts ? { kind: 'texts', texts } : EVERYTHING;
    }
    case 'not':
    case 'present':
      return EVERYTHING;
  }
}

/** Of alternatives, each must be found in the same way. */
function either(parts: readonly { one: Condition; found: Narrowing }[], kind: MemberKind): Narrowing {
  if (parts.length > 0 && parts.every(({ found }) => found.kind === 'index')) return INDEX;
  const texts = parts.map(({ one, found }) => (found.kind === 'texts' ? found.texts : textsOf(one, kind)));
  const all = texts.flatMap((some) => some ?? []);
  return parts.length > 0 && texts.every((some) => some !== undefined) && all.length <= MOST_TEXTS ? { kind: 'texts', texts: all } : EVERYTHING;
}

function textsOf(condition: Condition, kind: MemberKind): readonly string[] | undefined {
  if (condition.kind !== 'compare' || kind !== 'User') return undefined;
  const { operand, comparison, value } = condition;
  const piece = BY_TEXT.has(comparison) && isSearchable(operand) && typeof value === 'string' ? pieceOf(value) : undefined;
  return piece === undefined ? undefined : [piece];
}

function isIndexed(operand: Operand, kind: MemberKind): boolean {
  if (operand.kind !== 'column') return false;
  return operand.column === 'externalId' || operand.column === (kind === 'User' ? 'userName' : 'displayName') || operand.column === 'id';
}

/** Ids are compared as texts but for equality. */
const isOrdered = (operand: Operand, comparison: Comparison): boolean => BY_RANGE.has(comparison) && !(operand.kind === 'column' && operand.column === 'id');

function isSearchable(operand: Operand): boolean {
  if (operand.kind === 'path') return operand.searchable;
  return operand.kind === 'column' && (operand.column === 'userName' || operand.column === 'givenName' || operand.column === 'familyName');
}
