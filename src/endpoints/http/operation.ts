import { Router, type Request, type RequestHandler, type Response } from 'express';
import type { Authenticate } from './bearer-authentication.ts';
import type { FromSchema, ObjectSchema } from './from-schema.ts';
import { jsonBody } from './json-body.ts';
import { methodNotAllowed } from './problem-renderer.ts';
import type { Principal } from './principal.ts';
import { requestIdOf } from './request-id.ts';
import { bodyGuard, parameterGuard } from './schema-guard.ts';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** Of a part that an operation does not have: it must be empty. */
const NOTHING = { type: 'object', additionalProperties: false, properties: {} } as const satisfies ObjectSchema;

export type NoPart = typeof NOTHING;

/** What one operation takes and gives: ajv enforces it, the OpenAPI document is made of it, types derive from it. */
export interface OperationDocument<P extends ObjectSchema, Q extends ObjectSchema, B extends ObjectSchema> {
  readonly id: string;
  readonly method: Method;
  /** As OpenAPI writes it: `/organizations/{organization}`. */
  readonly path: string;
  /** Addresses that mean the same, kept for scripts that know them. */
  readonly aliases?: readonly string[];
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly answer: { readonly status: 200 | 201 | 204; readonly description: string; readonly schema?: unknown };
}

/** A request whose every part has been checked. */
export interface Call<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly principal: Principal;
  readonly requestId: string;
}

/** One operation of an API, ready to be mounted and documented. */
export interface Operation {
  readonly document: OperationDocument<ObjectSchema, ObjectSchema, ObjectSchema>;
  readonly run: (request: Request, principal: Principal) => Promise<unknown>;
}

/** Binds a handler to its document; nothing reaches the handler unchecked. */
export function defineOperation<
  const P extends ObjectSchema = NoPart,
  const Q extends ObjectSchema = NoPart,
  const B extends ObjectSchema = NoPart,
>(
  document: OperationDocument<P, Q, B>,
  handle: (call: Call<FromSchema<P>, FromSchema<Q>, FromSchema<B>>) => Promise<unknown>,
): Operation {
  // Without a schema of its own a part has the type of NOTHING and must be empty.
  const params = parameterGuard((document.params ?? NOTHING) as P);
  const query = parameterGuard((document.query ?? NOTHING) as Q);
  const body = bodyGuard((document.body ?? NOTHING) as B);
  return {
    document,
    run: (request, principal) =>
      handle({
        params: params(request.params),
        query: query(request.query),
        body: body(request.body ?? {}),
        principal,
        requestId: requestIdOf(request),
      }),
  };
}

const expressPath = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1');

/** A router that authenticates, reads the body, checks, runs and answers, in this order; missing methods of a path answer 405. */
export function operationRouter(operations: readonly Operation[], authenticate: Authenticate, bodyLimit = 256 * 1024): Router {
  const router = Router({ caseSensitive: true });
  const principals = new WeakMap<Request, Principal>();
  // Before the body: whoever may not enter cannot make us read one.
  const enter: RequestHandler = async (request, response, next) => {
    principals.set(request, await authenticate(request, response));
    next();
  };
  const readBody = jsonBody(bodyLimit);
  for (const [path, here] of byPath(operations)) {
    const route = router.route(expressPath(path));
    for (const { document, run } of here)
      route[document.method](enter, ...readBody, async (request: Request, response: Response) => {
        const principal = principals.get(request);
        if (principal === undefined) throw new Error('a request reached its operation without authentication');
        const body = await run(request, principal);
        if (document.answer.status === 204) response.status(204).end();
        else response.status(document.answer.status).json(body);
      });
    route.all(methodNotAllowed(here.map(({ document }) => document.method.toUpperCase())));
  }
  return router;
}

function byPath(operations: readonly Operation[]): Map<string, Operation[]> {
  const paths = new Map<string, Operation[]>();
  for (const operation of operations)
    for (const path of [operation.document.path, ...(operation.document.aliases ?? [])])
      paths.set(path, [...(paths.get(path) ?? []), operation]);
  return paths;
}
