import type { AttributeDefinition } from './attribute-definition.ts';
import { MAX_VALUES, withoutNulls } from './canonical-value.ts';
import { comparable } from './comparable-value.ts';
import type { ResolvedFilter } from './filter-check.ts';
import { equalJson, isObject } from './resource-json.ts';
import type { JsonObject, JsonValue } from './resource-json.ts';
import { invalidValue, mutability, noTarget } from './scim-error.ts';

/** The values of a multi-valued attribute, of which nothing is mutated. */
export const listOf = (current: JsonValue | undefined): JsonValue[] => (Array.isArray(current) ? current : []);

/** A list as it is kept: none is the same as no attribute. */
export const keptList = (list: JsonValue[]): JsonValue[] | undefined => (list.length === 0 ? undefined : list);

/** Puts the parts of `incoming` over `current`; a null removes the part. Parts that are immutable and set must stay. */
export function mergeComplex(attribute: AttributeDefinition, current: JsonValue | undefined, incoming: JsonObject): JsonObject | undefined {
  const before = isObject(current) ? current : {};
  for (const part of attribute.subAttributes.values()) {
    const [old, next] = [before[part.name], incoming[part.name]];
    if (part.mutability === 'immutable' && old !== undefined && next !== undefined && !equalJson(old, next)) {
      throw mutability(`${part.path} cannot be changed once it is set.`);
    }
    if (part.required && next === null) throw mutability(`${part.path} is required and cannot be removed.`);
  }
  const merged = withoutNulls({ ...before, ...incoming });
  return isObject(merged) ? merged : undefined;
}

const CLASSIFYING: ReadonlySet<string> = new Set(['type', 'primary', 'display']);

/** One value with a part set or, for undefined, removed; undefined when only its classification would be left. */
export function withPart(attribute: AttributeDefinition, part: AttributeDefinition, current: JsonObject, value: JsonValue | undefined): JsonObject | undefined {
  const merged = mergeComplex(attribute, current, { [part.name]: value ?? null });
  if (merged === undefined || value !== undefined) return merged;
  if (part.name === 'value') return undefined;
  return attribute.multiValued && Object.keys(merged).every((name) => CLASSIFYING.has(name)) ? undefined : merged;
}

const isPrimary = (value: JsonValue): value is JsonObject => isObject(value) && value['primary'] === true;

/** RFC 7644 §3.5.2: where an operation made a value primary, the others no longer are. */
export function demoteOthers(list: JsonValue[], touched: ReadonlySet<JsonValue>): JsonValue[] {
  if (!list.some((value) => touched.has(value) && isPrimary(value))) return list;
  return list.map((value) => (isPrimary(value) && !touched.has(value) ? { ...value, primary: false } : value));
}

/**
 * The value that a filter describes, so that it can be created: equalities joined by `and` over parts that classify.
 * A filter that names `value` means one certain value; that it is missing is an error and not a wish.
 */
export function elementFrom(filter: ResolvedFilter, part: AttributeDefinition | undefined): JsonObject | undefined {
  const conditions = filter.kind === 'and' ? filter.operands : [filter];
  const element: JsonObject = {};
  for (const condition of conditions) {
    if (condition.kind !== 'compare' || condition.operator !== 'eq' || condition.literal === null) return undefined;
    const { name, mutability: may } = condition.attribute;
    const contradicts = Object.hasOwn(element, name) && element[name] !== condition.literal;
    if (name === 'value' || name === part?.name || may === 'readOnly' || contradicts) return undefined;
    element[name] = condition.literal;
  }
  return element;
}

/** As `elementFrom`, or `noTarget`. */
export function createdElement(attribute: AttributeDefinition, filter: ResolvedFilter, part: AttributeDefinition | undefined, allowed: boolean): JsonObject {
  const element = allowed ? elementFrom(filter, part) : undefined;
  if (!element) throw noTarget(`No value of ${attribute.path} matches the filter of the path.`);
  return element;
}

/** Appends within the bound, which also bounds the work of comparing. */
export function append(attribute: AttributeDefinition, list: JsonValue[], value: JsonValue): void {
  if (list.length >= MAX_VALUES) throw invalidValue(`${attribute.path} may have at most ${MAX_VALUES} values.`);
  list.push(value);
}

const sameScalar = (attribute: AttributeDefinition, left: JsonValue | undefined, right: JsonValue | undefined): boolean =>
  equalJson(left, right) || (typeof left === 'string' && typeof right === 'string' && comparable(attribute, left) === comparable(attribute, right));

/** Whether two values agree in a part, as the part compares. */
export function samePart(attribute: AttributeDefinition, name: string, left: JsonObject, right: JsonObject): boolean {
  const part = attribute.subAttributes.get(name);
  return part !== undefined && left[name] !== undefined && sameScalar(part, left[name], right[name]);
}

/**
 * The key under which two values are the same or may be: their `value` as it compares or, where they have none, all
 * their parts. Looking values up by it keeps long lists from being compared with each other, value by value.
 */
export function keyOf(attribute: AttributeDefinition, element: JsonValue): string {
  if (!isObject(element)) return JSON.stringify([comparable(attribute, element) ?? null]);
  const part = attribute.subAttributes.get('value');
  const value = part && comparable(part, element['value']);
  if (value !== undefined) return JSON.stringify([value]);
  return JSON.stringify(Object.entries(element).toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

/** Of two values with the same key, whether they are one: the same type, or all that `listed` says is so already. */
export function isSameElement(attribute: AttributeDefinition, existing: JsonValue, listed: JsonValue): boolean {
  if (!isObject(existing) || !isObject(listed) || existing['type'] === listed['type']) return true;
  return samePart(attribute, 'type', existing, listed) || Object.keys(listed).every((name) => equalJson(existing[name], listed[name]) || samePart(attribute, name, existing, listed));
}

/** Of two values with the same key, whether removing `listed` means `existing`: any type, or the one that is given. */
export const isListed = (attribute: AttributeDefinition, existing: JsonValue, listed: JsonValue): boolean =>
  !isObject(existing) || !isObject(listed) || listed['type'] === undefined || samePart(attribute, 'type', existing, listed);
