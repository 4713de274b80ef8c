import type { ServiceLimits } from './discovery.ts';
import { type JsonObject, type JsonValue, isObject, memberOf } from './resource-json.ts';
import { ScimError, invalidSyntax, invalidValue } from './scim-error.ts';

export const BULK_REQUEST_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';

/** One operation of a bulk request as it was sent; whether it can be carried out is found when it is its turn. */
export interface BulkOperation {
  /** In upper case. */
  readonly method: string;
  readonly path: string;
  readonly bulkId: string | undefined;
  /** The version that the client knows (RFC 7644 §3.14). */
  readonly version: string | undefined;
  readonly data: JsonValue | undefined;
}

export interface BulkRequest {
  readonly operations: readonly BulkOperation[];
  /** So many operations may fail; the one that reaches the number ends the work. */
  readonly failOnErrors: number;
}

const MAX_BULK_ID = 256;

/**
 * Reads a bulk request (RFC 7644 §3.7). What is wrong with the request as a whole is refused here, before anything is
 * done; what is wrong with one operation is that operation's failure.
 */
export function parseBulk(body: unknown, limits: Pick<ServiceLimits, 'maxBulkOperations'>): BulkRequest {
  if (!isObject(body)) throw invalidSyntax('The body must be a JSON object.');
  const schemas = memberOf(body, 'schemas');
  if (!Array.isArray(schemas) || !schemas.some((one) => typeof one === 'string' && one.toLowerCase() === BULK_REQUEST_SCHEMA.toLowerCase())) {
    throw invalidSyntax(`schemas must name ${BULK_REQUEST_SCHEMA}.`);
  }
  const operations = memberOf(body, 'Operations');
  if (!Array.isArray(operations)) throw invalidSyntax('Operations must be a list.');
  if (operations.length > limits.maxBulkOperations) {
    throw new ScimError(413, undefined, `The bulk request has ${operations.length} operations; at most ${limits.maxBulkOperations} are allowed. Nothing was done.`);
  }
  const parsed = operations.map(operationOf);
  assertDistinct(parsed);
  return { operations: parsed, failOnErrors: failOnErrorsOf(memberOf(body, 'failOnErrors')) };
}

function failOnErrorsOf(value: JsonValue | undefined): number {
  if (value === undefined || value === null) return Infinity;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) throw invalidValue('failOnErrors must be a whole number from 1.');
  return value;
}

function operationOf(raw: JsonValue, index: number): BulkOperation {
  if (!isObject(raw)) throw invalidSyntax(`Operations[${index}] must be an object.`);
  const method = textAt(raw, 'method', index);
  const path = textAt(raw, 'path', index);
  if (method === undefined || path === undefined) throw invalidSyntax(`Operations[${index}] needs a method and a path.`);
  const bulkId = textAt(raw, 'bulkId', index);
  if (bulkId !== undefined && (bulkId === '' || bulkId.length > MAX_BULK_ID)) throw invalidValue(`Operations[${index}].bulkId must have 1 to ${MAX_BULK_ID} characters.`);
  return { method: method.toUpperCase(), path, bulkId, version: textAt(raw, 'version', index), data: memberOf(raw, 'data') };
}

function textAt(operation: JsonObject, name: string, index: number): string | undefined {
  const value = memberOf(operation, name);
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw invalidSyntax(`Operations[${index}].${name} must be a string.`);
  return value;
}

/** A reference must mean one resource. */
function assertDistinct(operations: readonly BulkOperation[]): void {
  const seen = new Set<string>();
  for (const { bulkId } of operations) {
    if (bulkId === undefined) continue;
    if (seen.has(bulkId)) throw invalidValue(`The bulkId ${JSON.stringify(bulkId)} occurs more than once.`);
    seen.add(bulkId);
  }
}
