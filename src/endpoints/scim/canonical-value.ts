import type { AttributeDefinition } from './attribute-definition.ts';
import type { Dialect } from './dialects.ts';
import { booleanOf } from './filter-check.ts';
import { isObject } from './resource-json.ts';
import type { JsonObject, JsonValue } from './resource-json.ts';
import { invalidValue } from './scim-error.ts';

/** Values of one multi-valued attribute; members are bounded by the size of the body alone. */
export const MAX_VALUES = 500;

export interface CanonicalRules {
  readonly dialect: Dialect;
  /** Refuse unknown names instead of ignoring them. */
  readonly strict: boolean;
  /** In a PATCH, a cleared part of a complex value stays as null, so that merging can remove it; and one object may stand for a list. */
  readonly patch: boolean;
}

/**
 * A value as the hub keeps it: names in the schema's own spelling, what is unassigned left out, readOnly parts ignored
 * (RFC 7644 §3.3), dialects translated. Undefined means that the attribute has no value. Scalars of a wrong type
 * pass through; the compiled schema names them.
 */
export function canonicalValue(attribute: AttributeDefinition, raw: JsonValue, rules: CanonicalRules): JsonValue | undefined {
  if (isCleared(raw, rules)) return undefined;
  if (!attribute.multiValued) return canonicalSingle(attribute, unwrap(attribute, raw, rules), rules);
  if (!Array.isArray(raw) && !mayStandForList(raw, rules)) throw invalidValue(`${attribute.path} must be a list.`);
  if (Array.isArray(raw) && raw.length > MAX_VALUES && attribute.path !== 'members') throw invalidValue(`${attribute.path} may have at most ${MAX_VALUES} values.`);
  const list: JsonValue[] = [];
  for (const element of Array.isArray(raw) ? raw : [raw]) {
    const value = canonicalSingle(attribute, element, rules);
    if (value !== undefined) list.push(value);
  }
  return list.length === 0 ? undefined : list;
}

/** Null and the empty list are unassigned (RFC 7643 §2.5); the empty text is so by dialect. */
export const isCleared = (raw: JsonValue | undefined, rules: CanonicalRules): boolean =>
  raw === null || raw === undefined || (raw === '' && rules.dialect.has('empty-text-clears')) || (Array.isArray(raw) && raw.length === 0);

const mayStandForList = (raw: JsonValue, rules: CanonicalRules): boolean =>
  rules.patch && rules.dialect.has('single-for-list') && (isObject(raw) || rules.dialect.has('bare-reference'));

/** `["x"]` and `[{ "value": "x" }]` for a scalar, `[{ … }]` for a complex value. */
function unwrap(attribute: AttributeDefinition, raw: JsonValue, rules: CanonicalRules): JsonValue {
  if (!Array.isArray(raw) || raw.length !== 1 || !rules.dialect.has('list-of-one')) return raw;
  const only = raw[0] ?? null;
  return attribute.type !== 'complex' && isObject(only) && Object.hasOwn(only, 'value') ? (only['value'] ?? null) : only;
}

/** One value: a scalar, a complex value, or one element of a list. */
export function canonicalSingle(attribute: AttributeDefinition, raw: JsonValue, rules: CanonicalRules): JsonValue | undefined {
  if (isCleared(raw, rules)) return undefined;
  if (attribute.type === 'complex') return canonicalComplex(attribute, raw, rules);
  if (typeof raw === 'object') throw invalidValue(`${attribute.path} must be a ${attribute.type}.`);
  return attribute.type === 'boolean' ? (booleanOf(raw, rules.dialect) ?? raw) : raw;
}

function canonicalComplex(attribute: AttributeDefinition, raw: JsonValue, rules: CanonicalRules): JsonObject | undefined {
  if (!isObject(raw)) return bareReference(attribute, raw, rules);
  const complex: JsonObject = {};
  for (const key of Object.keys(raw)) {
    const part = attribute.subAttributes.get(key.toLowerCase());
    if (!part) {
      if (rules.strict) throw invalidValue(`${attribute.path} has no part ${key.slice(0, 64)}.`);
      continue;
    }
    if (part.mutability === 'readOnly') continue;
    const value = canonicalValue(part, raw[key] ?? null, rules);
    // A value part that is emptied takes the whole with it: what is left would describe nothing.
    if (value === undefined && part.name === 'value') return undefined;
    if (value === undefined && !rules.patch) continue;
    complex[part.name] = value ?? null;
  }
  // In a PATCH, to say nothing that is understood is not to clear.
  return rules.patch || Object.keys(complex).length > 0 ? complex : undefined;
}

function bareReference(attribute: AttributeDefinition, raw: JsonValue, rules: CanonicalRules): JsonObject {
  const listed = attribute.multiValued && !rules.patch;
  if (typeof raw === 'string' && attribute.subAttributes.has('value') && !listed && rules.dialect.has('bare-reference')) return { value: raw };
  throw invalidValue(`${attribute.path} must be an object.`);
}

/** A complex value without the nulls that only merging needs; undefined when nothing is left. */
export function withoutNulls(value: JsonValue | undefined): JsonValue | undefined {
  if (!isObject(value)) return value;
  const parts = Object.entries(value).filter(([, part]) => part !== null);
  if (parts.length === 0) return undefined;
  return parts.length === Object.keys(value).length ? value : Object.fromEntries(parts);
}
