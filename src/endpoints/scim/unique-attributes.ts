import { createHash } from 'node:crypto';
import type { MemberKind, UniqueChange, UniqueClaim, UniqueRules } from '../../domain/directory/index.ts';
import type { AttributeDefinition, AttributeJson } from './attribute-definition.ts';
import { comparable } from './comparable-value.ts';
import { type JsonObject, type JsonValue, isObject } from './resource-json.ts';
import type { ResourceType } from './resource-type.ts';

/** What `uniqueness` of a schema comes to (RFC 7643 §2.4, §7): which values of a resource nobody else may hold. Pure. */

/** What schemas make unique, beside the names that the directory itself keeps unique. */
export interface UniqueVocabulary extends UniqueRules {
  readonly attributes: ReadonlyMap<MemberKind, readonly AttributeDefinition[]>;
}

/** Announced as unique and kept so by a column of its own. */
const KEPT_BY_THE_DIRECTORY: ReadonlySet<string> = new Set(['User id', 'User userName', 'Group id', 'Group displayName']);

function uniqueOf(kind: MemberKind, type: ResourceType): AttributeDefinition[] {
  const top = [...type.attributes.values(), ...[...type.extensions.values()].flatMap(({ attributes }) => [...attributes.values()])];
  // What is readOnly comes from the hub and is never stored.
  return top
    .filter(({ mutability }) => mutability !== 'readOnly')
    .flatMap((attribute) => [attribute, ...attribute.subAttributes.values()])
    .filter(({ uniqueness, path }) => uniqueness !== 'none' && !KEPT_BY_THE_DIRECTORY.has(`${kind} ${path}`));
}

/** @returns undefined where nothing is unique but what the directory keeps so anyway, which is the ordinary case */
export function uniqueVocabularyOf(user: ResourceType, group: ResourceType): UniqueVocabulary | undefined {
  const attributes = new Map<MemberKind, readonly AttributeDefinition[]>();
  for (const [kind, type] of [['User', user], ['Group', group]] as const) {
    const found = uniqueOf(kind, type);
    if (found.length > 0) attributes.set(kind, found);
  }
  if (attributes.size === 0) return undefined;
  const rules = [...attributes].flatMap(([kind, list]) => list.map(({ path, type, caseExact, uniqueness }) => JSON.stringify([kind, path.toLowerCase(), type, caseExact, uniqueness])));
  return {
    mark: digestOf(rules.toSorted().join('\n')),
    attributes,
    kinds: new Map([...attributes].map(([kind, list]) => [kind, textsOf(list)])),
    claimsOf: (kind, resource) => claimsOf(kind, attributes.get(kind) ?? [], JSON.parse(resource) as JsonObject),
  };
}

/** Inside a JSON text a quotation mark of a value is escaped: the quoted URN before a colon is the extension's key and nothing else. */
function textsOf(attributes: readonly AttributeDefinition[]): readonly string[] | undefined {
  const urns = new Set(attributes.map(({ extension }) => extension));
  return urns.has(undefined) ? undefined : [...urns].map((urn) => `${JSON.stringify(urn)}:`);
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The unique values of a canonical resource, each once, in the order of their digests, so that no two writers wait for each other. */
export function claimsOf(kind: MemberKind, attributes: readonly AttributeDefinition[], resource: JsonObject): UniqueClaim[] {
  const claims = new Map<string, UniqueClaim>();
  for (const attribute of attributes) {
    for (const value of valuesOf(attribute, resource)) {
      const compared = comparable(attribute, value);
      if (compared === undefined) continue;
      const digest = digestOf(JSON.stringify([kind, attribute.path.toLowerCase(), compared]));
      claims.set(digest, { digest, attribute: attribute.path, wide: attribute.uniqueness === 'global' });
    }
  }
  return [...claims.values()].toSorted((left, right) => (left.digest < right.digest ? -1 : 1));
}

/** Every value of an attribute: one, those of a list, or those of a part in every element of its parent. */
function valuesOf(attribute: AttributeDefinition, resource: JsonObject): JsonValue[] {
  if (attribute.parent) return valuesOf(attribute.parent, resource).flatMap((holder) => (isObject(holder) ? listed(holder, attribute.name) : []));
  if (attribute.extension === undefined) return listed(resource, attribute.name);
  const extension = resource[attribute.extension];
  return isObject(extension) ? listed(extension, attribute.name) : [];
}

function listed(holder: JsonObject, name: string): JsonValue[] {
  const value = Object.hasOwn(holder, name) ? holder[name] : undefined;
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** What a change takes up and gives up; nothing where neither. A resource keeps what it has, whoever else has it too. */
export function uniqueChangeOf({ attributes }: UniqueVocabulary, kind: MemberKind, before: JsonObject | undefined, after: JsonObject): UniqueChange | undefined {
  const list = attributes.get(kind);
  if (list === undefined) return undefined;
  const [had, has] = [before === undefined ? [] : claimsOf(kind, list, before), claimsOf(kind, list, after)];
  const change = { claim: without(has, had), release: without(had, has) };
  return change.claim.length === 0 && change.release.length === 0 ? undefined : change;
}

function without(claims: readonly UniqueClaim[], others: readonly UniqueClaim[]): UniqueClaim[] {
  const known = new Set(others.map(({ digest }) => digest));
  return claims.filter(({ digest }) => !known.has(digest));
}

/** Why an attribute cannot be unique; nothing where it can. */
export function uniquenessProblem({ type, returned, mutability, uniqueness = 'none' }: AttributeJson): string | undefined {
  if (uniqueness === 'none') return undefined;
  if (type === 'complex') return 'must be none on a complex attribute; declare it on the part that is unique';
  // A refusal would tell that somebody has the very value nobody may read.
  if (returned === 'never' || mutability === 'writeOnly') return 'must be none where a value is never returned';
  return undefined;
}
