import { filterErrorAt, tokenize } from './filter-lexer.ts';
import type { Token } from './filter-lexer.ts';
import { invalidFilter } from './scim-error.ts';

export const OPERATORS = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'] as const;
export type Operator = (typeof OPERATORS)[number];
export type FilterValue = string | number | boolean | null;

/** A filter as it is written. Names are still text; `checkFilter` resolves them. */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Filter[] }
  | { readonly kind: 'not'; readonly operand: Filter }
  | { readonly kind: 'present'; readonly path: string }
  | { readonly kind: 'compare'; readonly path: string; readonly operator: Operator; readonly value: FilterValue }
  /** `emails[type eq "work"]`: all of `filter` must hold for one and the same value. */
  | { readonly kind: 'element'; readonly path: string; readonly filter: Filter };

export interface FilterLimits {
  readonly length: number;
  readonly depth: number;
  readonly terms: number;
}

export const FILTER_LIMITS: FilterLimits = { length: 8192, depth: 32, terms: 256 };

/** Parses a whole filter (RFC 7644 §3.4.2.2); throws `invalidFilter` with the position. */
export function parseFilter(text: string, limits: FilterLimits = FILTER_LIMITS): Filter {
  return new FilterParser(text, limits, false).parse();
}

/** Parses what stands inside the brackets of a path, where no further brackets may stand. */
export function parseValueFilter(text: string, limits: FilterLimits = FILTER_LIMITS): Filter {
  return new FilterParser(text, limits, true).parse();
}

const ATTRIBUTE = /^(?:[A-Za-z][-\w]*(?:\.\$?[A-Za-z][-\w]*)?|\$ref|urn(?::[-\w.$/+%~]+)+)$/i;

/** Whether the text has the form of an attribute path: a name, a name with a part, either after a URN. */
export const isAttributePath = (text: string): boolean => text.length <= 512 && ATTRIBUTE.test(text);

class FilterParser {
  readonly #tokens: readonly Token[];
  readonly #limits: FilterLimits;
  #next = 0;
  #terms = 0;
  #inElement: boolean;

  constructor(text: string, limits: FilterLimits, inElement: boolean) {
    if (text.length > limits.length) throw invalidFilter(`The filter is longer than ${limits.length} characters.`);
    this.#tokens = tokenize(text);
    this.#limits = limits;
    this.#inElement = inElement;
  }

  parse(): Filter {
    const filter = this.#or(0);
    const token = this.#peek();
    if (token.kind !== 'end') throw filterErrorAt(token.at, 'Something that should not follow');
    return filter;
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', text: '', at: 0 };
  }

  #take(): Token {
    const token = this.#peek();
    this.#next += 1;
    return token;
  }

  #expect(kind: Token['kind'], what: string): void {
    const token = this.#take();
    if (token.kind !== kind) throw filterErrorAt(token.at, `${what} is missing`);
  }

  #takesWord(word: string): boolean {
    const token = this.#peek();
    if (token.kind !== 'word' || token.text.toLowerCase() !== word) return false;
    this.#next += 1;
    return true;
  }

  #or(depth: number): Filter {
    return this.#joined('or', () => this.#and(depth));
  }

  #and(depth: number): Filter {
    return this.#joined('and', () => this.#term(depth));
  }

  /** `and` binds tighter than `or`; chains stay flat, so their length costs no depth. */
  #joined(kind: 'and' | 'or', operand: () => Filter): Filter {
    const first = operand();
    const operands = [first];
    while (this.#takesWord(kind)) operands.push(operand());
    return operands.length === 1 ? first : { kind, operands };
  }

  #term(depth: number): Filter {
    const token = this.#take();
    if (depth >= this.#limits.depth) throw filterErrorAt(token.at, `Nesting deeper than ${this.#limits.depth} levels`);
    if (token.kind === '(') return this.#group(depth);
    if (token.kind !== 'word') throw filterErrorAt(token.at, 'An attribute name is missing');
    if (token.text.toLowerCase() === 'not' && this.#peek().kind === '(') {
      this.#take();
      return { kind: 'not', operand: this.#group(depth) };
    }
    this.#terms += 1;
    if (this.#terms > this.#limits.terms) throw invalidFilter(`The filter has more than ${this.#limits.terms} conditions.`);
    if (!isAttributePath(token.text)) throw filterErrorAt(token.at, 'Something that is no attribute name');
    return this.#peek().kind === '[' ? this.#element(token, depth) : this.#condition(token.text);
  }

  #group(depth: number): Filter {
    const filter = this.#or(depth + 1);
    this.#expect(')', 'A closing parenthesis');
    return filter;
  }

  #condition(path: string): Filter {
    const token = this.#take();
    const operator = token.text.toLowerCase();
    if (token.kind === 'word' && operator === 'pr') return { kind: 'present', path };
    const known = OPERATORS.find((candidate) => candidate === operator);
    if (token.kind !== 'word' || known === undefined) throw filterErrorAt(token.at, 'An operator is missing');
    return { kind: 'compare', path, operator: known, value: this.#value() };
  }

  #value(): FilterValue {
    const token = this.#take();
    if (token.value !== undefined) return token.value;
    const word = token.kind === 'word' ? token.text.toLowerCase() : '';
    if (word === 'true' || word === 'false') return word === 'true';
    if (word === 'null') return null;
    throw filterErrorAt(token.at, 'A value (a string in double quotes, a number, true, false or null) is missing');
  }

  /** A value path. `emails[F].value eq "x"`, which the grammar lacks but clients send, means `emails[F and value eq "x"]`. */
  #element(name: Token, depth: number): Filter {
    if (this.#inElement) throw filterErrorAt(name.at, 'A bracket inside brackets');
    this.#take();
    this.#inElement = true;
    const filter = this.#or(depth + 1);
    this.#expect(']', 'A closing bracket');
    const part = this.#peek();
    let whole = filter;
    if (part.kind === 'word' && part.text.startsWith('.')) {
      this.#take();
      if (!isAttributePath(part.text.slice(1))) throw filterErrorAt(part.at, 'Something that is no sub-attribute');
      const condition = this.#condition(part.text.slice(1));
      whole = { kind: 'and', operands: filter.kind === 'and' ? [...filter.operands, condition] : [filter, condition] };
    }
    this.#inElement = false;
    return { kind: 'element', path: name.text, filter: whole };
  }
}
