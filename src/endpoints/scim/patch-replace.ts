import { canonicalValue, withoutNulls } from './canonical-value.ts';
import type { CanonicalRules } from './canonical-value.ts';
import { elementFrom, keptList, listOf } from './patch-elements.ts';
import { setPart, setSelected, setSingle } from './patch-set.ts';
import type { Target } from './path.ts';
import { isObject } from './resource-json.ts';
import type { JsonObject, JsonValue } from './resource-json.ts';

type AttributeTarget = Extract<Target, { kind: 'attribute' }>;

/** RFC 7644 §3.5.2.3. Returns what the attribute holds afterwards; undefined for nothing. */
export function replaceValue(target: AttributeTarget, current: JsonValue | undefined, raw: JsonValue, rules: CanonicalRules): JsonValue | undefined {
  const { attribute, filter, part } = target;
  if (part) return setPart(attribute, part, filter, current, raw, rules);
  if (filter) {
    // The selected values are replaced whole; what selected them still holds, unless the new value says otherwise.
    const base = elementFrom(filter, undefined) ?? {};
    return setSelected(attribute, filter, current, raw, rules, (_, value) => asObject(withoutNulls({ ...base, ...value })));
  }
  if (!attribute.multiValued) return setSingle(attribute, current, raw, rules);
  return keptList(listOf(canonicalValue(attribute, raw, rules)).flatMap((element) => withoutNulls(element) ?? []));
}

const asObject = (value: JsonValue | undefined): JsonObject | undefined => (isObject(value) ? value : undefined);
