import { TOLERANT } from './dialects.ts';
import { type Filter, parseFilter } from './filter.ts';
import { printFilter } from './filter-print.ts';
import { findGroups } from './groups.ts';
import { listAnswer } from './list-answer.ts';
import { type ListQuery, invalidCursor, parseSearchRequest } from './list-query.ts';
import { projectionOf } from './projection.ts';
import { type JsonObject, isObject, memberOf } from './resource-json.ts';
import { type ResourceType, attributeAt } from './resource-type.ts';
import { ScimError, invalidFilter, invalidSyntax, invalidValue } from './scim-error.ts';
import type { ScimAnswer, ScimRequest } from './scim-exchange.ts';
import type { ScimService } from './scim-service.ts';
import { compareSortValues, sortValue } from './sort-value.ts';
import { findUsers } from './users.ts';

/** `/.search` (RFC 7644 §3.4.3): one question about every resource type; users come before groups unless sorted. */

/** Sorting over types looks at whole beginnings of lists; so far and no further. */
const FARTHEST_SORTED = 10_000;

/** One resource type, the question as it reads there, and who answers it. */
interface Part {
  readonly type: ResourceType;
  readonly query: ListQuery;
  readonly find: (service: ScimService, request: ScimRequest, query: ListQuery) => Promise<ScimAnswer>;
}

interface Listed {
  readonly totalResults: number;
  readonly Resources: readonly JsonObject[];
}

export async function searchEverything(service: ScimService, request: ScimRequest): Promise<ScimAnswer> {
  const { body } = request;
  if (!isObject(body)) throw invalidSyntax('The body must be a JSON object.');
  if ((memberOf(body, 'cursor') ?? null) !== null) throw invalidCursor('Cursors lead through one resource type; ask its own .search for one.');
  const types = [service.registry.user, service.registry.group];
  const limits = { defaultCount: service.limits.defaultPageSize, maxCount: service.limits.maxPageSize };
  const [users, groups] = types.map((type) => parseSearchRequest(questionFor(type, types, body), type, limits));
  if (!users || !groups) throw new RangeError('There are two resource types.');
  const parts: Part[] = [
    { type: service.registry.user, query: users, find: findUsers },
    { type: service.registry.group, query: groups, find: findGroups },
  ];
  const { total, resources } = users.sortBy ?? groups.sortBy ? await sorted(service, request, parts) : await inTurn(service, request, parts);
  return listAnswer(total, { startIndex: users.startIndex }, resources.map((resource) => JSON.stringify(resource)));
}

const knows = (path: string) => (type: ResourceType) => attributeAt(path, type, TOLERANT) !== undefined;

/** What names an attribute of another type only has no value here (RFC 7644 §3.4.2.1); what no type knows is a mistake. */
function questionFor(type: ResourceType, types: readonly ResourceType[], body: JsonObject): JsonObject {
  const question: JsonObject = Object.fromEntries(Object.entries(body).filter(([key]) => !['filter', 'sortby'].includes(key.toLowerCase())));
  const filter = memberOf(body, 'filter') ?? null;
  if (filter !== null) {
    if (typeof filter !== 'string') throw invalidFilter('filter must be a text.');
    const local = localFilter(parseFilter(filter), (path) => {
      if (!types.some(knows(path))) throw invalidFilter(`There is no attribute ${path}.`);
      return knows(path)(type);
    });
    question['filter'] = printFilter(local);
  }
  const sortBy = memberOf(body, 'sortBy') ?? null;
  if (sortBy !== null) {
    if (typeof sortBy !== 'string' || !types.some(knows(sortBy))) throw invalidValue('sortBy must name an attribute.');
    if (knows(sortBy)(type)) question['sortBy'] = sortBy;
  }
  return question;
}

const EVERY: Filter = { kind: 'present', path: 'id' };
const NONE: Filter = { kind: 'not', operand: EVERY };

/** The filter with a constant in place of every condition on what the type does not have; such an attribute is `ne` anything. */
function localFilter(filter: Filter, isKnown: (path: string) => boolean): Filter {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return { kind: filter.kind, operands: filter.operands.map((operand) => localFilter(operand, isKnown)) };
    case 'not':
      return { kind: 'not', operand: localFilter(filter.operand, isKnown) };
    case 'compare':
      if (isKnown(filter.path)) return filter;
      return (filter.operator === 'eq') === (filter.value === null) && ['eq', 'ne'].includes(filter.operator) ? EVERY : NONE;
    case 'present':
    case 'element':
      return isKnown(filter.path) ? filter : NONE;
  }
}

interface Page {
  readonly total: number;
  readonly resources: readonly JsonObject[];
}

async function listed(service: ScimService, request: ScimRequest, { find }: Part, query: ListQuery): Promise<Listed> {
  return JSON.parse((await find(service, request, query)).body ?? '{}') as Listed;
}

/** All of one type, then all of the next, as one list. */
async function inTurn(service: ScimService, request: ScimRequest, parts: readonly Part[]): Promise<Page> {
  let total = 0;
  const resources: JsonObject[] = [];
  for (const part of parts) {
    const startIndex = Math.max(1, part.query.startIndex - total);
    const found = await listed(service, request, part, { ...part.query, startIndex, count: part.query.count - resources.length });
    total += found.totalResults;
    resources.push(...found.Resources);
  }
  return { total, resources };
}

/** The beginnings of both lists, merged. Each is asked for whole resources, since what is sorted by need not be shown. */
async function sorted(service: ScimService, request: ScimRequest, parts: readonly Part[]): Promise<Page> {
  let total = 0;
  const keyed: { readonly key: ReturnType<typeof sortValue>; readonly show: () => JsonObject }[] = [];
  for (const part of parts) {
    const { startIndex, count, sortBy, projection } = part.query;
    const reach = startIndex - 1 + count;
    if (reach > FARTHEST_SORTED) throw new ScimError(400, 'tooMany', `Sorted over all resource types, only the first ${FARTHEST_SORTED} can be read; narrow the filter.`);
    const found = await listed(service, request, part, { ...part.query, startIndex: 1, count: reach, projection: projectionOf(part.type, undefined, undefined) });
    total += found.totalResults;
    for (const resource of found.Resources) {
      keyed.push({ key: sortBy && sortValue(sortBy, resource), show: () => projection.apply(resource) });
    }
  }
  const [{ query } = { query: undefined }] = parts;
  const from = (query?.startIndex ?? 1) - 1;
  const page = keyed.toSorted((left, right) => compareSortValues(left.key, right.key, query?.descending ?? false)).slice(from, from + (query?.count ?? 0));
  return { total, resources: page.map(({ show }) => show()) };
}
