import { isStorable } from './resource-json.ts';
import { invalidFilter } from './scim-error.ts';
import type { ScimError } from './scim-error.ts';

export interface Token {
  readonly kind: '(' | ')' | '[' | ']' | 'word' | 'string' | 'number' | 'end';
  readonly text: string;
  /** Position in the filter, from 0. */
  readonly at: number;
  readonly value?: string | number;
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** Attribute names, URNs, keywords, and the `.value` that may follow a bracket. */
const WORD = /[A-Za-z$._][-\w.:$/+%~]*/y;

/** The one shape of a syntax error: what was wrong, and where. */
export const filterErrorAt = (at: number, what: string): ScimError => invalidFilter(`${what} at position ${at + 1} of the filter.`);

/** Splits a filter into tokens (RFC 7644 §3.4.2.2). Linear in the length of the text. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    if (char === ' ' || char === '\t') {
      at += 1;
      continue;
    }
    const token = tokenAt(text, at, char);
    tokens.push(token);
    at += token.text.length;
  }
  tokens.push({ kind: 'end', text: '', at: text.length });
  return tokens;
}

function tokenAt(text: string, at: number, char: string): Token {
  if (char === '(' || char === ')' || char === '[' || char === ']') return { kind: char, text: char, at };
  if (char === '"') return stringAt(text, at);
  if (char === '-' || (char >= '0' && char <= '9')) {
    NUMBER.lastIndex = at;
    const digits = NUMBER.exec(text)?.[0] ?? '';
    const next = text.charAt(at + digits.length);
    if (digits !== '' && Number.isFinite(Number(digits)) && !/[\w.]/.test(next)) return { kind: 'number', text: digits, at, value: Number(digits) };
    throw filterErrorAt(at, 'A number that is not valid JSON');
  }
  WORD.lastIndex = at;
  const word = WORD.exec(text)?.[0];
  if (word === undefined) throw filterErrorAt(at, 'An unexpected character');
  return { kind: 'word', text: word, at };
}

function stringAt(text: string, at: number): Token {
  let end = at + 1;
  while (end < text.length && text.charAt(end) !== '"') end += text.charAt(end) === '\\' ? 2 : 1;
  if (end >= text.length) throw filterErrorAt(at, 'A string without its closing quote');
  const literal = text.slice(at, end + 1);
  let value: string;
  try {
    value = JSON.parse(literal) as string;
  } catch {
    throw filterErrorAt(at, 'A string that is not valid JSON');
  }
  if (!isStorable(value)) throw filterErrorAt(at, 'A string with NUL or half of a surrogate pair');
  return { kind: 'string', text: literal, at, value };
}
