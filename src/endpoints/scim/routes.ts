import { bulk } from './bulk.ts';
import { discover, isDiscovery } from './discovery-answers.ts';
import { getGroup, listGroups, patchGroup, postGroup, putGroup, removeGroup, searchGroups } from './groups.ts';
import { ScimError } from './scim-error.ts';
import { searchEverything } from './root-search.ts';
import type { Handler, ScimAnswer, ScimRequest } from './scim-exchange.ts';
import type { ScimService } from './scim-service.ts';
import { upholdUniqueness } from './uphold-uniqueness.ts';
import { getUser, listUsers, patchUser, postUser, putUser, removeUser, searchUsers } from './users.ts';

type ForOne = (service: ScimService, request: ScimRequest, id: string) => Promise<ScimAnswer>;

interface Endpoint {
  readonly all: Readonly<Record<string, Handler>>;
  readonly one: Readonly<Record<string, ForOne>>;
  readonly search: Handler;
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

/** What stands beside the resource types and is only asked by POST. */
const QUESTIONS: Readonly<Record<string, Handler>> = {
  Bulk: (service, request) => bulk(service, request, route),
  '.search': searchEverything,
};

/** Who answers at a path: a handler for each method that is allowed there. */
interface Place {
  readonly methods: Readonly<Record<string, Handler | ForOne>>;
  /** Of one resource. */
  readonly id: string;
}

/** Nothing where nothing is. */
function placeAt(path: string): Place | undefined {
  const [resource = '', id = '', ...more] = path.slice(1).split('/');
  if (more.length > 0) return undefined;
  if (Object.hasOwn(QUESTIONS, resource)) return id === '' ? { methods: { POST: QUESTIONS[resource] as Handler }, id } : undefined;
  if (isDiscovery(resource)) return { methods: { GET: (service: ScimService, request: ScimRequest) => discover(service, request, resource, id === '' ? undefined : id) }, id };
  const endpoint = Object.hasOwn(ENDPOINTS, resource) ? ENDPOINTS[resource] : undefined;
  if (!endpoint) return undefined;
  if (id === '.search') return { methods: { POST: endpoint.search }, id };
  return { methods: id === '' ? endpoint.all : endpoint.one, id };
}

/** Finds who answers a request. The token is judged by whoever does, or here where nobody does. */
export async function route(service: ScimService, request: ScimRequest): Promise<ScimAnswer> {
  const place = placeAt(request.path);
  const handler = place && Object.hasOwn(place.methods, request.method) ? place.methods[request.method] : undefined;
  if (place && handler) return upholdUniqueness(service, request, (current) => handler(current, request, place.id));
  await service.reader.authenticate(request.open('', false));
  if (place) {
    const allow = Object.keys(place.methods).flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ');
    throw new ScimError(405, undefined, `${request.method} is not supported here; try ${allow}.`, { headers: { Allow: allow } });
  }
  // RFC 7644 §3.11: a SCIM token belongs to a connection and not to a person, so there is nobody whom "me" could mean.
  if (/^\/Me(?:\/|$)/.test(request.path)) throw new ScimError(501, undefined, 'The token belongs to a connection; there is no person behind it whom /Me could mean.');
  throw new ScimError(404, undefined, `There is nothing at ${request.path.slice(0, 200)}.`);
}
