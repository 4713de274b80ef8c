import { Ajv } from 'ajv';
import type { ErrorObject, ValidateFunction } from 'ajv';
import type { AttributeDefinition, Attributes } from './attribute-definition.ts';
import { MAX_VALUES } from './canonical-value.ts';
import { instantOf } from './comparable-value.ts';
import { isStorable } from './resource-json.ts';
import type { ResourceType } from './resource-type.ts';

/**
 * Lengths in UTF-16 units. Names that are looked up must fit an index row: PostgreSQL ends at 2,704 bytes, and
 * a unit takes at most three.
 */
const LIMITS = { indexed: 512, text: 4096, reference: 8192, binary: 65536 } as const;
const INDEXED: ReadonlySet<string> = new Set(['userName', 'externalId', 'displayName']);

const textOf = (limit: number) => ({ type: 'string', validate: (text: string) => text.length <= limit && isStorable(text) }) as const;
const FORMATS = {
  indexed: textOf(LIMITS.indexed),
  text: textOf(LIMITS.text),
  reference: textOf(LIMITS.reference),
  instant: { type: 'string', validate: (text: string) => instantOf(text) !== undefined },
  base64: { type: 'string', validate: (text: string) => text.length <= LIMITS.binary && /^[-_A-Za-z0-9+/\s]*={0,2}$/.test(text) },
} as const;

/**
 * The schemas are made here, so checking them against their own schema would be idle; without ajv's optimizer
 * compiling takes a third of the time and validating hardly more. An instance keeps what it compiled for ever, so each
 * resource type has its own and goes with it.
 */
const newAjv = (): Ajv => new Ajv({ strict: true, messages: false, meta: false, validateSchema: false, inlineRefs: false, code: { optimize: false }, formats: FORMATS });

function formatOf(attribute: AttributeDefinition): string {
  if (attribute.type === 'reference') return 'reference';
  if (attribute.type === 'binary') return 'base64';
  if (attribute.type === 'dateTime') return 'instant';
  return INDEXED.has(attribute.name) && attribute.parent === undefined ? 'indexed' : 'text';
}

/** Schemas of complex values by their text: many attributes have the same parts, and each shape is compiled once. */
type Shapes = Map<string, { readonly name: string; readonly schema: object }>;

function shapeOf(attributes: Attributes, shapes: Shapes): object {
  const schema = objectSchema(attributes, shapes);
  const text = JSON.stringify(schema);
  const shape = shapes.get(text) ?? { name: `shape${shapes.size}`, schema };
  shapes.set(text, shape);
  return { $ref: `#/$defs/${shape.name}` };
}

function singleSchema(attribute: AttributeDefinition, shapes: Shapes): object {
  switch (attribute.type) {
    case 'boolean':
      return { type: 'boolean' };
    case 'integer':
      return { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER };
    case 'decimal':
      return { type: 'number' };
    case 'complex':
      return shapeOf(attribute.subAttributes, shapes);
    case 'string':
    case 'reference':
    case 'binary':
    case 'dateTime':
      // RFC 7643 §4.1.1 on userName: non-empty. What is required must say something.
      return { type: 'string', format: formatOf(attribute), ...(attribute.required ? { pattern: '\\S' } : {}) };
  }
}

function attributeSchema(attribute: AttributeDefinition, shapes: Shapes): object {
  const single = singleSchema(attribute, shapes);
  if (!attribute.multiValued) return single;
  return attribute.path === 'members' ? { type: 'array', items: single } : { type: 'array', items: single, maxItems: MAX_VALUES };
}

/** What is readOnly is the hub's own and not checked; it is never required of a client either. */
function objectSchema(attributes: Attributes, shapes: Shapes): { type: 'object'; properties: Record<string, object>; required: string[] } {
  const settable = [...attributes.values()].filter((attribute) => attribute.mutability !== 'readOnly');
  return {
    type: 'object',
    properties: Object.fromEntries(settable.map((attribute) => [attribute.name, attributeSchema(attribute, shapes)])),
    required: settable.filter((attribute) => attribute.required).map((attribute) => attribute.name),
  };
}

/** The JSON Schema of a canonical resource, compiled. */
export function compileResourceType(type: ResourceType): ValidateFunction {
  const shapes: Shapes = new Map();
  const schema = objectSchema(type.attributes, shapes);
  for (const extension of type.extensions.values()) {
    schema.properties[extension.schema] = objectSchema(extension.attributes, shapes);
    if (extension.required) schema.required.push(extension.schema);
  }
  return newAjv().compile({ ...schema, $defs: Object.fromEntries([...shapes.values()].map((shape) => [shape.name, shape.schema])) });
}

const LIMIT_TEXT: Readonly<Record<string, string>> = {
  indexed: `must be at most ${LIMITS.indexed} characters of text, without NUL and half surrogate pairs`,
  text: `must be at most ${LIMITS.text} characters of text, without NUL and half surrogate pairs`,
  reference: `must be at most ${LIMITS.reference} characters of text, without NUL and half surrogate pairs`,
  instant: 'must be a date and time such as 2026-01-31T08:00:00Z',
  base64: `must be at most ${LIMITS.binary} characters of base64`,
};

/** What ajv found, as a sentence that names the attribute as SCIM does. */
export function sentenceOf(error: ErrorObject): string {
  const path = pathOf(error.instancePath);
  const { missingProperty, type, format, pattern, limit } = error.params as Record<string, unknown>;
  if (typeof missingProperty === 'string') return `${pathOf(`${error.instancePath}/${missingProperty}`)} is required.`;
  if (typeof type === 'string') return `${path} must be a ${type}.`;
  if (typeof pattern === 'string') return `${path} must not be blank.`;
  if (typeof format === 'string') return `${path} ${LIMIT_TEXT[format] ?? 'is not valid'}.`;
  return `${path} is beyond its limit of ${String(limit)}.`;
}

/** `/emails/0/value` → `emails[0].value`; `/urn:…:User/manager/value` → `urn:…:User:manager.value`. */
function pathOf(pointer: string): string {
  const steps = pointer.split('/').slice(1);
  let path = '';
  for (const [index, step] of steps.entries()) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (/^\d+$/.test(name)) path += `[${name}]`;
    else if (index === 0) path = name;
    else path += `${index === 1 && path.startsWith('urn:') ? ':' : '.'}${name}`;
  }
  return path;
}
