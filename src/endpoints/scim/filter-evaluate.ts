import type { AttributeDefinition } from './attribute-definition.ts';
import { comparable, compareText } from './comparable-value.ts';
import type { FilterValue, Operator } from './filter.ts';
import type { ResolvedFilter } from './filter-check.ts';
import { isObject } from './resource-json.ts';
import type { JsonObject, JsonValue } from './resource-json.ts';

/**
 * Whether a resource matches (RFC 7644 §3.4.2.2). Of several values one match is enough, also for `ne`; an attribute
 * without any value matches `ne` (it is not that value), `eq null`, and nothing else.
 */
export const evaluateFilter = (filter: ResolvedFilter, resource: JsonObject): boolean => evaluate(filter, resource, valuesIn);

/** Whether one value of a multi-valued attribute matches what stands in the brackets. */
export const evaluateElement = (filter: ResolvedFilter, element: JsonValue): boolean =>
  isObject(element) && evaluate(filter, element, (container, part) => flat(container[part.name]));

type Read = (container: JsonObject, attribute: AttributeDefinition) => readonly JsonValue[];

function evaluate(filter: ResolvedFilter, container: JsonObject, read: Read): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.operands.every((operand) => evaluate(operand, container, read));
    case 'or':
      return filter.operands.some((operand) => evaluate(operand, container, read));
    case 'not':
      return !evaluate(filter.operand, container, read);
    case 'present':
      return read(container, filter.attribute).some(isPresent);
    case 'element':
      return read(container, filter.attribute).some((element) => evaluateElement(filter.filter, element));
    case 'compare':
      return compare(filter.attribute, filter.operator, filter.value, read(container, filter.attribute).filter(isPresent));
  }
}

/** Every value of an attribute in a resource, also through a multi-valued parent. */
export function valuesIn(resource: JsonObject, attribute: AttributeDefinition): readonly JsonValue[] {
  const { extension, parent } = attribute;
  const holder = extension === undefined ? resource : resource[extension];
  if (!isObject(holder)) return [];
  if (!parent) return flat(holder[attribute.name]);
  return flat(holder[parent.name]).flatMap((element) => (isObject(element) ? flat(element[attribute.name]) : []));
}

const flat = (value: JsonValue | undefined): readonly JsonValue[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

/** Unassigned and empty are the same (RFC 7643 §2.5); a complex value is present when one of its parts is. */
function isPresent(value: JsonValue): boolean {
  if (isObject(value)) return Object.values(value).some((part) => part !== null && part !== '');
  return value !== null && value !== '';
}

function compare(attribute: AttributeDefinition, operator: Operator, wanted: FilterValue, values: readonly JsonValue[]): boolean {
  if (wanted === null) return (operator === 'eq') === (values.length === 0);
  if (values.length === 0) return operator === 'ne';
  return values.some((value) => {
    const have = comparable(attribute, value);
    return have !== undefined && holds(operator, have, wanted);
  });
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
