import type { AttributeDefinition } from './attribute-definition.ts';
import type { CanonicalRules } from './canonical-value.ts';
import { TOLERANT } from './dialects.ts';
import type { Dialect } from './dialects.ts';
import { addValue } from './patch-add.ts';
import { removeValue } from './patch-remove.ts';
import { replaceValue } from './patch-replace.ts';
import type { PatchOperation } from './patch-request.ts';
import { findTarget, resolvePath } from './path.ts';
import type { Target } from './path.ts';
import { assertImmutable } from './replace-resource.ts';
import { equalJson, isObject } from './resource-json.ts';
import type { JsonObject, JsonValue } from './resource-json.ts';
import { attributeAt } from './resource-type.ts';
import type { Extension, ResourceType } from './resource-type.ts';
import { ScimError, invalidPath, invalidValue, mutability, noTarget } from './scim-error.ts';
import { assertValid, schemasOf } from './validate.ts';

export interface PatchOptions {
  readonly dialect?: Dialect;
  /** Refuse unknown keys of a value without path instead of ignoring them. */
  readonly strict?: boolean;
}

export interface PatchResult {
  /** The same object as was passed in when nothing changed. */
  readonly resource: JsonObject;
  readonly changed: boolean;
}

/** Operations on members are split off before and may be more; each of the others may walk a whole list. */
const MAX_ATTRIBUTE_OPERATIONS = 1000;

interface Patching {
  readonly type: ResourceType;
  readonly rules: CanonicalRules;
}

/**
 * Applies operations in order (RFC 7644 §3.5.2). Pure: the resource passed in is never mutated, and it either gets all
 * operations or, by a thrown ScimError, none.
 * @param resource canonical, with its `id`; what the hub adds at rendering (`meta`, `groups`, `members`) need not be there
 */
export function applyPatch(resource: JsonObject, operations: readonly PatchOperation[], type: ResourceType, options: PatchOptions = {}): PatchResult {
  if (operations.length > MAX_ATTRIBUTE_OPERATIONS) throw new ScimError(413, undefined, `A PATCH may have at most ${MAX_ATTRIBUTE_OPERATIONS} operations besides those on members.`);
  const patching = { type, rules: { dialect: options.dialect ?? TOLERANT, strict: options.strict ?? false, patch: true } };
  let next = resource;
  for (const operation of operations) next = applyOperation(next, operation, patching);
  if (equalJson(next, resource)) return { resource, changed: false };
  next = { ...next, schemas: schemasOf(type, next) };
  assertValid(type, next);
  return { resource: next, changed: true };
}

function applyOperation(resource: JsonObject, operation: PatchOperation, patching: Patching): JsonObject {
  if (operation.path === undefined) return applyKeys(resource, operation, undefined, patching);
  return applyTarget(resource, resolvePath(operation.path, patching.type, patching.rules.dialect), operation, patching);
}

function applyTarget(resource: JsonObject, target: Target, operation: PatchOperation, patching: Patching): JsonObject {
  if (target.kind === 'resource') return applyKeys(resource, operation, undefined, patching);
  if (target.kind === 'attribute') return applyAttribute(resource, target, operation, patching);
  if (operation.op !== 'remove' && operation.value !== null) return applyKeys(resource, operation, target.extension, patching);
  return removeExtension(resource, target.extension);
}

/** What an extension requires it requires of who holds it: without the extension nothing is missing. */
function removeExtension(resource: JsonObject, extension: Extension): JsonObject {
  const held = resource[extension.schema];
  if (!isObject(held)) return resource;
  const fixed = [...extension.attributes.values()].some((attribute) => attribute.mutability === 'immutable' && held[attribute.name] !== undefined);
  if (extension.required || fixed) throw mutability(`${extension.schema} cannot be removed.`);
  const { [extension.schema]: _, ...rest } = resource;
  return rest;
}

/** A value without path, or for an extension as a whole: each key says where its value belongs. */
function applyKeys(resource: JsonObject, operation: PatchOperation, extension: Extension | undefined, patching: Patching): JsonObject {
  if (operation.op === 'remove') throw noTarget('A remove operation needs a path.');
  const value = Array.isArray(operation.value) && operation.value.length === 1 ? operation.value[0] : operation.value;
  if (!isObject(value)) throw invalidValue(`Without a path to one attribute, the value to ${operation.op} must be an object.`);
  let next = resource;
  for (const key of Object.keys(value)) {
    const target = targetOfKey(key, extension, patching);
    const part = value[key] ?? null;
    if (!target) continue;
    if (target.kind === 'attribute' && isReadOnly(target)) assertUnchangedId(resource, target.attribute, part, patching.rules);
    else if (target.kind !== 'resource' || isObject(part)) next = applyTarget(next, target, { op: operation.op, path: key, value: part }, patching);
  }
  return next;
}

function targetOfKey(key: string, extension: Extension | undefined, { type, rules }: Patching): Target | undefined {
  const name = extension === undefined ? key : `${extension.schema}:${key}`;
  const plain = extension === undefined ? type.attributes.has(key.toLowerCase()) || type.extensions.has(key.toLowerCase()) : extension.attributes.has(key.toLowerCase());
  const target = plain || rules.dialect.has('paths-as-keys') ? findKey(name, type, rules) : undefined;
  if (!target && rules.strict) throw invalidPath(`${type.name} has no attribute ${JSON.stringify(key.slice(0, 200))}.`);
  return target;
}

/** Keys that are no paths at all are unknown attributes; those with brackets mean to be paths and must be right. */
function findKey(name: string, type: ResourceType, rules: CanonicalRules): Target | undefined {
  const attribute = attributeAt(name, type, rules.dialect);
  const isUrn = type.extensions.has(name.toLowerCase()) || name.toLowerCase() === type.schema.toLowerCase();
  if (!attribute && !name.includes('[') && !isUrn) return undefined;
  return findTarget(name, type, rules.dialect);
}

type AttributeTarget = Extract<Target, { kind: 'attribute' }>;

const isReadOnly = (target: AttributeTarget): boolean => target.attribute.mutability === 'readOnly' || target.part?.mutability === 'readOnly';

/** Okta repeats the id in every value without path; another id would be an attempt to change it. Other readOnly values are ignored as in a PUT. */
function assertUnchangedId(resource: JsonObject, attribute: AttributeDefinition, value: JsonValue, rules: CanonicalRules): void {
  if (attribute.path === 'id' && (value !== resource['id'] || !rules.dialect.has('unchanged-id'))) throw mutability('id cannot be changed.');
}

function applyAttribute(resource: JsonObject, target: AttributeTarget, operation: PatchOperation, { rules }: Patching): JsonObject {
  const { attribute, part } = target;
  if (isReadOnly(target)) throw mutability(`${(part ?? attribute).path} is read only.`);
  // `schemas` always says what the resource holds, so there is nothing for the client to set.
  if (attribute.path === 'schemas' && operation.op !== 'remove') return resource;
  const before = readAttribute(resource, attribute);
  const after = resultOf(target, before, operation, rules);
  if (after === before) return resource;
  // As in a PUT: whoever is switched off is not let in again by a request that leaves it open.
  if (after === undefined && attribute.name === 'active' && attribute.extension === undefined && rules.dialect.has('unsaid-active-stays')) return resource;
  if (before !== undefined) assertImmutable(attribute, before, after);
  if (after === undefined && attribute.required) throw mutability(`${attribute.path} is required and cannot be removed.`);
  return writeAttribute(resource, attribute, after);
}

function resultOf(target: AttributeTarget, before: JsonValue | undefined, operation: PatchOperation, rules: CanonicalRules): JsonValue | undefined {
  if (operation.op === 'remove') return removeValue(target, before, operation.value, rules);
  return (operation.op === 'add' ? addValue : replaceValue)(target, before, operation.value ?? null, rules);
}

function readAttribute(resource: JsonObject, attribute: AttributeDefinition): JsonValue | undefined {
  const holder = attribute.extension === undefined ? resource : resource[attribute.extension];
  return isObject(holder) ? holder[attribute.name] : undefined;
}

function writeAttribute(resource: JsonObject, attribute: AttributeDefinition, value: JsonValue | undefined): JsonObject {
  if (attribute.extension === undefined) return withMember(resource, attribute.name, value);
  const held = resource[attribute.extension];
  const next = withMember(isObject(held) ? held : {}, attribute.name, value);
  return withMember(resource, attribute.extension, Object.keys(next).length === 0 ? undefined : next);
}

function withMember(object: JsonObject, name: string, value: JsonValue | undefined): JsonObject {
  const next = { ...object };
  if (value === undefined) delete next[name];
  else next[name] = value;
  return next;
}
