import type { SettingSchema } from './config-schema.ts';

const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ['1', true],
  ['true', true],
  ['on', true],
  ['0', false],
  ['false', false],
  ['off', false],
]);

const SECONDS: ReadonlyMap<string, number> = new Map([
  ['s', 1],
  ['m', 60],
  ['h', 3600],
  ['d', 86_400],
]);

/** The value of a variable, or why there is none. */
export type Word = { readonly value: unknown } | { readonly fault: string };

function readInteger(text: string, schema: SettingSchema): Word {
  const match = /^(-?\d{1,15})([smhd])?$/.exec(text);
  if (!match?.[1] || (match[2] !== undefined && schema['x-unit'] !== 'seconds')) return { fault: `must be ${schema['x-expects'] ?? 'a whole number'}` };
  return { value: Number(match[1]) * (SECONDS.get(match[2] ?? 's') ?? 1) };
}

function readFlag(text: string): Word {
  const flag = FLAGS.get(text.trim().toLowerCase());
  return flag === undefined ? { fault: 'must be one of 1, 0, true, false, on, off' } : { value: flag };
}

const READERS: Readonly<Record<SettingSchema['type'], (text: string, schema: SettingSchema) => Word>> = {
  integer: (text, schema) => readInteger(text.trim(), schema),
  boolean: readFlag,
  array: (text) => ({ value: text.split(',').map((item) => item.trim()) }),
  string: (text) => ({ value: text }),
};

/**
 * Turns the text of one variable into the type its schema asks for. Whether the value is allowed is the schema's to say.
 * An empty variable is a fault and never a default: `FLAG=` is as likely meant to be off as to be unset.
 */
export const readWord = (text: string, schema: SettingSchema): Word =>
  text.trim() === '' ? { fault: 'is empty; remove the variable to get the default' } : READERS[schema.type](text, schema);
