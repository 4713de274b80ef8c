import type { Comparison, Condition, Operand } from './directory-query.ts';
import type { MemberKind } from './directory-user.ts';
import { valueKey } from './value-key.ts';

/**
 * What part of a feed a condition can be looked up in: by an ordinary index, by searches that together name every
 * match (texts among names and addresses, values of attributes), or nothing less than all of it.
 */
export type Narrowing = { readonly kind: 'index' | 'everything' } | { readonly kind: 'searches'; readonly searches: readonly Search[] };

/** What a match contains, and the piece of it that the search begins with; or the number of a value that it has. */
export type Search = { readonly kind: 'text'; readonly text: string; readonly piece: string } | { readonly kind: 'value'; readonly key: number };

const EVERYTHING: Narrowing = { kind: 'everything' };
const INDEX: Narrowing = { kind: 'index' };
const MOST_SEARCHES = 4;

/** Letters and digits in a row: fewer than three, and an index of trigrams finds nothing. */
const WORDS = /[\p{L}\p{N}]{3,}/gu;
const DIGITS = /\p{N}{3,}/gu;
const ENOUGH = 6;

const longest = (parts: readonly string[] | null): string | undefined => parts?.reduce((best, part) => (part.length > best.length ? part : best));

/**
 * The piece of a text that the index is asked for. Every trigram that everybody has (a domain, `mil` of `family`) costs
 * the index a walk through everybody and narrows nothing, so the piece is short, and of the part that people differ in:
 * what stands before the @, there a number if there is one, else the end of the longest word.
 */
function pieceOf(text: string): string | undefined {
  const [name = ''] = text.split('@');
  const word = longest(name.match(WORDS)) ?? longest(text.match(WORDS));
  if (word === undefined) return undefined;
  const number = longest(name.match(DIGITS));
  const numbered = number === undefined ? undefined : name.match(WORDS)?.find((one) => one.includes(number));
  const upTo = number === undefined || numbered === undefined ? word : numbered.slice(0, numbered.indexOf(number) + number.length);
  return Array.from(upTo).slice(-ENOUGH).join('');
}

const BY_RANGE = new Set(['begins', 'above', 'atLeast', 'below', 'atMost']);
const BY_TEXT = new Set(['equals', 'contains', 'begins', 'ends']);

/** @param above names on the way to the element that the condition is about */
export function narrow(condition: Condition, kind: MemberKind, above: readonly string[] = []): Narrowing {
  switch (condition.kind) {
    case 'all': {
      const parts = condition.of.map((one) => narrow(one, kind, above));
      return parts.find((part) => part.kind === 'index') ?? parts.find((part) => part.kind === 'searches') ?? EVERYTHING;
    }
    case 'any':
      return either(condition.of.map((one) => ({ one, found: narrow(one, kind, above) })), kind, above);
    case 'element':
      return condition.list.kind === 'edges' ? INDEX : narrow(condition.condition, kind, condition.list.path);
    case 'compare': {
      const { operand, comparison } = condition;
      if (operand.kind === 'edge') return comparison === 'differs' ? EVERYTHING : INDEX;
      if (isIndexed(operand, kind) && (comparison === 'equals' || isOrdered(operand, comparison))) return INDEX;
      const search = searchOf(condition, kind, above);
      return search ? { kind: 'searches', searches: [search] } : EVERYTHING;
    }
    case 'not':
    case 'present':
      return EVERYTHING;
  }
}

/** Of alternatives, each must be found in the same way. */
function either(parts: readonly { one: Condition; found: Narrowing }[], kind: MemberKind, above: readonly string[]): Narrowing {
  if (parts.length > 0 && parts.every(({ found }) => found.kind === 'index')) return INDEX;
  const searches = parts.map(({ one, found }) => (found.kind === 'searches' ? found.searches : [searchOf(one, kind, above)]));
  const all = searches.flat().filter((search) => search !== undefined);
  const complete = searches.every((some) => some.every((search) => search !== undefined));
  return parts.length > 0 && complete && all.length <= MOST_SEARCHES ? { kind: 'searches', searches: all } : EVERYTHING;
}

function searchOf(condition: Condition, kind: MemberKind, above: readonly string[]): Search | undefined {
  if (condition.kind !== 'compare' || kind !== 'User') return undefined;
  const { operand, comparison, value } = condition;
  if (operand.kind === 'path' && operand.keyed && comparison === 'equals' && operand.type !== 'instant') {
    return { kind: 'value', key: valueKey([...above, ...operand.path], value) };
  }
  if (!BY_TEXT.has(comparison) || !isSearchable(operand) || typeof value !== 'string') return undefined;
  const piece = pieceOf(value);
  return piece === undefined ? undefined : { kind: 'text', text: value, piece };
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
