import { assertNoFilter, resourceTypeById, resourceTypesDocument, schemaById, schemasDocument, serviceProviderConfig } from './discovery.ts';
import type { JsonObject } from './resource-json.ts';
import { ScimError } from './scim-error.ts';
import type { ScimAnswer, ScimRequest } from './scim-exchange.ts';
import type { ScimService } from './scim-service.ts';

/** `/ServiceProviderConfig`, `/Schemas` and `/ResourceTypes` (RFC 7644 §4). */

type Discovery = (service: ScimService, id: string | undefined) => JsonObject | undefined;

const DOCUMENTS: Readonly<Record<string, Discovery>> = {
  ServiceProviderConfig: ({ base, limits }, id) => (id === undefined ? serviceProviderConfig(base, limits) : undefined),
  Schemas: ({ base, registry }, id) => (id === undefined ? schemasDocument(base, registry) : schemaById(base, registry, id)),
  ResourceTypes: ({ base, registry }, id) => (id === undefined ? resourceTypesDocument(base, registry) : resourceTypeById(base, registry, id)),
};

export const isDiscovery = (resource: string): boolean => Object.hasOwn(DOCUMENTS, resource);

export async function discover(service: ScimService, request: ScimRequest, resource: string, id: string | undefined): Promise<ScimAnswer> {
  await service.reader.authenticate(request.open('', false));
  assertNoFilter(request.query);
  const document = DOCUMENTS[resource]?.(service, id);
  if (!document) throw new ScimError(404, undefined, `There is no ${resource}${id === undefined ? '' : ` ${id.slice(0, 200)}`}.`);
  return { status: 200, body: JSON.stringify(document) };
}
