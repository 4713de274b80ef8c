import type { AttributeDefinition, Attributes } from './attribute-definition.ts';
import { comparable } from './comparable-value.ts';
import type { Dialect } from './dialects.ts';
import { TOLERANT } from './dialects.ts';
import type { Filter, FilterValue, Operator } from './filter.ts';
import { attributeAt } from './resource-type.ts';
import type { ResourceType } from './resource-type.ts';
import { invalidFilter } from './scim-error.ts';

/**
 * A filter whose names and values make sense: what SQL is made of and what `evaluate` runs. Inside an `element` the
 * attributes are parts of that element. A value is what is compared: text folded unless `attribute.caseExact`, a date
 * as milliseconds since the epoch; `literal` is the same as it was written. `null` occurs with `eq` (absent) and `ne` (present) only.
 */
export type ResolvedFilter =
  | { readonly kind: 'and' | 'or'; readonly operands: readonly ResolvedFilter[] }
  | { readonly kind: 'not'; readonly operand: ResolvedFilter }
  | { readonly kind: 'present'; readonly attribute: AttributeDefinition }
  | { readonly kind: 'compare'; readonly attribute: AttributeDefinition; readonly operator: Operator; readonly value: FilterValue; readonly literal: FilterValue }
  | { readonly kind: 'element'; readonly attribute: AttributeDefinition; readonly filter: ResolvedFilter };

/** Resolves a filter against a resource type; throws `invalidFilter` for unknown names and for what makes no sense. */
export function checkFilter(filter: Filter, type: ResourceType, dialect: Dialect = TOLERANT): ResolvedFilter {
  return check(filter, (path) => attributeAt(path, type, dialect), dialect);
}

/** Resolves the filter inside the brackets after `attribute`. */
export function checkElementFilter(filter: Filter, attribute: AttributeDefinition, dialect: Dialect = TOLERANT): ResolvedFilter {
  if (attribute.type !== 'complex') throw invalidFilter(`${attribute.path} has no parts that brackets could select by.`);
  return check(filter, partOf(attribute.subAttributes), dialect);
}

type Resolve = (path: string) => AttributeDefinition | undefined;

const partOf =
  (attributes: Attributes): Resolve =>
  (path) =>
    attributes.get(path.toLowerCase());

function check(filter: Filter, resolve: Resolve, dialect: Dialect): ResolvedFilter {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return { kind: filter.kind, operands: filter.operands.map((operand) => check(operand, resolve, dialect)) };
    case 'not':
      return { kind: 'not', operand: check(filter.operand, resolve, dialect) };
    case 'present':
      return { kind: 'present', attribute: known(filter.path, resolve) };
    case 'element': {
      const attribute = known(filter.path, resolve);
      return { kind: 'element', attribute, filter: checkElementFilter(filter.filter, attribute, dialect) };
    }
    case 'compare': {
      const attribute = valueOf(known(filter.path, resolve), filter.operator);
      const value = checkValue(attribute, filter.operator, filter.value, dialect);
      return { kind: 'compare', attribute, operator: filter.operator, value, literal: typeof value === 'boolean' ? value : filter.value };
    }
  }
}

function known(path: string, resolve: Resolve): AttributeDefinition {
  const attribute = resolve(path);
  if (!attribute) throw invalidFilter(`There is no attribute ${path}.`);
  // What is never returned must not be guessed by filters either (RFC 7643 §7, "returned").
  if (attribute.returned === 'never') throw invalidFilter(`${attribute.path} cannot be filtered on.`);
  return attribute;
}

/** A complex attribute compared as a whole means its `value` (RFC 7644 §3.4.2.2). */
function valueOf(attribute: AttributeDefinition, operator: Operator): AttributeDefinition {
  if (attribute.type !== 'complex') return attribute;
  const value = attribute.subAttributes.get('value');
  if (!value) throw invalidFilter(`${attribute.path} has parts; ${operator} needs one of them.`);
  return value;
}

const TEXT_OPERATORS: ReadonlySet<Operator> = new Set(['co', 'sw', 'ew']);
const ORDER_OPERATORS: ReadonlySet<Operator> = new Set(['gt', 'ge', 'lt', 'le']);
const ORDERED = new Set(['string', 'reference', 'dateTime', 'integer', 'decimal']);
const TEXTUAL = new Set(['string', 'reference', 'binary']);

function checkValue(attribute: AttributeDefinition, operator: Operator, value: FilterValue, dialect: Dialect): FilterValue {
  const { path, type } = attribute;
  if ((TEXT_OPERATORS.has(operator) && !TEXTUAL.has(type)) || (ORDER_OPERATORS.has(operator) && !ORDERED.has(type))) {
    throw invalidFilter(`${operator} does not apply to ${path}, which is a ${type}.`);
  }
  if (value === null) {
    if (operator === 'eq' || operator === 'ne') return null;
    throw invalidFilter(`${operator} cannot compare ${path} with null.`);
  }
  const converted = convert(attribute, value, dialect);
  if (converted === undefined) throw invalidFilter(`${path} is a ${type} and cannot be compared with ${JSON.stringify(value)}.`);
  return converted;
}

function convert(attribute: AttributeDefinition, value: string | number | boolean, dialect: Dialect): FilterValue | undefined {
  return comparable(attribute, attribute.type === 'boolean' && typeof value !== 'boolean' ? booleanOf(value, dialect) : value);
}

/** `"True"` and `"False"`, as Entra writes booleans; anything else is no boolean. */
export function booleanOf(value: unknown, dialect: Dialect): boolean | undefined {
  if (typeof value !== 'string' || value.length > 5 || !dialect.has('boolean-as-text')) return undefined;
  const word = value.toLowerCase();
  return word === 'true' ? true : word === 'false' ? false : undefined;
}
