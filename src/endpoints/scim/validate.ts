import type { ValidateFunction } from 'ajv';
import type { AttributeDefinition } from './attribute-definition.ts';
import { canonicalValue } from './canonical-value.ts';
import type { CanonicalRules } from './canonical-value.ts';
import { LEGACY_SCHEMAS, TOLERANT } from './dialects.ts';
import type { Dialect } from './dialects.ts';
import { isObject, memberOf } from './resource-json.ts';
import type { JsonObject, JsonValue } from './resource-json.ts';
import type { Extension, ResourceType } from './resource-type.ts';
import { invalidSyntax, invalidValue } from './scim-error.ts';
import { compileResourceType, sentenceOf } from './value-schema.ts';

export interface ValidateOptions {
  readonly dialect?: Dialect;
  /** Refuse unknown attributes; by default they are ignored, as are unknown extensions and readOnly values (RFC 7644 §3.3). */
  readonly strict?: boolean;
}

/**
 * Turns the body of a POST or PUT into a canonical resource, or throws `invalidSyntax` (its form) or `invalidValue`
 * (a value, named by its path). `schemas` is set to what the resource really holds.
 */
export function validateResource(type: ResourceType, body: unknown, options: ValidateOptions = {}): JsonObject {
  if (!isObject(body)) throw invalidSyntax('The body must be a JSON object.');
  const rules = { dialect: options.dialect ?? TOLERANT, strict: options.strict ?? false, patch: false };
  checkSchemas(type, memberOf(body, 'schemas'), rules);
  const resource: JsonObject = { schemas: [type.schema] };
  for (const key of Object.keys(body)) setAttribute(type, resource, key, body[key] ?? null, rules);
  resource['schemas'] = schemasOf(type, resource);
  assertValid(type, resource);
  return resource;
}

function setAttribute(type: ResourceType, resource: JsonObject, key: string, raw: JsonValue, rules: CanonicalRules): void {
  const name = key.toLowerCase();
  if (name === 'schemas') return;
  const attribute = type.attributes.get(name);
  if (attribute) {
    setValue(resource, attribute, raw, rules);
    return;
  }
  const extension = type.extensions.get(name);
  if (!extension) {
    if (rules.strict) throw invalidValue(`${type.name} has no attribute ${key.slice(0, 200)}.`);
    return;
  }
  const held = canonicalExtension(extension, raw, rules);
  if (held === undefined) delete resource[extension.schema];
  else resource[extension.schema] = held;
}

function setValue(holder: JsonObject, attribute: AttributeDefinition, raw: JsonValue, rules: CanonicalRules): void {
  if (attribute.mutability === 'readOnly') return;
  const value = canonicalValue(attribute, raw, rules);
  // Of two spellings of one name the last wins, also when it clears.
  if (value === undefined) delete holder[attribute.name];
  else holder[attribute.name] = value;
}

function canonicalExtension(extension: Extension, raw: JsonValue, rules: CanonicalRules): JsonObject | undefined {
  if (raw === null) return undefined;
  if (!isObject(raw)) throw invalidValue(`${extension.schema} must be an object.`);
  const held: JsonObject = {};
  for (const key of Object.keys(raw)) {
    const attribute = extension.attributes.get(key.toLowerCase());
    if (attribute) setValue(held, attribute, raw[key] ?? null, rules);
    else if (rules.strict) throw invalidValue(`${extension.schema} has no attribute ${key.slice(0, 200)}.`);
  }
  return Object.keys(held).length === 0 ? undefined : held;
}

/** RFC 7643 §3: the core schema must be named; further URNs are no promise that their data follows, so unknown ones are ignored. */
function checkSchemas(type: ResourceType, schemas: JsonValue | undefined, rules: CanonicalRules): void {
  if ((schemas === undefined || schemas === null) && rules.dialect.has('schemas-left-out')) return;
  if (!Array.isArray(schemas) || !schemas.every((schema) => typeof schema === 'string')) {
    throw invalidSyntax('schemas must be a list of schema URNs.');
  }
  const core = type.schema.toLowerCase();
  const meant = schemas.map((schema) => {
    const name = schema.toLowerCase();
    return rules.dialect.has('legacy-group-urn') ? (LEGACY_SCHEMAS.get(name)?.toLowerCase() ?? name) : name;
  });
  if (!meant.includes(core)) throw invalidSyntax(`schemas must name ${type.schema}.`);
}

/** The core schema and every extension the resource holds data of. */
export function schemasOf(type: ResourceType, resource: JsonObject): string[] {
  const schemas = [type.schema];
  for (const extension of type.extensions.values()) if (Object.hasOwn(resource, extension.schema)) schemas.push(extension.schema);
  return schemas;
}

const compiled = new WeakMap<ResourceType, ValidateFunction>();

function validatorOf(type: ResourceType): ValidateFunction {
  let validate = compiled.get(type);
  if (!validate) {
    validate = compileResourceType(type);
    compiled.set(type, validate);
  }
  return validate;
}

/** Checks a canonical resource: types, lengths, what is required, one primary value. Throws `invalidValue`. */
export function assertValid(type: ResourceType, resource: JsonObject): void {
  const validate = validatorOf(type);
  if (!validate(resource)) {
    const error = validate.errors?.[0];
    throw invalidValue(error ? sentenceOf(error) : 'The resource is not valid.');
  }
  for (const attribute of type.primaries) assertOnePrimary(attribute, resource);
}

/** RFC 7643 §2.4: the value true must occur no more than once. */
function assertOnePrimary(attribute: AttributeDefinition, resource: JsonObject): void {
  const holder = attribute.extension === undefined ? resource : resource[attribute.extension];
  const values = isObject(holder) ? holder[attribute.name] : undefined;
  if (Array.isArray(values) && values.filter((value) => isObject(value) && value['primary'] === true).length > 1) {
    throw invalidValue(`${attribute.path} has more than one primary value.`);
  }
}
