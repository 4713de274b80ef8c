import type { AttributeDefinition } from './attribute-definition.ts';
import { canonicalValue, withoutNulls } from './canonical-value.ts';
import type { CanonicalRules } from './canonical-value.ts';
import { append, demoteOthers, isSameElement, keptList, listOf, mergeComplex } from './patch-elements.ts';
import { setPart, setSelected, setSingle } from './patch-set.ts';
import type { Target } from './path.ts';
import { isObject } from './resource-json.ts';
import type { JsonValue } from './resource-json.ts';

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
  for (const incoming of listOf(canonicalValue(attribute, raw, rules))) {
    const value = withoutNulls(incoming);
    if (value === undefined) continue;
    const at = list.findIndex((existing) => isSameElement(attribute, existing, value));
    const existing = list[at];
    const kept = isObject(existing) && isObject(value) ? (mergeComplex(attribute, existing, { ...value, ...unchangedValue(existing) }) ?? existing) : (existing ?? value);
    if (at < 0) append(attribute, list, kept);
    else list[at] = kept;
    touched.add(kept);
  }
  return keptList(demoteOthers(list, touched));
}

/** Another case of the same value is the same value, not a change. */
const unchangedValue = (existing: { [key: string]: JsonValue }): { [key: string]: JsonValue } =>
  existing['value'] === undefined ? {} : { value: existing['value'] };
