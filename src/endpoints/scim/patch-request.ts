import { TOLERANT } from './dialects.ts';
import type { Dialect } from './dialects.ts';
import { isObject, memberOf } from './resource-json.ts';
import type { JsonValue } from './resource-json.ts';
import { ScimError, invalidPath, invalidSyntax, invalidValue } from './scim-error.ts';

export const PATCH_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

export interface PatchOperation {
  readonly op: 'add' | 'replace' | 'remove';
  /** Undefined: the value is an object whose keys say where. */
  readonly path: string | undefined;
  /** Undefined: the operation has none; null clears. */
  readonly value: JsonValue | undefined;
}

/** More than any client sends at once; thousands of members travel in one operation. */
export const MAX_OPERATIONS = 5000;

/** Reads the body of a PATCH (RFC 7644 §3.5.2) and checks its form; what the paths mean is checked when they are applied. */
export function parsePatch(body: unknown, dialect: Dialect = TOLERANT, maxOperations: number = MAX_OPERATIONS): PatchOperation[] {
  if (!isObject(body)) throw invalidSyntax('The body must be a JSON object.');
  const schemas = memberOf(body, 'schemas');
  const named = Array.isArray(schemas) && schemas.some((schema) => typeof schema === 'string' && schema.toLowerCase() === PATCH_SCHEMA.toLowerCase());
  const leftOut = (schemas === undefined || schemas === null) && dialect.has('schemas-left-out');
  if (!named && !leftOut) throw invalidSyntax(`schemas must name ${PATCH_SCHEMA}.`);
  const operations = memberOf(body, 'Operations');
  if (!Array.isArray(operations)) throw invalidSyntax('Operations must be a list.');
  if (operations.length === 0 && !dialect.has('no-operations')) throw invalidSyntax('Operations must not be empty.');
  if (operations.length > maxOperations) throw new ScimError(413, undefined, `A PATCH may have at most ${maxOperations} operations.`);
  return operations.map((operation, index) => parseOperation(operation, index, dialect));
}

function parseOperation(raw: JsonValue, index: number, dialect: Dialect): PatchOperation {
  if (!isObject(raw)) throw invalidSyntax(`Operations[${index}] must be an object.`);
  const op = operationOf(memberOf(raw, 'op'), dialect);
  if (!op) throw invalidSyntax(`Operations[${index}].op must be add, replace or remove.`);
  const path = memberOf(raw, 'path') ?? undefined;
  if (path !== undefined && typeof path !== 'string') throw invalidPath(`Operations[${index}].path must be a string.`);
  const value = memberOf(raw, 'value');
  if (value === undefined && op !== 'remove') throw invalidValue(`Operations[${index}] needs a value to ${op}.`);
  return { op, path: path === undefined || path.trim() === '' ? undefined : path.trim(), value };
}

function operationOf(raw: JsonValue | undefined, dialect: Dialect): PatchOperation['op'] | undefined {
  if (typeof raw !== 'string') return undefined;
  const name = dialect.has('operation-in-any-case') ? raw.toLowerCase() : raw;
  return name === 'add' || name === 'replace' || name === 'remove' ? name : undefined;
}
