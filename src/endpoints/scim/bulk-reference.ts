import { type JsonObject, type JsonValue, isObject } from './resource-json.ts';
import { ScimError, invalidValue } from './scim-error.ts';

/**
 * References from one operation of a bulk request to what another creates (RFC 7644 §3.7.2): `bulkId:` before the bulkId,
 * as a whole text anywhere in the data, quoted inside the path of a PATCH operation, or as the id in an operation's path.
 */

const WHOLE = /^bulkId:(.+)$/is;
const IN_PATH = /"bulkId:([^"\\]+)"/gi;

/** The id that a bulkId stands for; undefined while, or because, its resource does not exist. */
export type ResolveBulkId = (bulkId: string) => string | undefined;

const referenceOf = (value: JsonValue): string | undefined => (typeof value === 'string' ? WHOLE.exec(value)?.[1] : undefined);

/** Every bulkId that a text refers to. */
function inText(text: string, key: string): readonly string[] {
  const whole = referenceOf(text);
  if (whole !== undefined) return [whole];
  return isPath(key) ? [...text.matchAll(IN_PATH)].flatMap((match) => match[1] ?? []) : [];
}

/** Every bulkId that the data refers to, each once. Its depth was bounded when it was parsed. */
export function referencesIn(data: JsonValue | undefined): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (value: JsonValue, key: string): void => {
    if (typeof value === 'string') for (const one of inText(value, key)) found.add(one);
    else if (Array.isArray(value)) for (const element of value) visit(element, '');
    else if (isObject(value)) for (const [name, part] of Object.entries(value)) visit(part, name);
  };
  if (data !== undefined) visit(data, '');
  return found;
}

const isPath = (key: string): boolean => key.toLowerCase() === 'path';

function resolved(bulkId: string, resolve: ResolveBulkId): string {
  const id = resolve(bulkId);
  // RFC 7644 §3.7.1: what cannot be resolved is a conflict of the operations with each other.
  if (id === undefined) throw new ScimError(409, undefined, `What the bulkId ${JSON.stringify(bulkId.slice(0, 100))} stands for was not created.`);
  return id;
}

/** The data with ids in place of all references. */
export function resolveReferences(data: JsonValue, resolve: ResolveBulkId, key = ''): JsonValue {
  if (typeof data === 'string') {
    const whole = referenceOf(data);
    if (whole !== undefined) return resolved(whole, resolve);
    return isPath(key) ? data.replaceAll(IN_PATH, (_, bulkId: string) => `"${resolved(bulkId, resolve)}"`) : data;
  }
  if (Array.isArray(data)) return data.map((element) => resolveReferences(element, resolve));
  if (!isObject(data)) return data;
  return Object.fromEntries(Object.entries(data).map(([name, part]) => [name, resolveReferences(part, resolve, name)]));
}

/** The path of an operation, whose id may be a reference as well. */
export const resolvePathReference = (path: string, resolve: ResolveBulkId): string =>
  path.replace(/(?<=\/)bulkId:(.+)$/is, (_, bulkId: string) => resolved(bulkId, resolve));

/** What of a new resource must wait until something else exists. */
export interface Severed {
  /** The resource without it. */
  readonly data: JsonObject;
  /** What to add later, with its references still in it. */
  readonly later: readonly { readonly path: string; readonly value: JsonValue }[];
}

/**
 * Takes out of a new resource every value that refers to one of `waiting`, so that resources that refer to each other
 * can exist before they do: of a list the elements concerned, else the whole attribute.
 */
export function sever(data: JsonObject, waiting: ReadonlySet<string>): Severed {
  const later: { path: string; value: JsonValue }[] = [];
  return { data: severObject(data, '', waiting, later), later };
}

function severObject(object: JsonObject, prefix: string, waiting: ReadonlySet<string>, later: { path: string; value: JsonValue }[]): JsonObject {
  const kept: JsonObject = {};
  for (const [name, value] of Object.entries(object)) {
    if (!waits(value, waiting)) kept[name] = value;
    else if (prefix === '' && name.toLowerCase().startsWith('urn:') && isObject(value)) kept[name] = severObject(value, `${name}:`, waiting, later);
    else if (Array.isArray(value)) {
      kept[name] = value.filter((element) => !waits(element, waiting));
      later.push({ path: prefix + name, value: value.filter((element) => waits(element, waiting)) });
    } else later.push({ path: prefix + name, value });
  }
  return kept;
}

const waits = (value: JsonValue, waiting: ReadonlySet<string>): boolean => [...referencesIn(value)].some((one) => waiting.has(one));

/** Refuses references to what no operation of the request creates. */
export function assertKnown(references: ReadonlySet<string>, creates: (bulkId: string) => boolean): void {
  for (const one of references) {
    if (!creates(one)) throw invalidValue(`No operation of the request creates the bulkId ${JSON.stringify(one.slice(0, 100))}.`);
  }
}
