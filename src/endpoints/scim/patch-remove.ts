import { canonicalValue } from './canonical-value.ts';
import type { CanonicalRules } from './canonical-value.ts';
import { evaluateElement } from './filter-evaluate.ts';
import { isListed, keptList, keyOf, listOf, withPart } from './patch-elements.ts';
import type { Target } from './path.ts';
import { isObject } from './resource-json.ts';
import type { JsonValue } from './resource-json.ts';

type AttributeTarget = Extract<Target, { kind: 'attribute' }>;

/**
 * RFC 7644 §3.5.2.2. Returns what the attribute holds afterwards; undefined for nothing. Removing what is not there
 * changes nothing, so that a client may repeat itself.
 */
export function removeValue(target: AttributeTarget, current: JsonValue | undefined, raw: JsonValue | undefined, rules: CanonicalRules): JsonValue | undefined {
  const { attribute, filter, part } = target;
  if (current === undefined) return undefined;
  if (!attribute.multiValued) return part && isObject(current) ? withPart(attribute, part, current, undefined) : undefined;
  if (!filter && !part) return raw === undefined || raw === null || !rules.dialect.has('remove-with-value') ? undefined : removeListed(target, current, raw, rules);
  const list = listOf(current).flatMap((element): JsonValue[] => {
    if (!isObject(element) || (filter && !evaluateElement(filter, element))) return [element];
    const left = part ? withPart(attribute, part, element, undefined) : undefined;
    return left ? [left] : [];
  });
  return keptList(list);
}

/** An empty list names nothing, so nothing goes: never everything by mistake. */
function removeListed({ attribute }: AttributeTarget, current: JsonValue, raw: JsonValue, rules: CanonicalRules): JsonValue | undefined {
  const listed = new Map<string, JsonValue[]>();
  for (const value of listOf(canonicalValue(attribute, raw, rules))) {
    const key = keyOf(attribute, value);
    listed.set(key, [...(listed.get(key) ?? []), value]);
  }
  return keptList(listOf(current).filter((element) => !listed.get(keyOf(attribute, element))?.some((one) => isListed(attribute, element, one))));
}
