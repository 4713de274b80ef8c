import { creatorsOf, needsOf, planBulk } from './bulk-plan.ts';
import { assertKnown, resolvePathReference, resolveReferences, sever, type Severed } from './bulk-reference.ts';
import { type BulkOperation, type BulkRequest, parseBulk } from './bulk-request.ts';
import { PATCH_SCHEMA } from './patch-request.ts';
import { refusalOf } from './refusal.ts';
import { type JsonObject, type JsonValue, isObject } from './resource-json.ts';
import { ScimError, invalidPath, invalidValue } from './scim-error.ts';
import { type Handler, type ScimAnswer, type ScimRequest, openToWrite } from './scim-exchange.ts';
import type { ScimService } from './scim-service.ts';

const BULK_RESPONSE_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:BulkResponse';
const ONE_RESOURCE = /^\/(?:Users|Groups)\/[^/?#]+$/;
const ONE_TYPE = /^\/(?:Users|Groups)$/;
const NO_QUERY = new URLSearchParams();

/** What became of one operation (RFC 7644 §3.7.3). */
interface Outcome {
  readonly status: number;
  /** Below the base; the resource need not exist (any more). */
  readonly resource?: string;
  readonly version?: string;
  /** The error; a success is told by its status. */
  readonly response?: JsonObject;
}

/**
 * `/Bulk` (RFC 7644 §3.7): every operation goes through the same handlers as a request of its own, in a transaction of
 * its own and with what the token may do there.
 */
export async function bulk(service: ScimService, request: ScimRequest, handle: Handler): Promise<ScimAnswer> {
  await service.reader.authenticate(openToWrite(service, request, ''));
  const work = new BulkWork(service, request, handle, parseBulk(request.body, service.limits));
  const Operations = await work.perform();
  return { status: 200, body: JSON.stringify({ schemas: [BULK_RESPONSE_SCHEMA], Operations }) };
}

class BulkWork {
  readonly #service: ScimService;
  readonly #request: ScimRequest;
  readonly #handle: Handler;
  readonly #bulk: BulkRequest;
  readonly #creators: ReadonlyMap<string, number>;
  readonly #outcomes: (Outcome | undefined)[] = [];
  readonly #severed = new Map<number, Severed['later']>();
  /** bulkId → id of what was created. */
  readonly #ids = new Map<string, string>();

  constructor(service: ScimService, request: ScimRequest, handle: Handler, bulk: BulkRequest) {
    this.#service = service;
    this.#request = request;
    this.#handle = handle;
    this.#bulk = bulk;
    this.#creators = creatorsOf(bulk.operations);
  }

  /** @returns the list of the answer, in the order of the request; operations that were not reached are left out */
  async perform(): Promise<JsonObject[]> {
    const { operations, failOnErrors } = this.#bulk;
    const stopped = (): boolean => this.#outcomes.filter((one) => one && one.status >= 400).length >= failOnErrors;
    let halted = false;
    for (const step of planBulk(operations)) {
      const operation = operations[step.at];
      // What was begun is completed even then: it has been done and is told as done.
      if (!operation || (halted && step.kind === 'run')) continue;
      if (step.kind === 'run') this.#outcomes[step.at] = await this.#run(operation, step.at, step.without);
      else await this.#complete(operation, step.at);
      halted ||= failOnErrors !== Infinity && stopped();
    }
    return operations.flatMap((operation, at) => {
      const outcome = this.#outcomes[at];
      return outcome ? [this.#told(operation, outcome)] : [];
    });
  }

  async #run(operation: BulkOperation, at: number, without: ReadonlySet<string>): Promise<Outcome> {
    let resource: string | undefined;
    try {
      assertKnown(needsOf(operation), (bulkId) => this.#creators.has(bulkId));
      const path = resolvePathReference(operation.path, this.#resolve);
      assertOperation(operation, path);
      resource = operation.method === 'POST' ? undefined : path;
      const severed = without.size > 0 && isObject(operation.data) ? sever(operation.data, without) : undefined;
      const data = severed?.data ?? operation.data;
      const answer = await this.#send(operation.method, path, data === undefined ? undefined : resolveReferences(data, this.#resolve), operation.version);
      const made = answer.headers?.['Location'];
      if (operation.method === 'POST' && made !== undefined) {
        resource = made.slice(this.#service.base.length);
        if (operation.bulkId !== undefined) this.#ids.set(operation.bulkId, made.slice(made.lastIndexOf('/') + 1));
      }
      if (severed) this.#severed.set(at, severed.later);
      return outcomeOf(answer, resource);
    } catch (error) {
      return this.#failed(error, resource);
    }
  }

  /** Adds what had to wait. Where that fails the operation has failed, and what it made goes again. */
  async #complete({ bulkId }: BulkOperation, at: number): Promise<void> {
    const [made, later] = [this.#outcomes[at], this.#severed.get(at)];
    if (made?.resource === undefined || later === undefined) return;
    try {
      const operations = later.map(({ path, value }) => ({ op: 'add', path, value: resolveReferences(value, this.#resolve) }));
      const answer = await this.#send('PATCH', made.resource, { schemas: [PATCH_SCHEMA], Operations: operations }, undefined);
      this.#outcomes[at] = { ...outcomeOf(answer, made.resource), status: made.status };
    } catch (error) {
      this.#outcomes[at] = this.#failed(error, undefined);
      if (bulkId !== undefined) this.#ids.delete(bulkId);
      await this.#send('DELETE', made.resource, undefined, undefined).catch((left: unknown) => this.#request.onDefect(left));
    }
  }

  readonly #resolve = (bulkId: string): string | undefined => this.#ids.get(bulkId);

  #send(method: string, path: string, body: JsonValue | undefined, version: string | undefined): Promise<ScimAnswer> {
    return this.#handle(this.#service, { ...this.#request, method, path, query: NO_QUERY, body, preconditions: { ifMatch: version, ifNoneMatch: undefined } });
  }

  #failed(error: unknown, resource: string | undefined): Outcome {
    const told = refusalOf(error);
    if (told.status === 500) this.#request.onDefect(error);
    return { status: told.status, response: { ...told.toJSON() }, ...(resource === undefined ? {} : { resource }) };
  }

  #told({ method, bulkId }: BulkOperation, { status, resource, version, response }: Outcome): JsonObject {
    return {
      ...(resource === undefined ? {} : { location: this.#service.base + resource }),
      method,
      ...(bulkId === undefined ? {} : { bulkId }),
      ...(version === undefined ? {} : { version }),
      status: String(status),
      ...(response === undefined ? {} : { response }),
    };
  }
}

function outcomeOf({ status, headers }: ScimAnswer, resource: string | undefined): Outcome {
  const version = headers?.['ETag'];
  return { status, ...(resource === undefined ? {} : { resource }), ...(version === undefined ? {} : { version }) };
}

const CHANGES: ReadonlySet<string> = new Set(['PUT', 'PATCH', 'DELETE']);

/** POST to a resource type, the others to one resource; nothing else can be done in bulk. */
function assertOperation({ method, bulkId }: BulkOperation, path: string): void {
  if (method !== 'POST' && !CHANGES.has(method)) throw new ScimError(400, 'invalidSyntax', `The method ${JSON.stringify(method.slice(0, 20))} is not POST, PUT, PATCH or DELETE.`);
  if (!(method === 'POST' ? ONE_TYPE : ONE_RESOURCE).test(path)) throw invalidPath(`${method} cannot be sent to ${JSON.stringify(path.slice(0, 200))} in a bulk request.`);
  if (method === 'POST' && bulkId === undefined) throw invalidValue('POST needs a bulkId.');
}
