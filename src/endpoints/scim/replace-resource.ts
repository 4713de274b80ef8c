import type { AttributeDefinition } from './attribute-definition.ts';
import { TOLERANT } from './dialects.ts';
import type { Dialect } from './dialects.ts';
import { equalJson, isObject } from './resource-json.ts';
import type { JsonObject, JsonValue } from './resource-json.ts';
import type { Extension, ResourceType } from './resource-type.ts';
import { mutability } from './scim-error.ts';
import { schemasOf } from './validate.ts';

/**
 * What a PUT leaves (RFC 7644 §3.5.1): everything the client may set is replaced, what it omits is cleared, what is
 * readOnly stays, what is immutable stays and must not be sent differently. By dialect an omitted `active` stays as well.
 * @param next a canonical resource from `validateResource`
 */
export function replaceResource(type: ResourceType, current: JsonObject, next: JsonObject, dialect: Dialect = TOLERANT): { resource: JsonObject; changed: boolean } {
  const resource: JsonObject = { ...next };
  for (const attribute of type.attributes.values()) {
    const before = current[attribute.name];
    if (before === undefined) continue;
    const keeps = attribute.mutability === 'readOnly' || attribute.mutability === 'immutable' || (attribute.name === 'active' && dialect.has('unsaid-active-stays'));
    if (keeps && resource[attribute.name] === undefined) resource[attribute.name] = before;
    assertImmutable(attribute, before, resource[attribute.name]);
  }
  for (const extension of type.extensions.values()) keepExtension(extension, current, resource);
  resource['schemas'] = schemasOf(type, resource);
  return { resource, changed: !equalJson(resource, current) };
}

function keepExtension(extension: Extension, current: JsonObject, resource: JsonObject): void {
  const before = current[extension.schema];
  if (!isObject(before)) return;
  const sent = resource[extension.schema];
  const after: JsonObject = isObject(sent) ? { ...sent } : {};
  for (const attribute of extension.attributes.values()) {
    const had = before[attribute.name];
    if (had === undefined || (attribute.mutability !== 'immutable' && attribute.mutability !== 'readOnly')) continue;
    after[attribute.name] ??= had;
    assertImmutable(attribute, had, after[attribute.name]);
  }
  if (Object.keys(after).length > 0) resource[extension.schema] = after;
}

/** Once set, an immutable attribute keeps its value (RFC 7643 §7). */
export function assertImmutable(attribute: AttributeDefinition, before: JsonValue, after: JsonValue | undefined): void {
  if (attribute.mutability === 'immutable' && !equalJson(before, after)) throw mutability(`${attribute.path} cannot be changed once it is set.`);
}
