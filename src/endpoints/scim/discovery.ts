import type { JsonObject, JsonValue } from './resource-json.ts';
import type { ResourceTypeJson, SchemaJson } from './resource-type.ts';
import type { SchemaRegistry } from './schema-registry.ts';
import { ScimError } from './scim-error.ts';

const CORE = 'urn:ietf:params:scim:schemas:core:2.0';
export const LIST_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';

/** What the hub really does, so that its announcement and its behaviour come from the same numbers. */
export interface ServiceLimits {
  readonly maxBulkOperations: number;
  readonly maxPayloadSize: number;
  readonly defaultPageSize: number;
  readonly maxPageSize: number;
  /** Seconds; undefined when cursors do not expire. */
  readonly cursorTimeout?: number;
  readonly documentationUri?: string;
}

/** RFC 7643 §5, with the paging of RFC 9865 §4. */
export function serviceProviderConfig(baseUrl: string, limits: ServiceLimits): JsonObject {
  const pagination: JsonObject = { cursor: true, index: true, defaultPaginationMethod: 'index', defaultPageSize: limits.defaultPageSize, maxPageSize: limits.maxPageSize };
  if (limits.cursorTimeout !== undefined) pagination['cursorTimeout'] = limits.cursorTimeout;
  return {
    schemas: [`${CORE}:ServiceProviderConfig`],
    ...(limits.documentationUri === undefined ? {} : { documentationUri: limits.documentationUri }),
    patch: { supported: true },
    bulk: { supported: true, maxOperations: limits.maxBulkOperations, maxPayloadSize: limits.maxPayloadSize },
    filter: { supported: true, maxResults: limits.maxPageSize },
    changePassword: { supported: true },
    sort: { supported: true },
    etag: { supported: true },
    pagination,
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'OAuth Bearer Token',
        description: 'A token of the connection, or an access token with the scope scim, in the Authorization header.',
        specUri: 'https://www.rfc-editor.org/info/rfc6750',
        primary: true,
      },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `${baseUrl}/ServiceProviderConfig` },
  };
}

const asJson = (value: object): JsonObject => value as JsonObject;

/** Without `extends` and `required`, which are the hub's own. */
function schemaDocument(baseUrl: string, schema: SchemaJson): JsonObject {
  const document = asJson({ ...schema });
  delete document['extends'];
  delete document['required'];
  return { ...document, schemas: [`${CORE}:Schema`], meta: { resourceType: 'Schema', location: `${baseUrl}/Schemas/${schema.id}` } };
}

function resourceTypeDocument(baseUrl: string, type: ResourceTypeJson): JsonObject {
  return {
    ...asJson(type),
    schemas: [`${CORE}:ResourceType`],
    id: type.id ?? type.name,
    meta: { resourceType: 'ResourceType', location: `${baseUrl}/ResourceTypes/${type.id ?? type.name}` },
  };
}

/** A list that is never paged (RFC 7644 §4). */
export function listResponse(resources: JsonValue[]): JsonObject {
  return { schemas: [LIST_SCHEMA], totalResults: resources.length, itemsPerPage: resources.length, startIndex: 1, Resources: resources };
}

/** `/Schemas` */
export const schemasDocument = (baseUrl: string, registry: SchemaRegistry): JsonObject =>
  listResponse([...registry.schemas.values()].map((schema) => schemaDocument(baseUrl, schema)));

/** `/Schemas/{urn}`; undefined when there is none. */
export function schemaById(baseUrl: string, registry: SchemaRegistry, id: string): JsonObject | undefined {
  const schema = registry.schemas.get(id.toLowerCase());
  return schema && schemaDocument(baseUrl, schema);
}

/** `/ResourceTypes` */
export const resourceTypesDocument = (baseUrl: string, registry: SchemaRegistry): JsonObject =>
  listResponse(registry.resourceTypeDocuments.map((type) => resourceTypeDocument(baseUrl, type)));

/** `/ResourceTypes/{name}`; undefined when there is none. */
export function resourceTypeById(baseUrl: string, registry: SchemaRegistry, id: string): JsonObject | undefined {
  const type = registry.resourceTypeDocuments.find((candidate) => (candidate.id ?? candidate.name).toLowerCase() === id.toLowerCase());
  return type && resourceTypeDocument(baseUrl, type);
}

/** RFC 7644 §4: a filter on discovery is forbidden; other query parameters are ignored. */
export function assertNoFilter(query: URLSearchParams): void {
  for (const key of query.keys()) {
    if (key.toLowerCase() === 'filter') throw new ScimError(403, undefined, 'Discovery cannot be filtered.');
  }
}
