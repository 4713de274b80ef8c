import type { AttributeDefinition } from './attribute-definition.ts';
import { comparable, compareText } from './comparable-value.ts';
import type { Operator } from './filter.ts';
import type { ResolvedFilter } from './filter-check.ts';
import { isObject } from './resource-json.ts';
import type { JsonObject, JsonValue } from './resource-json.ts';

/**
 * Whether a resource matches (RFC 7644 §3.4.2.2). Of several values one match is enough, also for `ne`; an attribute
 * without any value matches `ne` (it is not that value), `eq null`, and nothing else.
 */
export const evaluateFilter = (filter: ResolvedFilter, resource: JsonObject): boolean => evaluate(filter, resource, valueIn);

/** Whether one value of a multi-valued attribute matches what stands in the brackets. */
export const evaluateElement = (filter: ResolvedFilter, element: JsonValue): boolean => isObject(element) && evaluate(filter, element, partIn);

/** Reads one value, a list of values, or nothing. */
type Read = (container: JsonObject, attribute: AttributeDefinition) => JsonValue | undefined;

const partIn: Read = (element, part) => element[part.name];

function evaluate(filter: ResolvedFilter, container: JsonObject, read: Read): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.operands.every((operand) => evaluate(operand, container, read));
    case 'or':
      return filter.operands.some((operand) => evaluate(operand, container, read));
    case 'not':
      return !evaluate(filter.operand, container, read);
    case 'present':
      return isPresent(read(container, filter.attribute));
    case 'element': {
      const value = read(container, filter.attribute);
      return Array.isArray(value) ? value.some((element) => evaluateElement(filter.filter, element)) : value !== undefined && evaluateElement(filter.filter, value);
    }
    case 'compare':
      return compare(filter, read(container, filter.attribute));
  }
}

/** What a resource holds under an attribute; of a part of a multi-valued attribute, the parts of all its values. */
export function valueIn(resource: JsonObject, attribute: AttributeDefinition): JsonValue | undefined {
  const { extension, parent } = attribute;
  const holder = extension === undefined ? resource : resource[extension];
  if (!isObject(holder)) return undefined;
  if (!parent) return holder[attribute.name];
  const whole = holder[parent.name];
  if (Array.isArray(whole)) return whole.flatMap((element) => (isObject(element) ? (element[attribute.name] ?? []) : []));
  return isObject(whole) ? whole[attribute.name] : undefined;
}

/** Unassigned and empty are the same (RFC 7643 §2.5); a complex value is present when one of its parts is. */
function isPresent(value: JsonValue | undefined): boolean {
  if (Array.isArray(value)) return value.some(isPresent);
  if (isObject(value)) return Object.values(value).some((part) => part !== null && part !== '');
  return value !== undefined && value !== null && value !== '';
}

function compare({ attribute, operator, value: wanted }: Extract<ResolvedFilter, { kind: 'compare' }>, value: JsonValue | undefined): boolean {
  const present = isPresent(value);
  if (wanted === null) return (operator === 'eq') !== present;
  if (!present) return operator === 'ne';
  return Array.isArray(value) ? value.some((one) => isPresent(one) && matches(attribute, operator, wanted, one)) : matches(attribute, operator, wanted, value);
}

function matches(attribute: AttributeDefinition, operator: Operator, wanted: string | number | boolean, value: JsonValue | undefined): boolean {
  const have = comparable(attribute, value);
  return have !== undefined && holds(operator, have, wanted);
}

function holds(operator: Operator, have: string | number | boolean, wanted: string | number | boolean): boolean {
  switch (operator) {
    case 'eq':
      return have === wanted;
    case 'ne':
      return have !== wanted;
    case 'co':
      return String(have).includes(String(wanted));
    case 'sw':
      return String(have).startsWith(String(wanted));
    case 'ew':
      return String(have).endsWith(String(wanted));
    case 'gt':
      return order(have, wanted) > 0;
    case 'ge':
      return order(have, wanted) >= 0;
    case 'lt':
      return order(have, wanted) < 0;
    case 'le':
      return order(have, wanted) <= 0;
  }
}

const order = (left: string | number | boolean, right: string | number | boolean): number =>
  typeof left === 'string' && typeof right === 'string' ? compareText(left, right) : Number(left) - Number(right);
