import { invalidSyntax } from './scim-error.ts';

/** A value as JSON knows it. Everything that comes in is one of these before anything looks at it. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;
export interface JsonObject {
  [key: string]: JsonValue;
}

/** Deeper than any SCIM message can be (bulk data holding a PATCH is 8), shallow enough for every recursion below it. */
export const MAX_JSON_DEPTH = 64;

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether PostgreSQL can keep the text: JSON can spell NUL and lone surrogates, PostgreSQL's text cannot hold them. */
export const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\0');

/**
 * Parses a request body. Refuses what nests deeper than `MAX_JSON_DEPTH` before parsing it; of repeated keys the last
 * wins (as in ECMA-262); a key `__proto__` is dropped.
 */
export function parseJson(text: string): JsonValue {
  if (isTooDeep(text)) throw invalidSyntax(`The body nests deeper than ${MAX_JSON_DEPTH} levels.`);
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    throw invalidSyntax('The body is not valid JSON.');
  }
  // The key may also be spelled with escapes, so any escape sequence makes the walk necessary.
  if (text.includes('__proto__') || text.includes('\\u')) dropPrototypeKeys(value);
  return value;
}

const QUOTE = 34;
const BACKSLASH = 92;

function isTooDeep(text: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (quoted) {
      if (code === BACKSLASH) index += 1;
      else if (code === QUOTE) quoted = false;
    } else if (code === QUOTE) quoted = true;
    else if (code === 123 || code === 91) {
      depth += 1;
      if (depth > MAX_JSON_DEPTH) return true;
    } else if (code === 125 || code === 93) depth -= 1;
  }
  return false;
}

function dropPrototypeKeys(value: JsonValue): void {
  if (Array.isArray(value)) for (const element of value) dropPrototypeKeys(element);
  else if (isObject(value)) {
    if (Object.hasOwn(value, '__proto__')) delete value['__proto__'];
    for (const key of Object.keys(value)) dropPrototypeKeys(value[key] ?? null);
  }
}

/** Deep equality; the order of an object's keys does not matter. */
export function equalJson(left: JsonValue | undefined, right: JsonValue | undefined): boolean {
  if (left === right) return true;
  if (Array.isArray(left)) {
    return Array.isArray(right) && left.length === right.length && left.every((value, index) => equalJson(value, right[index]));
  }
  if (!isObject(left) || !isObject(right)) return false;
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((key) => Object.hasOwn(right, key) && equalJson(left[key], right[key]));
}

/** A member by its name in any case (RFC 7643 §2.1); of several spellings the last wins. Own properties only. */
export function memberOf(object: JsonObject, name: string): JsonValue | undefined {
  if (Object.hasOwn(object, name)) return object[name];
  const wanted = name.toLowerCase();
  const key = Object.keys(object).findLast((candidate) => candidate.toLowerCase() === wanted);
  return key === undefined ? undefined : object[key];
}

/** A text that is there and says something; null otherwise. */
export function textOf(object: JsonObject, name: string): string | null {
  const value = object[name];
  return typeof value === 'string' && value !== '' ? value : null;
}
