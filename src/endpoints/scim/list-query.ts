import type { AttributeDefinition } from './attribute-definition.ts';
import { TOLERANT } from './dialects.ts';
import type { Dialect } from './dialects.ts';
import { parseFilter } from './filter.ts';
import { checkFilter } from './filter-check.ts';
import type { ResolvedFilter } from './filter-check.ts';
import { projectionOf } from './projection.ts';
import type { Projection } from './projection.ts';
import { isObject, isStorable } from './resource-json.ts';
import type { JsonValue } from './resource-json.ts';
import { attributeAt } from './resource-type.ts';
import type { ResourceType } from './resource-type.ts';
import { ScimError, invalidSyntax, invalidValue } from './scim-error.ts';

export const SEARCH_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest';

export interface ListLimits {
  readonly defaultCount: number;
  readonly maxCount: number;
}

export const LIST_LIMITS: ListLimits = { defaultCount: 100, maxCount: 1000 };

/** What a list request asks for (RFC 7644 §3.4.2, RFC 9865), with every rule of the RFCs applied. */
export interface ListQuery {
  /** From 1. */
  readonly startIndex: number;
  /** Between 0 and the largest page. */
  readonly count: number;
  /** Present when the client pages by cursor; empty for the first page. */
  readonly cursor: string | undefined;
  readonly filter: ResolvedFilter | undefined;
  readonly sortBy: AttributeDefinition | undefined;
  readonly descending: boolean;
  readonly projection: Projection;
}

type Parameter = 'startIndex' | 'count' | 'cursor' | 'filter' | 'sortBy' | 'sortOrder' | 'attributes' | 'excludedAttributes';
const PARAMETERS: ReadonlyMap<string, Parameter> = new Map(
  (['startIndex', 'count', 'cursor', 'filter', 'sortBy', 'sortOrder', 'attributes', 'excludedAttributes'] as const).map((name) => [name.toLowerCase(), name]),
);
type Parameters = ReadonlyMap<Parameter, JsonValue>;

export const invalidCursor = (detail: string): ScimError => new ScimError(400, 'invalidCursor', detail);
export const expiredCursor = (detail: string): ScimError => new ScimError(400, 'expiredCursor', detail);
export const invalidCount = (detail: string): ScimError => new ScimError(400, 'invalidCount', detail);

/** Reads the query string of a GET. Unknown parameters, also bracketed ones, are ignored; a repeated known one is refused. */
export function parseListQuery(query: URLSearchParams, type: ResourceType, limits: ListLimits = LIST_LIMITS, dialect: Dialect = TOLERANT): ListQuery {
  return listQueryOf(queryParameters(query), type, limits, dialect);
}

/** Reads the body of a POST to `/.search` (RFC 7644 §3.4.3). */
export function parseSearchRequest(body: unknown, type: ResourceType, limits: ListLimits = LIST_LIMITS, dialect: Dialect = TOLERANT): ListQuery {
  if (!isObject(body)) throw invalidSyntax('The body must be a JSON object.');
  const parameters = new Map<Parameter, JsonValue>();
  for (const [key, value] of Object.entries(body)) {
    const name = PARAMETERS.get(key.toLowerCase());
    if (name && value !== null) parameters.set(name, value);
    if (key.toLowerCase() === 'schemas' && !namesSearch(value)) throw invalidSyntax(`schemas must name ${SEARCH_SCHEMA}.`);
  }
  return listQueryOf(parameters, type, limits, dialect);
}

/** The projection of a request for one resource, or of an answer to a write. */
export function parseProjection(query: URLSearchParams, type: ResourceType): Projection {
  const parameters = queryParameters(query);
  return projectionOf(type, names(parameters, 'attributes'), names(parameters, 'excludedAttributes'));
}

/** Whether the client says which attributes it wants to see, and so wants to see some. */
export const namesAttributes = (query: URLSearchParams): boolean => [...query.keys()].some((key) => /^(?:excluded)?attributes$/i.test(key));

const namesSearch = (schemas: JsonValue): boolean =>
  Array.isArray(schemas) && schemas.some((schema) => typeof schema === 'string' && schema.toLowerCase() === SEARCH_SCHEMA.toLowerCase());

function queryParameters(query: URLSearchParams): Parameters {
  const parameters = new Map<Parameter, JsonValue>();
  for (const [key, value] of query) {
    const name = PARAMETERS.get(key.toLowerCase());
    if (!name) continue;
    if (parameters.has(name)) throw invalidValue(`The parameter ${name} occurs more than once.`);
    parameters.set(name, value);
  }
  return parameters;
}

function listQueryOf(parameters: Parameters, type: ResourceType, limits: ListLimits, dialect: Dialect): ListQuery {
  const filter = text(parameters, 'filter');
  const cursor = text(parameters, 'cursor');
  const startIndex = wholeNumber(parameters, 'startIndex', invalidValue);
  if (cursor !== undefined && startIndex !== undefined) throw invalidCursor('A page is found by cursor or by startIndex, not by both.');
  const count = wholeNumber(parameters, 'count', cursor === undefined ? invalidValue : invalidCount);
  return {
    startIndex: Math.max(1, startIndex ?? 1),
    count: Math.min(limits.maxCount, Math.max(0, count ?? limits.defaultCount)),
    cursor,
    filter: filter === undefined ? undefined : checkFilter(parseFilter(filter), type, dialect),
    sortBy: sortAttribute(text(parameters, 'sortBy'), type, dialect),
    descending: isDescending(text(parameters, 'sortOrder')),
    projection: projectionOf(type, names(parameters, 'attributes'), names(parameters, 'excludedAttributes')),
  };
}

function text(parameters: Parameters, name: Parameter): string | undefined {
  const value = parameters.get(name);
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value.length > 16_384 || !isStorable(value)) throw invalidValue(`${name} must be a text of ordinary length.`);
  return value;
}

/** Any whole number, held inside what JavaScript counts exactly; the RFC then raises or lowers it. */
function wholeNumber(parameters: Parameters, name: Parameter, refuse: (detail: string) => ScimError): number | undefined {
  const value = parameters.get(name);
  if (value === undefined || value === '') return undefined;
  const number = typeof value === 'string' && /^[-+]?\d{1,32}$/.test(value.trim()) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number)) throw refuse(`${name} must be a whole number.`);
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, number));
}

/** A comma-separated text in a query, a list in a body. */
function names(parameters: Parameters, name: Parameter): readonly string[] | undefined {
  const value = parameters.get(name);
  if (value === undefined || value === '') return undefined;
  const list = typeof value === 'string' ? value.split(',') : value;
  if (!Array.isArray(list) || list.length > 500 || !list.every((one) => typeof one === 'string')) throw invalidValue(`${name} must list attribute names.`);
  return list.map(String);
}

/** A complex attribute is sorted by its `value` (RFC 7644 §3.4.2.3). */
function sortAttribute(path: string | undefined, type: ResourceType, dialect: Dialect): AttributeDefinition | undefined {
  if (path === undefined || path === '') return undefined;
  const named = attributeAt(path.trim(), type, dialect);
  const attribute = named?.type === 'complex' ? named.subAttributes.get('value') : named;
  if (!attribute || attribute.returned === 'never') throw invalidValue(`sortBy must name one attribute of ${type.name} that can be ordered.`);
  return attribute;
}

function isDescending(order: string | undefined): boolean {
  const word = order?.toLowerCase() ?? '';
  if (word === 'descending') return true;
  if (word === 'ascending' || word === '') return false;
  throw invalidValue('sortOrder must be ascending or descending.');
}
