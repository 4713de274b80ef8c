import type { AttributeDefinition } from './attribute-definition.ts';
import { comparable, compareText } from './comparable-value.ts';
import { valueIn } from './filter-evaluate.ts';
import { type JsonObject, type JsonValue, isObject } from './resource-json.ts';

type SortValue = string | number | boolean | undefined;

/** What a resource is sorted by (RFC 7644 §3.4.2.3): of several values the primary one, else the first; the empty text is none. */
export function sortValue(attribute: AttributeDefinition, resource: JsonObject): SortValue {
  const value = comparable(attribute, firstOf(attribute, resource));
  return value === '' ? undefined : value;
}

function firstOf(attribute: AttributeDefinition, resource: JsonObject): JsonValue | undefined {
  const whole = attribute.parent && valueIn(resource, attribute.parent);
  const primary = Array.isArray(whole) ? whole.find((element) => isObject(element) && element['primary'] === true) : undefined;
  const marked = isObject(primary) ? primary[attribute.name] : undefined;
  const value = marked ?? valueIn(resource, attribute);
  return Array.isArray(value) ? value[0] : value;
}

/** Resources without a value come last, or first when descending (RFC 7644 §3.4.2.3). */
export function compareSortValues(left: SortValue, right: SortValue, descending: boolean): number {
  const order =
    left === undefined || right === undefined
      ? Number(left === undefined) - Number(right === undefined)
      : typeof left === 'number' && typeof right === 'number'
        ? left - right
        : compareText(String(left), String(right));
  return descending ? -order : order;
}
