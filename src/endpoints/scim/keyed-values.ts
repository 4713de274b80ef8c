import { EVERY_VALUE, valueKey } from '../../domain/directory/index.ts';
import { type JsonObject, type JsonValue, isObject } from './resource-json.ts';

/** Found by a column, by text, or with so many people that no index helps. */
const NOT_KEYED = new Set(['schemas', 'id', 'userName', 'externalId', 'active', 'name', 'displayName', 'emails', 'groups', 'meta', 'password', 'preferredLanguage', 'locale', 'timezone', 'addresses', 'photos', 'x509Certificates']);
const NOT_KEYED_PARTS = new Set(['type', 'primary', 'display', '$ref']);

/** Every number is an entry in the search index: whoever has more values is looked at in every search by value. */
const MOST_KEYS = 24;

/** Whether equality with an attribute is looked up by a number that stands for its value. */
export const isKeyed = (path: readonly string[]): boolean => !NOT_KEYED.has(path[0] ?? '') && (path.length === 1 || !NOT_KEYED_PARTS.has(path.at(-1) ?? ''));

/** The numbers of all values of a checked resource that only the resource itself holds. */
export function valueKeysOf(resource: JsonObject): number[] {
  const keys = new Set<number>();
  for (const [name, value] of Object.entries(resource)) if (!NOT_KEYED.has(name)) collect(value, [name], keys);
  return keys.size > MOST_KEYS ? [EVERY_VALUE] : [...keys];
}

/** As deep as the schemas are: an attribute of an extension and its parts. */
function collect(value: JsonValue, path: readonly string[], keys: Set<number>): void {
  if (Array.isArray(value)) for (const one of value) collect(one, path, keys);
  else if (isObject(value)) for (const [name, part] of Object.entries(value)) collect(part, [...path, name], keys);
  else if (value !== null && value !== '' && isKeyed(path)) keys.add(valueKey(path, value));
}
