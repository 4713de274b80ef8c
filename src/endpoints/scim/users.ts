import type { DirectoryUser } from '../../domain/directory/index.ts';
import { createUser, deleteUser, updateUser } from '../../provisioning/index.ts';
import { assertMatches, entityTag, isKnown } from './entity-tag.ts';
import { listAnswer } from './list-answer.ts';
import { type ListQuery, parseListQuery, parseProjection, parseSearchRequest } from './list-query.ts';
import { searchInMemory } from './memory-search.ts';
import { applyPatch } from './patch.ts';
import { parsePatch } from './patch-request.ts';
import type { Projection } from './projection.ts';
import { replaceResource } from './replace-resource.ts';
import type { JsonObject } from './resource-json.ts';
import { type ScimAnswer, type ScimRequest, feedOf } from './scim-exchange.ts';
import { type ScimService, notFound, storedId } from './scim-service.ts';
import { renderUser, userFields } from './user-resource.ts';
import { validateResource } from './validate.ts';

/** `/Users` and `/Users/{id}` (RFC 7644 §3): one function per method. */

const parsed = (user: DirectoryUser): JsonObject => JSON.parse(user.resource) as JsonObject;

/** Most requests want everything: then the stored text goes out without being parsed. */
function shown(service: ScimService, user: DirectoryUser, projection: Projection | undefined): string {
  const text = renderUser(user, service.base);
  return projection ? JSON.stringify(projection.apply(JSON.parse(text) as JsonObject)) : text;
}

const projectionOf = (service: ScimService, request: ScimRequest): Projection | undefined =>
  request.query.size === 0 ? undefined : parseProjection(request.query, service.registry.user);

function answer(service: ScimService, request: ScimRequest, status: number, user: DirectoryUser): ScimAnswer {
  const headers = { ETag: entityTag(user.version), Location: `${service.base}/Users/${user.id}` };
  return { status, body: shown(service, user, projectionOf(service, request)), headers };
}

export async function postUser(service: ScimService, request: ScimRequest): Promise<ScimAnswer> {
  const resource = validateResource(service.registry.user, request.body);
  const user = await createUser(service.provisioning, feedOf(request, 'users'), (id) => userFields(id, resource));
  return answer(service, request, 201, user);
}

export async function getUser(service: ScimService, request: ScimRequest, id: string): Promise<ScimAnswer> {
  const user = await service.reader.user(request.open('users', false), storedId(id));
  if (!user) throw notFound('User', id);
  if (isKnown(request.preconditions, user.version)) return { status: 304, headers: { ETag: entityTag(user.version) } };
  return answer(service, request, 200, user);
}

export async function putUser(service: ScimService, request: ScimRequest, id: string): Promise<ScimAnswer> {
  const type = service.registry.user;
  const sent = validateResource(type, request.body);
  return change(service, request, id, (current) => replaceResource(type, current, sent));
}

export async function patchUser(service: ScimService, request: ScimRequest, id: string): Promise<ScimAnswer> {
  const operations = parsePatch(request.body);
  return change(service, request, id, (current) => applyPatch(current, operations, service.registry.user));
}

async function change(
  service: ScimService,
  request: ScimRequest,
  id: string,
  edit: (current: JsonObject) => { resource: JsonObject; changed: boolean },
): Promise<ScimAnswer> {
  const user = await updateUser(service.provisioning, feedOf(request, 'users'), storedId(id), (current) => {
    assertMatches(request.preconditions, current.version);
    const { resource, changed } = edit(parsed(current));
    return changed ? userFields(current.id, resource) : undefined;
  });
  if (!user) throw notFound('User', id);
  return answer(service, request, 200, user);
}

export async function removeUser(service: ScimService, request: ScimRequest, id: string): Promise<ScimAnswer> {
  const found = await deleteUser(service.provisioning, feedOf(request, 'users'), storedId(id), (current) =>
    assertMatches(request.preconditions, current.version),
  );
  if (!found) throw notFound('User', id);
  return { status: 204 };
}

export const listUsers = (service: ScimService, request: ScimRequest): Promise<ScimAnswer> =>
  find(service, request, parseListQuery(request.query, service.registry.user, limitsOf(service)));

/** RFC 7644 §3.4.3: the same question in a body, so that what is asked for stands in no log. */
export const searchUsers = (service: ScimService, request: ScimRequest): Promise<ScimAnswer> =>
  find(service, request, parseSearchRequest(request.body, service.registry.user, limitsOf(service)));

const limitsOf = ({ limits }: ScimService): { defaultCount: number; maxCount: number } => ({
  defaultCount: limits.defaultPageSize,
  maxCount: limits.maxPageSize,
});

async function find(service: ScimService, request: ScimRequest, query: ListQuery): Promise<ScimAnswer> {
  const open = request.open('users', false);
  const render = (user: DirectoryUser): string => shown(service, user, query.projection);
  const { filter } = query;
  if (!filter && !query.sortBy) {
    const { total, resources } = await service.reader.users(open, { offset: query.startIndex - 1, limit: query.count });
    return listAnswer(total, query.startIndex, resources.map(render));
  }
  if (filter?.kind === 'compare' && filter.operator === 'eq' && typeof filter.literal === 'string' && !filter.attribute.parent) {
    const { name } = filter.attribute;
    if (name === 'userName' || name === 'externalId') {
      const users = await service.reader.usersNamed(open, name, filter.literal);
      return listAnswer(users.length, query.startIndex, users.slice(query.startIndex - 1, query.startIndex - 1 + query.count).map(render));
    }
  }
  const page = (offset: number, limit: number): Promise<readonly string[]> =>
    service.reader.users(open, { offset, limit }).then(({ resources }) => resources.map((user) => renderUser(user, service.base)));
  return searchInMemory(query, page);
}
