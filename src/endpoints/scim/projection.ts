import type { AttributeDefinition, Attributes } from './attribute-definition.ts';
import { isObject } from './resource-json.ts';
import type { JsonObject, JsonValue } from './resource-json.ts';
import type { ResourceType } from './resource-type.ts';

/** What of an attribute is shown: all of it, none of it, or some of its parts by name. */
type Shown = boolean | ReadonlySet<string>;

/** Which attributes an answer shows (RFC 7644 §3.9), worked out once per request. */
export interface Projection {
  /** Whether a stored resource is shown as it is, so that its text need not be parsed. */
  readonly plain: boolean;
  /** Whether the top-level attribute of that name is shown at all; what is not need not be loaded. */
  wants(name: string): boolean;
  /** A resource with what is shown and nothing else. Never mutates. */
  apply(resource: JsonObject): JsonObject;
}

/** Most requests name no attributes: their projection is worked out once per resource type. */
const defaults = new WeakMap<ResourceType, Projection>();

/**
 * Prepares a projection. Names in any case, with or without URN, also a whole extension by its URN; unknown names select
 * nothing. `excluded` is applied after `attributes`; neither touches what is returned always, or never.
 */
export function projectionOf(type: ResourceType, attributes: readonly string[] | undefined, excluded: readonly string[] | undefined): Projection {
  if (attributes || excluded) return prepare(type, attributes, excluded);
  const known = defaults.get(type) ?? prepare(type, undefined, undefined);
  defaults.set(type, known);
  return known;
}

function prepare(type: ResourceType, attributes: readonly string[] | undefined, excluded: readonly string[] | undefined): Projection {
  const included = attributes && selectionOf(type, attributes);
  const omitted = selectionOf(type, excluded ?? []);
  const isDefault = included === undefined && omitted.size === 0;
  const core = shownOf(type.attributes, included, omitted);
  const extensions = new Map([...type.extensions.values()].map(({ schema, attributes: own }) => [schema, shownOf(own, included, omitted)] as const));
  // the one attribute that is never returned and never stored with the resource either
  const hidden = [...type.paths.values()].filter((one) => (one.returned === 'never' || one.returned === 'request') && one.path !== 'password');
  const plain = isDefault && hidden.length === 0;
  const nothingHidden = plain && !type.attributes.has('password');
  return {
    plain,
    wants: (name) => core.get(name) !== false,
    apply: (resource) => (nothingHidden ? resource : shownResource(resource, core, extensions)),
  };
}

/** What the names select: an attribute whole (true) or some of its parts. */
type Selection = ReadonlyMap<AttributeDefinition, true | ReadonlySet<string>>;

function selectionOf(type: ResourceType, names: readonly string[]): Selection {
  const selection = new Map<AttributeDefinition, true | Set<string>>();
  for (const name of names) {
    const key = name.trim().toLowerCase();
    const one = type.paths.get(key);
    const whole = one ? [] : (type.extensions.get(key)?.attributes.values() ?? (key === type.schema.toLowerCase() ? type.attributes.values() : []));
    for (const attribute of whole) selection.set(attribute, true);
    if (!one) continue;
    const parts = one.parent && selection.get(one.parent);
    if (!one.parent) selection.set(one, true);
    else if (parts === undefined) selection.set(one.parent, new Set([one.name]));
    else if (parts !== true) parts.add(one.name);
  }
  return selection;
}

function shownOf(attributes: Attributes, included: Selection | undefined, omitted: Selection): ReadonlyMap<string, Shown> {
  return new Map([...attributes.values()].map((attribute) => [attribute.name, shownAttribute(attribute, included, omitted)] as const));
}

function shownAttribute(attribute: AttributeDefinition, included: Selection | undefined, omitted: Selection): Shown {
  if (attribute.returned === 'never') return false;
  if (attribute.returned === 'always') return true;
  const wanted = included ? (included.get(attribute) ?? false) : attribute.returned === 'default';
  const unwanted = omitted.get(attribute) ?? false;
  if (wanted === false || unwanted === true) return false;
  if (attribute.subAttributes.size === 0) return true;
  const parts = [...attribute.subAttributes.values()].filter((part) => {
    if (part.returned === 'never') return false;
    if (part.returned === 'always') return true;
    if (unwanted !== false && unwanted.has(part.name)) return false;
    if (wanted !== true) return wanted.has(part.name);
    return part.returned === 'default';
  });
  return parts.length === attribute.subAttributes.size ? true : new Set(parts.map((part) => part.name));
}

function shownResource(resource: JsonObject, core: ReadonlyMap<string, Shown>, extensions: ReadonlyMap<string, ReadonlyMap<string, Shown>>): JsonObject {
  const result: JsonObject = {};
  for (const name of Object.keys(resource)) {
    const value = resource[name] ?? null;
    const own = extensions.get(name);
    const shown = own ? shownExtension(value, own) : shownValue(value, core.get(name) ?? false);
    if (shown !== undefined) result[name] = shown;
  }
  return result;
}

function shownExtension(value: JsonValue, own: ReadonlyMap<string, Shown>): JsonObject | undefined {
  if (!isObject(value)) return undefined;
  const result = shownResource(value, own, new Map());
  return Object.keys(result).length === 0 ? undefined : result;
}

function shownValue(value: JsonValue, shown: Shown): JsonValue | undefined {
  if (typeof shown === 'boolean') return shown ? value : undefined;
  if (Array.isArray(value)) {
    const list = value.flatMap((element) => shownValue(element, shown) ?? []);
    return list.length === 0 ? undefined : list;
  }
  if (!isObject(value)) return value;
  const parts = Object.entries(value).filter(([name]) => shown.has(name));
  return parts.length === 0 ? undefined : Object.fromEntries(parts);
}
