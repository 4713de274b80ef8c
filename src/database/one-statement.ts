import type { Several } from './several.ts';
import type { Statement } from './statement.ts';

interface Combined {
  readonly text: string;
  readonly of: readonly string[];
  readonly several: Several | undefined;
}

/** By name: a combination is put together once per process. */
const combined = new Map<string, Combined>();

/** What only reads is not carried out in front of the last part, which asks nothing of it. */
const WRITES = /^\s*(?:insert|update|delete)\s/;

function combine(parts: readonly Statement[]): Combined {
  const idle = parts.slice(0, -1).find(({ text }) => !WRITES.test(text));
  if (idle !== undefined) throw new Error(`${idle.name} is no write: only the last part may be none`);
  return { text: joined(parts, ({ text }) => text), of: parts.map(({ text }) => text), several: severalOf(parts) };
}

function joined(parts: readonly Statement[], textOf: (part: Statement) => string): string {
  let bound = 0;
  const shifted = parts.map((part) => {
    const by = bound;
    bound += part.values.length;
    return textOf(part).replace(/\$(\d+)/g, (_, position: string) => `$${Number(position) + by}`);
  });
  const last = shifted.pop() ?? '';
  const leading = shifted.map((text, index) => `part_${index} as (${text})`);
  return leading.length === 0 ? last : `with ${leading.join(',\n')}\n${last}`;
}

/** Several combinations are the combination of several of each part. */
function severalOf(parts: readonly Statement[]): Several | undefined {
  let bound = 0;
  const ranges: { readonly from: number; readonly to: number; readonly several: Several }[] = [];
  for (const { several, values } of parts) {
    if (several === undefined) return undefined;
    ranges.push({ from: bound, to: (bound += values.length), several });
  }
  return {
    text: joined(parts, ({ several, text }) => several?.text ?? text),
    values: (all) => ranges.flatMap(({ from, to, several }) => several.values(all.map((values) => values.slice(from, to)))),
  };
}

/**
 * Several writes as one statement, for hot paths: the server binds, starts and ends one plan instead of one per write. All
 * parts see the database as it was before the statement and are carried out in no particular order, so none may build on
 * what another one writes; constraints are checked after all of them. A part must not have a `with` of its own, nor `tells`,
 * and all but the last one must be plain writes: only the last one's rows are seen.
 * @param name one name means the same parts in the same order, for the whole process
 * @returns a statement whose rows are those of the last part
 */
export function oneStatement(name: string, parts: readonly Statement[]): Statement {
  let known = combined.get(name);
  if (known === undefined) combined.set(name, (known = combine(parts)));
  if (known.of.length !== parts.length || parts.some(({ text }, index) => text !== known.of[index])) throw new Error(`two combinations are named ${name}`);
  const values: unknown[] = [];
  const told: string[] = [];
  for (const part of parts) {
    if (part.tells !== undefined) throw new Error(`${part.name} must stand alone: its rows say what it tells of`);
    for (const value of part.values) values.push(value);
    if (part.told) told.push(...part.told);
  }
  return { name, text: known.text, values, told, ...(known.several && { several: known.several }) };
}
