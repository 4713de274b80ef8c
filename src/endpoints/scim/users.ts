import type { DirectoryUser, DirectoryUserFields } from '../../domain/directory/index.ts';
import { createUser, deleteUser, updateUser } from '../../provisioning/index.ts';
import { assertMatches, entityTag, isKnown } from './entity-tag.ts';
import { toDirectoryQuery } from './directory-query.ts';
import { exactName } from './exact-name.ts';
import { answerPage, listAnswer } from './list-answer.ts';
import { type ListQuery, parseListQuery, parseProjection, parseSearchRequest } from './list-query.ts';
import { applyPatch } from './patch.ts';
import { parsePatch } from './patch-request.ts';
import { type Projection, projectionOf } from './projection.ts';
import { replaceResource } from './replace-resource.ts';
import type { JsonObject } from './resource-json.ts';
import { type ScimAnswer, type ScimRequest, feedOf } from './scim-exchange.ts';
import { type ScimService, notFound, storedId } from './scim-service.ts';
import { uniqueChangeOf } from './unique-attributes.ts';
import { renderUser, userFields } from './user-resource.ts';
import { validateResource } from './validate.ts';

/** `/Users` and `/Users/{id}` (RFC 7644 §3): one function per method. */

const parsed = (user: DirectoryUser): JsonObject => JSON.parse(user.resource) as JsonObject;

function fieldsOf({ registry }: ScimService, id: string, before: DirectoryUser | undefined, resource: JsonObject): DirectoryUserFields {
  const fields = userFields(id, resource);
  const unique = registry.unique && uniqueChangeOf(registry.unique, 'User', before && parsed(before), resource);
  return unique ? { ...fields, unique } : fields;
}

/** Most requests want everything: then the stored text goes out without being parsed. */
function shown(service: ScimService, user: DirectoryUser, projection: Projection): string {
  const text = renderUser(user, service.base);
  return projection.plain ? text : JSON.stringify(projection.apply(JSON.parse(text) as JsonObject));
}

const projectionFor = ({ registry }: ScimService, { query }: ScimRequest): Projection =>
  query.size === 0 ? projectionOf(registry.user, undefined, undefined) : parseProjection(query, registry.user);

function answer(service: ScimService, request: ScimRequest, status: number, user: DirectoryUser): ScimAnswer {
  const headers = { ETag: entityTag(user.version), Location: `${service.base}/Users/${user.id}` };
  return { status, body: shown(service, user, projectionFor(service, request)), headers };
}

export async function postUser(service: ScimService, request: ScimRequest): Promise<ScimAnswer> {
  const resource = validateResource(service.registry.user, request.body);
  const user = await createUser(service.provisioning, feedOf(service, request, 'users'), (id) => fieldsOf(service, id, undefined, resource));
  return answer(service, request, 201, user);
}

export async function getUser(service: ScimService, request: ScimRequest, id: string): Promise<ScimAnswer> {
  const user = await service.reader.user(request.open('users', false), storedId(id));
  if (!user) throw notFound('User', id);
  service.provisioning.recent?.remember(request, user);
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
  const user = await updateUser(service.provisioning, feedOf(service, request, 'users'), storedId(id), (current) => {
    assertMatches(request.preconditions, current.version);
    const { resource, changed } = edit(parsed(current));
    return changed ? fieldsOf(service, current.id, current, resource) : undefined;
  });
  if (!user) throw notFound('User', id);
  return answer(service, request, 200, user);
}

export async function removeUser(service: ScimService, request: ScimRequest, id: string): Promise<ScimAnswer> {
  const found = await deleteUser(service.provisioning, feedOf(service, request, 'users'), storedId(id), (current) =>
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
  const { startIndex, count, cursor } = query;
  if (cursor === undefined && !query.filter && !query.sortBy) {
    const { total, resources } = await service.reader.users(open, { offset: startIndex - 1, limit: count });
    return listAnswer(total, { startIndex }, resources.map(render));
  }
  const named = cursor === undefined ? exactName(query.filter, ['userName', 'externalId']) : undefined;
  if (named) {
    const users = await service.reader.usersNamed(open, named.attribute, named.value);
    for (const user of users) service.provisioning.recent?.remember(request, user);
    return listAnswer(users.length, { startIndex }, users.slice(startIndex - 1, startIndex - 1 + count).map(render));
  }
  const question = toDirectoryQuery(query, service.registry.user, service.base);
  return answerPage(service, query, 'User', question, (page) => service.reader.findUsers(open, question, page), render);
}

export { find as findUsers };
