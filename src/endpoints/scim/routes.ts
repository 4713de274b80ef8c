import { discover, isDiscovery } from './discovery-answers.ts';
import { getGroup, listGroups, patchGroup, postGroup, putGroup, removeGroup, searchGroups } from './groups.ts';
import { ScimError } from './scim-error.ts';
import type { ScimAnswer, ScimRequest } from './scim-exchange.ts';
import type { ScimService } from './scim-service.ts';
import { getUser, listUsers, patchUser, postUser, putUser, removeUser, searchUsers } from './users.ts';

type ForAll = (service: ScimService, request: ScimRequest) => Promise<ScimAnswer>;
type ForOne = (service: ScimService, request: ScimRequest, id: string) => Promise<ScimAnswer>;

interface Endpoint {
  readonly all: Readonly<Record<string, ForAll>>;
  readonly one: Readonly<Record<string, ForOne>>;
  readonly search: ForAll;
}

/** RFC 7644 §3.2, as a table. */
const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  Users: {
    all: { GET: listUsers, POST: postUser },
    one: { GET: getUser, PUT: putUser, PATCH: patchUser, DELETE: removeUser },
    search: searchUsers,
  },
  Groups: {
    all: { GET: listGroups, POST: postGroup },
    one: { GET: getGroup, PUT: putGroup, PATCH: patchGroup, DELETE: removeGroup },
    search: searchGroups,
  },
};

function allowed<T>(handlers: Readonly<Record<string, T>>, method: string): T {
  const handler = Object.hasOwn(handlers, method) ? handlers[method] : undefined;
  if (!handler) throw new ScimError(405, undefined, `${method} is not supported here; try ${Object.keys(handlers).join(', ')}.`);
  return handler;
}

/** Finds who answers a request. The token is judged by whoever does, or here where nobody does. */
export async function route(service: ScimService, request: ScimRequest): Promise<ScimAnswer> {
  const [resource = '', id, ...more] = request.path.slice(1).split('/');
  const endpoint = Object.hasOwn(ENDPOINTS, resource) ? ENDPOINTS[resource] : undefined;
  if (endpoint && more.length === 0) {
    if (id === undefined || id === '') return allowed(endpoint.all, request.method)(service, request);
    if (id === '.search') return allowed({ POST: endpoint.search }, request.method)(service, request);
    return allowed(endpoint.one, request.method)(service, request, id);
  }
  if (isDiscovery(resource) && more.length === 0) {
    return allowed({ GET: discover }, request.method)(service, request, resource, id === '' ? undefined : id);
  }
  await service.reader.authenticate(request.open('', false));
  throw new ScimError(404, undefined, `There is nothing at ${request.path.slice(0, 200)}.`);
}
