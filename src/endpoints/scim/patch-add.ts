import type { AttributeDefinition } from './attribute-definition.ts';
import { canonicalValue, withoutNulls } from './canonical-value.ts';
import type { CanonicalRules } from './canonical-value.ts';
import { append, demoteOthers, isSameElement, keptList, keyOf, listOf, mergeComplex, samePart } from './patch-elements.ts';
import { setPart, setSelected, setSingle } from './patch-set.ts';
import type { Target } from './path.ts';
import { isObject } from './resource-json.ts';
import type { JsonObject, JsonValue } from './resource-json.ts';

type AttributeTarget = Extract<Target, { kind: 'attribute' }>;

/** RFC 7644 §3.5.2.1. Returns what the attribute holds afterwards; undefined for nothing. */
export function addValue(target: AttributeTarget, current: JsonValue | undefined, raw: JsonValue, rules: CanonicalRules): JsonValue | undefined {
  const { attribute, filter, part } = target;
  if (part) return setPart(attribute, part, filter, current, raw, rules);
  if (filter) return setSelected(attribute, filter, current, raw, rules, (element, value) => mergeComplex(attribute, element, value));
  return attribute.multiValued ? addToList(attribute, current, raw, rules) : setSingle(attribute, current, raw, rules);
}

/** What is already there is not added again; a value known by its `value` and `type` takes the further parts. */
function addToList(attribute: AttributeDefinition, current: JsonValue | undefined, raw: JsonValue, rules: CanonicalRules): JsonValue | undefined {
  const list = [...listOf(current)];
  const touched = new Set<JsonValue>();
  const places = placesOf(attribute, list);
  for (const incoming of listOf(canonicalValue(attribute, raw, rules))) {
    const value = withoutNulls(incoming);
    if (value === undefined) continue;
    const key = keyOf(attribute, value);
    const at = places.get(key)?.find((place) => isSameElement(attribute, list[place] ?? null, value)) ?? -1;
    const existing = list[at];
    const kept = isObject(existing) && isObject(value) ? (mergeComplex(attribute, existing, news(attribute, existing, value)) ?? existing) : (existing ?? value);
    if (at >= 0) list[at] = kept;
    else {
      append(attribute, list, kept);
      places.set(key, [...(places.get(key) ?? []), list.length - 1]);
    }
    touched.add(kept);
  }
  return keptList(demoteOthers(list, touched));
}

/** Where in the list the values of each key stand. */
function placesOf(attribute: AttributeDefinition, list: readonly JsonValue[]): Map<string, readonly number[]> {
  const places = new Map<string, readonly number[]>();
  for (const [place, element] of list.entries()) {
    const key = keyOf(attribute, element);
    places.set(key, [...(places.get(key) ?? []), place]);
  }
  return places;
}

/** The parts that say something new; another case of the same text does not. */
const news = (attribute: AttributeDefinition, existing: JsonObject, value: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(value).filter(([name]) => !samePart(attribute, name, existing, value)));
