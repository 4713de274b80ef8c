import type { Comparison, Condition, Operand } from './directory-query.ts';
import type { MemberKind } from './directory-user.ts';

/**
 * What part of a feed a condition can be looked up in: by an ordinary index, by texts that every match contains among
 * its names and addresses, or nothing less than all of it.
 */
export type Narrowing = { readonly kind: 'index' | 'everything' } | { readonly kind: 'texts'; readonly texts: readonly SoughtText[] };

/** What a match contains, and the piece of it that the search begins with. */
export interface SoughtText {
  readonly text: string;
  readonly piece: string;
}

const EVERYTHING: Narrowing = { kind: 'everything' };
const INDEX: Narrowing = { kind: 'index' };
const MOST_TEXTS = 4;

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

function textsOf(condition: Condition, kind: MemberKind): readonly SoughtText[] | undefined {
  if (condition.kind !== 'compare' || kind !== 'User') return undefined;
  const { operand, comparison, value } = condition;
  if (!BY_TEXT.has(comparison) || !isSearchable(operand) || typeof value !== 'string') return undefined;
  const piece = pieceOf(value);
  return piece === undefined ? undefined : [{ text: value, piece }];
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
