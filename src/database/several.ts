import utils from 'pg/lib/utils.js';
import type { Statement } from './statement.ts';

/** How statements that several callers send at the same time become one. */
export interface Several {
  /** The statement's own text for many: each `$n` stands for what `values` makes of all their `$n`. */
  readonly text: string;
  readonly values: (all: readonly (readonly unknown[])[]) => readonly unknown[];
}

/** Arrays of arrays must not be ragged, so an array among others goes as its text. */
const element = (value: unknown): unknown => (Array.isArray(value) ? utils.prepareValue(value) : value);

/** Each `$n` becomes the array of all of them, for `unnest`. */
export const columns: Several['values'] = (all) => (all[0] ?? []).map((_, position) => all.map((values) => element(values[position])));

/** Each `$n` is an array already; they become one. */
export const appended: Several['values'] = (all) => (all[0] ?? []).map((_, position) => all.flatMap((values) => values[position]));

/** @param all of one name, each with its `several` */
export function together(all: readonly [Statement, ...Statement[]]): Statement {
  const [{ name, several }] = all;
  if (several === undefined) throw new Error(`${name} stands for one alone`);
  return { name: `${name} several`, text: several.text, values: several.values(all.map(({ values }) => values)), told: all.flatMap(({ told = [] }) => told) };
}
