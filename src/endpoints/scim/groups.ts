import type { DirectoryGroup, DirectoryGroupFields, GroupWithMembers } from '../../domain/directory/index.ts';
import { type MemberDelta, createGroup, deleteGroup, updateGroup } from '../../provisioning/index.ts';
import { assertMatches, entityTag, isKnown } from './entity-tag.ts';
import { toDirectoryQuery } from './directory-query.ts';
import { exactName } from './exact-name.ts';
import { evaluateElement } from './filter-evaluate.ts';
import { groupFields, groupVersion, renderGroup } from './group-resource.ts';
import { answerPage, listAnswer } from './list-answer.ts';
import { type ListQuery, namesAttributes, parseListQuery, parseProjection, parseSearchRequest } from './list-query.ts';
import { type MemberReference, type MemberDelta as SaidDelta, splitMemberOperations, takeMembers } from './member-operations.ts';
import { applyPatch } from './patch.ts';
import { parsePatch } from './patch-request.ts';
import { type Projection, projectionOf } from './projection.ts';
import { replaceResource } from './replace-resource.ts';
import { type JsonObject, textOf } from './resource-json.ts';
import { invalidValue } from './scim-error.ts';
import { type ScimAnswer, type ScimRequest, feedOf, openToWrite } from './scim-exchange.ts';
import { type ScimService, notFound, storedId } from './scim-service.ts';
import { uniqueChangeOf } from './unique-attributes.ts';
import { validateResource } from './validate.ts';

/** `/Groups` and `/Groups/{id}` (RFC 7644 §3): one function per method. Members are rows; nobody holds them to change one. */

function shown(service: ScimService, { group, members }: GroupWithMembers, projection: Projection): string {
  const text = renderGroup(group, members, service.base);
  return projection.plain ? text : JSON.stringify(projection.apply(JSON.parse(text) as JsonObject));
}

const everything = ({ registry }: ScimService): Projection => projectionOf(registry.group, undefined, undefined);

const projectionFor = (service: ScimService, { query }: ScimRequest): Projection =>
  query.size === 0 ? everything(service) : parseProjection(query, service.registry.group);

const headersOf = (service: ScimService, group: DirectoryGroup): Record<string, string> => ({
  ETag: entityTag(groupVersion(group)),
  Location: `${service.base}/Groups/${group.id}`,
});

/** Reads the group back for an answer with a body; members only for who sees them. */
async function answer(service: ScimService, request: ScimRequest, status: number, id: string): Promise<ScimAnswer> {
  const projection = projectionFor(service, request);
  const found = await service.reader.group(request.open('groups', false), id, projection.wants('members'));
  if (!found) throw notFound('Group', id);
  return { status, body: shown(service, found, projection), headers: headersOf(service, found.group) };
}

/** Ids that no resource of ours can have are refused where somebody is added, and of no account where somebody is removed. */
function idsOf(members: readonly MemberReference[]): string[] {
  const foreign = members.find(({ value }) => storedId(value) !== value);
  if (foreign) throw invalidValue(`members: there is no user or group ${JSON.stringify(foreign.value.slice(0, 100))}.`);
  return members.map(({ value }) => value);
}

export async function postGroup(service: ScimService, request: ScimRequest): Promise<ScimAnswer> {
  const type = service.registry.group;
  const { members = [], resource } = takeMembers(type, validateResource(type, request.body));
  const group = await createGroup(service.provisioning, feedOf(service, request, 'groups'), (id) => fieldsOf(service, id, undefined, resource), idsOf(members));
  if (members.length > 0) return answer(service, request, 201, group.id);
  return { status: 201, body: shown(service, { group }, projectionFor(service, request)), headers: headersOf(service, group) };
}

export async function getGroup(service: ScimService, request: ScimRequest, id: string): Promise<ScimAnswer> {
  const projection = projectionFor(service, request);
  const found = await service.reader.group(request.open('groups', false), storedId(id), projection.wants('members'));
  if (!found) throw notFound('Group', id);
  const headers = headersOf(service, found.group);
  if (isKnown(request.preconditions, groupVersion(found.group))) return { status: 304, headers };
  return { status: 200, body: shown(service, found, projection), headers };
}

/** The group's own version is judged: what its members do in the meantime is not this client's change. */
const assertVersion = (request: ScimRequest, group: DirectoryGroup): void => assertMatches(request.preconditions, groupVersion(group));

export async function putGroup(service: ScimService, request: ScimRequest, id: string): Promise<ScimAnswer> {
  const type = service.registry.group;
  const { members = [], resource } = takeMembers(type, validateResource(type, request.body));
  const found = await updateGroup(service.provisioning, feedOf(service, request, 'groups'), storedId(id), {
    fields: (current) => {
      assertVersion(request, current);
      return fieldsAfter(service, current, replaceResource(type, parsed(current), resource));
    },
    members: [{ kind: 'replaceAll', ids: idsOf(members) }],
  });
  if (!found) throw notFound('Group', id);
  return answer(service, request, 200, storedId(id));
}

const parsed = (group: DirectoryGroup): JsonObject => JSON.parse(group.resource) as JsonObject;

function fieldsOf({ registry }: ScimService, id: string, before: DirectoryGroup | undefined, resource: JsonObject): DirectoryGroupFields {
  const fields = groupFields(id, resource);
  const unique = registry.unique && uniqueChangeOf(registry.unique, 'Group', before && parsed(before), resource);
  return unique ? { ...fields, unique } : fields;
}

const fieldsAfter = (service: ScimService, current: DirectoryGroup, { resource, changed }: { resource: JsonObject; changed: boolean }): DirectoryGroupFields | undefined =>
  changed ? fieldsOf(service, current.id, current, resource) : undefined;

export async function patchGroup(service: ScimService, request: ScimRequest, id: string): Promise<ScimAnswer> {
  const type = service.registry.group;
  const { memberOperations, rest } = splitMemberOperations(parsePatch(request.body), type);
  const needsGroup = rest.length > 0 || request.preconditions.ifMatch !== undefined || request.preconditions.ifNoneMatch !== undefined;
  const found = await updateGroup(service.provisioning, feedOf(service, request, 'groups'), storedId(id), {
    ...(needsGroup && {
      fields: (current: DirectoryGroup) => {
        assertVersion(request, current);
        return fieldsAfter(service, current, applyPatch(parsed(current), rest, type));
      },
    }),
    members: await deltasOf(service, request, storedId(id), memberOperations),
  });
  if (!found) throw notFound('Group', id);
  // RFC 7644 §3.5.2: 204 is an answer too, and a group of 100,000 is not sent back for one who joined; who names
  // attributes gets them.
  if (!namesAttributes(request.query)) return { status: 204 };
  return answer(service, request, 200, storedId(id));
}

/** What the operations say, in terms of ids. A removal by condition is worked out on the members as they are. */
async function deltasOf(service: ScimService, request: ScimRequest, id: string, said: readonly SaidDelta[]): Promise<MemberDelta[]> {
  const deltas: MemberDelta[] = [];
  for (const delta of said) {
    if (delta.kind === 'removeAll') deltas.push(delta);
    else if (delta.kind === 'remove') deltas.push({ kind: 'remove', ids: delta.ids.filter((one) => storedId(one) === one) });
    else if (delta.kind === 'removeMatching') {
      const found = await service.reader.group(openToWrite(service, request, 'groups'), id, true);
      const members = found ? ((JSON.parse(shown(service, found, everything(service))) as JsonObject)['members'] as JsonObject[] | undefined) : undefined;
      deltas.push({ kind: 'remove', ids: (members ?? []).filter((member) => evaluateElement(delta.filter, member)).flatMap((member) => textOf(member, 'value') ?? []) });
    } else deltas.push({ kind: delta.kind, ids: idsOf(delta.members) });
  }
  return deltas;
}

export async function removeGroup(service: ScimService, request: ScimRequest, id: string): Promise<ScimAnswer> {
  const found = await deleteGroup(service.provisioning, feedOf(service, request, 'groups'), storedId(id), (current) => assertVersion(request, current));
  if (!found) throw notFound('Group', id);
  return { status: 204 };
}

const limitsOf = ({ limits }: ScimService): { defaultCount: number; maxCount: number } => ({
  defaultCount: limits.defaultPageSize,
  maxCount: limits.maxPageSize,
});

export const listGroups = (service: ScimService, request: ScimRequest): Promise<ScimAnswer> =>
  find(service, request, parseListQuery(request.query, service.registry.group, limitsOf(service)));

export const searchGroups = (service: ScimService, request: ScimRequest): Promise<ScimAnswer> =>
  find(service, request, parseSearchRequest(request.body, service.registry.group, limitsOf(service)));

async function find(service: ScimService, request: ScimRequest, query: ListQuery): Promise<ScimAnswer> {
  const open = request.open('groups', false);
  const withMembers = query.projection.wants('members');
  const render = (found: GroupWithMembers): string => shown(service, found, query.projection);
  const { startIndex, count, cursor } = query;
  if (cursor === undefined && !query.filter && !query.sortBy) {
    const { total, resources } = await service.reader.groups(open, { offset: startIndex - 1, limit: count }, withMembers);
    return listAnswer(total, { startIndex }, resources.map(render));
  }
  const named = cursor === undefined ? exactName(query.filter, ['displayName', 'externalId']) : undefined;
  if (named) {
    const groups = await service.reader.groupsNamed(open, named.attribute, named.value, withMembers);
    return listAnswer(groups.length, { startIndex }, groups.slice(startIndex - 1, startIndex - 1 + count).map(render));
  }
  const question = toDirectoryQuery(query, service.registry.group, service.base);
  return answerPage(service, query, 'Group', question, (page) => service.reader.findGroups(open, question, page, withMembers), render);
}

export { find as findGroups };
