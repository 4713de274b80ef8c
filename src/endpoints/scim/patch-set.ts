import type { AttributeDefinition } from './attribute-definition.ts';
import { canonicalSingle, canonicalValue, withoutNulls } from './canonical-value.ts';
import type { CanonicalRules } from './canonical-value.ts';
import { evaluateElement } from './filter-evaluate.ts';
import type { ResolvedFilter } from './filter-check.ts';
import { append, createdElement, demoteOthers, keptList, listOf, mergeComplex, withPart } from './patch-elements.ts';
import { isObject } from './resource-json.ts';
import type { JsonObject, JsonValue } from './resource-json.ts';

/** What add and replace have in common: a value without list semantics, and parts of values. */

/** A single-valued attribute: a scalar is replaced, the parts of a complex value are merged (RFC 7644 §3.5.2.1, §3.5.2.3). */
export function setSingle(attribute: AttributeDefinition, current: JsonValue | undefined, raw: JsonValue, rules: CanonicalRules): JsonValue | undefined {
  const value = canonicalValue(attribute, raw, rules);
  return isObject(value) ? mergeComplex(attribute, current, value) : value;
}

/** A part of a single complex value, or of every value that the filter selects. */
export function setPart(
  attribute: AttributeDefinition,
  part: AttributeDefinition,
  filter: ResolvedFilter | undefined,
  current: JsonValue | undefined,
  raw: JsonValue,
  rules: CanonicalRules,
): JsonValue | undefined {
  const value = canonicalValue(part, raw, rules);
  if (!attribute.multiValued) return withPart(attribute, part, isObject(current) ? current : {}, value);
  const touched = new Set<JsonValue>();
  let matched = false;
  const list = listOf(current).flatMap((element): JsonValue[] => {
    if (!isObject(element) || (filter && !evaluateElement(filter, element))) return [element];
    matched = true;
    const next = withPart(attribute, part, element, value);
    if (next) touched.add(next);
    return next ? [next] : [];
  });
  if (!matched && value !== undefined) {
    const created: JsonObject = { ...(filter ? createdElement(attribute, filter, part, rules.dialect.has('create-on-absent')) : {}), [part.name]: value };
    append(attribute, list, created);
    touched.add(created);
  }
  return keptList(demoteOthers(list, touched));
}

/**
 * The values that the filter selects, each turned by `change`; where there is none, one is created.
 * @param change receives the selected value and the new one
 */
export function setSelected(
  attribute: AttributeDefinition,
  filter: ResolvedFilter,
  current: JsonValue | undefined,
  raw: JsonValue,
  rules: CanonicalRules,
  change: (element: JsonObject, value: JsonObject) => JsonObject | undefined,
): JsonValue | undefined {
  const only = Array.isArray(raw) && raw.length === 1 && rules.dialect.has('list-of-one') ? (raw[0] ?? null) : raw;
  const value = canonicalSingle(attribute, only, rules);
  if (isObject(value) && Object.keys(value).length === 0) return current;
  const touched = new Set<JsonValue>();
  let matched = false;
  const list = listOf(current).flatMap((element): JsonValue[] => {
    if (!isObject(element) || !evaluateElement(filter, element)) return [element];
    matched = true;
    const next = isObject(value) ? change(element, value) : undefined;
    if (next) touched.add(next);
    return next ? [next] : [];
  });
  if (!matched && isObject(value)) {
    const created = withoutNulls({ ...createdElement(attribute, filter, undefined, rules.dialect.has('create-on-absent')), ...value }) ?? {};
    append(attribute, list, created);
    touched.add(created);
  }
  return keptList(demoteOthers(list, touched));
}
