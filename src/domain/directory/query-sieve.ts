import type { ComparedValue, Comparison, Condition, PathOperand } from './directory-query.ts';

/**
 * What must stand in the text of every resource that matches. To parse a resource costs ten times what it costs to look
 * for a word in its text, so a search that must look at everybody parses only those whose text passes.
 */
export type Sieve =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Sieve[] }
  /** `lowered`: looked for in the text with A to Z in lower case, instead of the text as it stands. */
  | { readonly kind: 'text'; readonly text: string; readonly lowered: boolean };

const MOST_TEXTS = 12;

/** Nothing where the condition says nothing about the text, or too much. */
export function sieveOf(condition: Condition): Sieve | undefined {
  const sieve = sieveBelow(condition);
  return sieve && textsIn(sieve) <= MOST_TEXTS ? sieve : undefined;
}

const textsIn = (sieve: Sieve): number => (sieve.kind === 'text' ? 1 : sieve.of.reduce((sum, one) => sum + textsIn(one), 0));

function sieveBelow(condition: Condition): Sieve | undefined {
  switch (condition.kind) {
    case 'all':
      return every(condition.of.map((one) => sieveBelow(one)));
    case 'any':
      return some(condition.of.map((one) => sieveBelow(one)));
    case 'not':
      return undefined;
    case 'present':
      return condition.operand.kind === 'path' ? keysOf(condition.operand.path) : undefined;
    case 'element': {
      const { list } = condition;
      if (list.kind === 'edges') return undefined;
      return every([keysOf(list.path), sieveBelow(condition.condition)]);
    }
    case 'compare': {
      const { operand, comparison, value } = condition;
      if (operand.kind !== 'path' || comparison === 'differs') return undefined;
      return every([...valueTexts(operand, comparison, value), keysOf(operand.path)]);
    }
  }
}

function every(parts: readonly (Sieve | undefined)[]): Sieve | undefined {
  const of = parts.filter((part) => part !== undefined);
  return of.length > 0 ? { kind: 'all', of } : undefined;
}

function some(parts: readonly (Sieve | undefined)[]): Sieve | undefined {
  const of = parts.filter((part) => part !== undefined);
  return of.length > 0 && of.length === parts.length ? { kind: 'any', of } : undefined;
}

const asItStands = (text: string): Sieve => ({ kind: 'text', text, lowered: false });

/** Resources are stored as `JSON.stringify` writes them: a colon follows its key, and a key has one spelling. */
const keysOf = (path: readonly string[]): Sieve | undefined => every(path.map((name) => asItStands(`${JSON.stringify(name)}:`)));

/** Whether the compared text begins (or ends) where the stored one does. */
const FROM_START = new Set<Comparison>(['equals', 'begins']);
const TO_END = new Set<Comparison>(['equals', 'ends']);

function valueTexts({ type, folded }: PathOperand, comparison: Comparison, value: ComparedValue): Sieve[] {
  if (type !== 'text' || typeof value !== 'string') return [];
  if (!FROM_START.has(comparison) && !TO_END.has(comparison) && comparison !== 'contains') return [];
  const [start, end] = [FROM_START.has(comparison) ? '"' : '', TO_END.has(comparison) ? '"' : ''];
  if (!folded) return [asItStands(`${start}${JSON.stringify(value).slice(1, -1)}${end}`)].filter(isTelling);
  const runs = certainRuns(value);
  const [first = '', last = ''] = [runs[0], runs.at(-1)];
  const quoted = runs.length === 1 ? [`${start}${first}${end}`] : [`${start}${first}`, ...runs.slice(1, -1), `${last}${end}`];
  const uncased = longest(quoted.flatMap((run) => run.split(/[a-z]+/)));
  const lowered = longest(quoted.filter((run) => run !== uncased));
  return [asItStands(uncased), { kind: 'text', text: lowered, lowered: true } as const].filter(isTelling);
}

const longest = (texts: readonly string[]): string => texts.reduce((best, text) => (text.length > best.length ? text : best), '');

const SHORTEST = 2;
const isTelling = (sieve: Sieve): boolean => sieve.kind === 'text' && sieve.text.length >= SHORTEST;

/**
 * Characters that folding makes of others as well: U+212A becomes k, U+0130 an i with a dot above, and the composed form
 * of U+037E and U+1FEF is ASCII. The rest of ASCII comes of itself alone (in either case), and what folding neither
 * removes nor puts in between stands together in the stored text as well. Quotes, backslashes and controls are escaped.
 */
const CERTAIN = /[ !#-:<-[\]^_a-hjl-z{|}~]/;

/** The folded text cut at every character that could be stored as something else. The first and the last piece may be empty. */
function certainRuns(folded: string): string[] {
  const runs = [''];
  for (const character of folded) {
    if (CERTAIN.test(character)) runs[runs.length - 1] += character;
    else runs.push('');
  }
  return runs;
}
