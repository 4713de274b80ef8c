import type { AttributeDefinition } from './attribute-definition.ts';
import { canonicalValue } from './canonical-value.ts';
import type { CanonicalRules } from './canonical-value.ts';
import { TOLERANT } from './dialects.ts';
import type { Dialect } from './dialects.ts';
import type { ResolvedFilter } from './filter-check.ts';
import type { PatchOperation } from './patch-request.ts';
import { resolvePath } from './path.ts';
import { isObject, isStorable } from './resource-json.ts';
import type { JsonObject, JsonValue } from './resource-json.ts';
import type { ResourceType } from './resource-type.ts';
import { invalidValue, mutability, noTarget } from './scim-error.ts';

/** A member as a client names it; `type` is missing where the client does not say, and then the id decides. */
export interface MemberReference {
  readonly value: string;
  readonly type?: 'User' | 'Group';
}

/** One change of a group's members. Groups may have any number of them, so nobody holds them all to change one. */
export type MemberDelta =
  | { readonly kind: 'add'; readonly members: readonly MemberReference[] }
  | { readonly kind: 'remove'; readonly ids: readonly string[] }
  /** By anything but ids, such as `members[type eq "Group"]`; the attributes are parts of a member. */
  | { readonly kind: 'removeMatching'; readonly filter: ResolvedFilter }
  | { readonly kind: 'removeAll' }
  | { readonly kind: 'replaceAll'; readonly members: readonly MemberReference[] };

export interface SplitOperations {
  readonly memberOperations: readonly MemberDelta[];
  /** The operations on everything else; both lists keep their order and do not depend on each other. */
  readonly rest: readonly PatchOperation[];
}

/** Longer than any id that the hub gives out; another text is nobody's id. */
const MAX_ID = 256;
const NO_ID = 'members must each have the id of a user or group as value.';

/** Takes the changes of members out of a group's PATCH, in all their spellings. */
export function splitMemberOperations(operations: readonly PatchOperation[], group: ResourceType, dialect: Dialect = TOLERANT): SplitOperations {
  const members = group.attributes.get('members');
  if (!members) return { memberOperations: [], rest: operations };
  const memberOperations: MemberDelta[] = [];
  const rest: PatchOperation[] = [];
  const rules: CanonicalRules = { dialect, strict: false, patch: true };
  for (const operation of operations) {
    if (operation.path === undefined || operation.path.toLowerCase() === group.schema.toLowerCase()) splitKeys(operation, members, group, rules, memberOperations, rest);
    else if (meansMembers(operation.path, members, group)) memberOperations.push(...deltaOf(operation, operation.path, members, group, rules));
    else rest.push(operation);
  }
  return { memberOperations, rest };
}

/** Cheap, so that only paths to members are resolved here. */
function meansMembers(path: string, members: AttributeDefinition, group: ResourceType): boolean {
  const name = /^[^[]*/.exec(path)?.[0] ?? '';
  const attribute = group.paths.get(name.trim().toLowerCase());
  return attribute === members || attribute?.parent === members;
}

/** An object under the URN of the core schema stands for the group itself. */
const isCore = (key: string, value: JsonValue, group: ResourceType): boolean => isObject(value) && key.toLowerCase() === group.schema.toLowerCase();

/** A value without path: its keys that lead to members are taken out, the others stay together. */
function splitKeys(operation: PatchOperation, members: AttributeDefinition, group: ResourceType, rules: CanonicalRules, memberOperations: MemberDelta[], rest: PatchOperation[]): void {
  const value = Array.isArray(operation.value) && operation.value.length === 1 ? operation.value[0] : operation.value;
  const entries = operation.op === 'remove' || !isObject(value) ? [] : Object.entries(value);
  const others = entries.filter(([key, part]) => !meansMembers(key, members, group) && !isCore(key, part, group));
  if (entries.length === others.length) {
    rest.push(operation);
    return;
  }
  for (const [key, part] of entries) {
    if (isCore(key, part, group)) splitKeys({ ...operation, value: part }, members, group, rules, memberOperations, rest);
    else if (meansMembers(key, members, group)) memberOperations.push(...deltaOf({ op: operation.op, path: key, value: part }, key, members, group, rules));
  }
  if (others.length > 0) rest.push({ ...operation, value: Object.fromEntries(others) });
}

function deltaOf(operation: PatchOperation, path: string, members: AttributeDefinition, group: ResourceType, rules: CanonicalRules): MemberDelta[] {
  const target = resolvePath(path, group, rules.dialect);
  if (target.kind !== 'attribute') return [];
  // The parts of a member are immutable or readOnly (RFC 7643 §8.7.1): whoever wants another member removes and adds.
  if (target.part) throw mutability(`${target.part.path} cannot be changed; remove the member and add the other.`);
  if (operation.op === 'remove') return removal(operation.value, target.filter, members, rules);
  if (target.filter) throw noTarget('A member is added by its id, without a filter.');
  const listed = referencesOf(members, operation.value ?? null, rules);
  if (operation.op === 'replace') return [{ kind: 'replaceAll', members: listed }];
  return listed.length === 0 ? [] : [{ kind: 'add', members: listed }];
}

function removal(value: JsonValue | undefined, filter: ResolvedFilter | undefined, members: AttributeDefinition, rules: CanonicalRules): MemberDelta[] {
  if (filter) {
    const ids = idsOf(filter);
    return [ids ? { kind: 'remove', ids: [...new Set(ids)] } : { kind: 'removeMatching', filter }];
  }
  if (value === undefined || value === null || !rules.dialect.has('remove-with-value')) return [{ kind: 'removeAll' }];
  // An empty list names nobody, so nobody goes.
  const ids = referencesOf(members, value, rules).map((member) => member.value);
  return ids.length === 0 ? [] : [{ kind: 'remove', ids }];
}

/** `value eq "a"`, or several of them joined by `or`. */
function idsOf(filter: ResolvedFilter): string[] | undefined {
  if (filter.kind === 'compare') {
    const { attribute, operator, value } = filter;
    return attribute.name === 'value' && operator === 'eq' && typeof value === 'string' ? [value] : undefined;
  }
  if (filter.kind !== 'or') return undefined;
  const ids = filter.operands.map(idsOf);
  return ids.every((list) => list !== undefined) ? ids.flat() : undefined;
}

/** The members that a value lists, each id once. */
function referencesOf(attribute: AttributeDefinition, value: JsonValue, rules: CanonicalRules): MemberReference[] {
  const list = canonicalValue(attribute, value, rules);
  // Whatever says nothing that the hub can use must not be dropped in silence: the client would believe it was applied.
  const sent = Array.isArray(value) ? value.length : value === null || value === '' ? 0 : 1;
  if ((Array.isArray(list) ? list.length : 0) < sent) throw invalidValue(NO_ID);
  const members = new Map<string, MemberReference>();
  for (const element of Array.isArray(list) ? list : []) {
    const member = referenceOf(element);
    members.set(member.value, member);
  }
  return [...members.values()];
}

function referenceOf(element: JsonValue): MemberReference {
  const id = isObject(element) ? element['value'] : undefined;
  if (typeof id !== 'string' || id.length > MAX_ID || !isStorable(id)) throw invalidValue(NO_ID);
  const type = isObject(element) && typeof element['type'] === 'string' ? element['type'].toLowerCase() : '';
  if (type === 'user') return { value: id, type: 'User' };
  return type === 'group' ? { value: id, type: 'Group' } : { value: id };
}

/** Takes the members out of a canonical group, as POST and PUT carry them; undefined where the body names none. */
export function takeMembers(group: ResourceType, resource: JsonObject): { members: readonly MemberReference[] | undefined; resource: JsonObject } {
  const { members, ...rest } = resource;
  const attribute = group.attributes.get('members');
  if (members === undefined || !attribute) return { members: undefined, resource: rest };
  return { members: referencesOf(attribute, members, { dialect: TOLERANT, strict: false, patch: false }), resource: rest };
}
