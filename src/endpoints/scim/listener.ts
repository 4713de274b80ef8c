import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { SCIM_TOKEN_PREFIX, authenticateScim, authenticateScimApplication } from '../../domain/credentials/index.ts';
import { DomainError } from '../../platform/errors.ts';
import { hashToken } from '../../platform/token.ts';
import type { Feed } from '../../provisioning/index.ts';
import { NO_PRECONDITIONS, type Preconditions } from './entity-tag.ts';
import { refusalOf } from './refusal.ts';
import { readBody } from './request-body.ts';
import { route } from './routes.ts';
import { ScimError } from './scim-error.ts';
import type { ScimAnswer, ScimRequest } from './scim-exchange.ts';
import type { SchemaRegistry } from './schema-registry.ts';
import type { ScimService } from './scim-service.ts';
import { type ScimAnswered, resourceIn } from './scim-metrics.ts';
import type { Admit } from './token-rate.ts';

/** What the listener needs beside the service: how much it takes, and whom it tells. */
export interface ScimListenerOptions {
  readonly service: ScimService;
  /** By which schemas the bearer's requests are understood; unset: everybody's by those of the service. */
  readonly registryFor?: (tokenHash: Buffer, open: () => Feed['open']) => SchemaRegistry | Promise<SchemaRegistry>;
  /** The same once it was learned anew what must be unique there; unset: nothing more than the service's registry can be learned. */
  readonly registryAnew?: (tokenHash: Buffer, open: () => Feed['open']) => Promise<SchemaRegistry>;
  /** Path under which SCIM is served, for example `/scim/v2`. */
  readonly mount: string;
  readonly maxBodyBytes: number;
  readonly admit: Admit;
  /** Told of every SCIM token that opened a request, after the answer is known. */
  readonly onUsed: (tokenHash: Buffer) => void;
  /** Told of every answer. */
  readonly onAnswered?: ScimAnswered;
  /** Told of defects: what became a 500. */
  readonly onDefect: (error: unknown, requestId: string) => void;
}

const EMPTY_QUERY = new URLSearchParams();
/** Refusals of a body or a question, which are found before the batch that judges the token. */
const BEFORE_THE_TOKEN: ReadonlySet<number> = new Set([400, 413, 415]);
const REQUEST_ID = /^[\w.:-]{1,128}$/;
const BEARER = /^Bearer +([\w.~+/-]+=*) *$/i;

interface Bearer {
  readonly hash: Buffer;
  /** A token of the connection; else an application's access token, which the OpenID provider gave. */
  readonly ours: boolean;
}

function bearerOf(request: IncomingMessage): Bearer {
  const token = BEARER.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) throw new ScimError(401, undefined, 'A bearer token is required.');
  return { hash: hashToken(token), ours: token.startsWith(SCIM_TOKEN_PREFIX) };
}

function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}

function preconditionsOf({ headers }: IncomingMessage): Preconditions {
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = headers;
  return ifMatch === undefined && ifNoneMatch === undefined ? NO_PRECONDITIONS : { ifMatch, ifNoneMatch };
}

function send(response: ServerResponse, requestId: string, answer: ScimAnswer): void {
  const headers: Record<string, string | number> = { ...answer.headers, 'X-Request-Id': requestId, 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' };
  if (answer.body !== undefined) {
    headers['Content-Type'] = 'application/scim+json; charset=utf-8';
    headers['Content-Length'] = Buffer.byteLength(answer.body);
  }
  response.writeHead(answer.status, headers);
  response.end(answer.body);
}

/** RFC 6750 §3: which key fits, and what is wrong with the one that was shown; nothing of that where none was. */
function challengeOf({ status, cause }: ScimError): string | undefined {
  const code = cause instanceof DomainError ? cause.code : undefined;
  if (code === 'credentials.scim_token_scope') return 'Bearer realm="scim", error="insufficient_scope"';
  if (status !== 401) return undefined;
  return code === 'credentials.scim_token_invalid' ? 'Bearer realm="scim", error="invalid_token"' : 'Bearer realm="scim"';
}

/** Every layer speaks SCIM: whatever went wrong becomes an Error resource (RFC 7644 §3.12). */
function refused(error: unknown): ScimAnswer {
  const told = refusalOf(error);
  const headers: Record<string, string> = { ...told.headers };
  const challenge = told.status === 401 || told.status === 403 ? challengeOf(told) : undefined;
  if (challenge !== undefined) headers['WWW-Authenticate'] = challenge;
  if (told.status === 503) headers['Retry-After'] = '1';
  return { status: told.status, body: JSON.stringify(told), headers };
}

const tooManyRequests = (seconds: number): ScimError =>
  new ScimError(429, undefined, `This token asks too often; try again in ${seconds} s.`, { headers: { 'Retry-After': String(seconds) } });

/** A path that cannot be decoded is nobody's. */
function decoded(path: string): string {
  if (!path.includes('%')) return path;
  try {
    return decodeURIComponent(path);
  } catch (error) {
    throw new ScimError(400, 'invalidPath', 'The path is not valid percent-encoded UTF-8.', { cause: error });
  }
}

function readTarget(target: string): Pick<ScimRequest, 'path' | 'query'> {
  const question = target.indexOf('?');
  if (question < 0) return { path: decoded(target), query: EMPTY_QUERY };
  return { path: decoded(target.slice(0, question)), query: new URLSearchParams(target.slice(question + 1)) };
}

/** RFC 9110 §9.3.2: HEAD is GET, of which node sends no body. */
const methodOf = ({ method = 'GET' }: IncomingMessage): string => (method === 'HEAD' ? 'GET' : method);

/** The service in the bearer's own words: handlers know of one registry only. */
async function serviceFor({ service }: ScimListenerOptions, registryFor: ScimListenerOptions['registryFor'], hash: Buffer, open: () => Feed['open']): Promise<ScimService> {
  const registry = registryFor === undefined ? service.registry : await registryFor(hash, open);
  return registry === service.registry ? service : { ...service, registry };
}

async function respond(options: ScimListenerOptions, request: IncomingMessage, target: string, requestId: string): Promise<ScimAnswer> {
  const { hash, ours } = bearerOf(request);
  const seconds = await options.admit(hash);
  if (seconds !== undefined) throw tooManyRequests(seconds);
  const authenticate = ours ? authenticateScim : authenticateScimApplication;
  const open: ScimRequest['open'] = (wanted, writes, known) => authenticate(hash, wanted, writes, known);
  const judge = (): Promise<void> => options.service.reader.authenticate(open('', false));
  try {
    const body = await readBody(request, options.maxBodyBytes, judge);
    const service = await serviceFor(options, options.registryFor, hash, () => open('', false));
    const renew = (): Promise<ScimService> => serviceFor(options, options.registryAnew, hash, () => open('', false));
    const answer = await route(service, { ...readTarget(target), method: methodOf(request), preconditions: preconditionsOf(request), body, requestId, holder: hash.toString('base64'), open, renew, onDefect: (error) => options.onDefect(error, requestId) });
    if (ours) options.onUsed(hash);
    return answer;
  } catch (error) {
    // A stranger is told of the token alone. It costs a round trip, but none where all is well.
    if (BEFORE_THE_TOKEN.has(refusalOf(error).status)) await judge();
    throw error;
  }
}

/**
 * The SCIM door as a plain listener: express and its usual chain cost more than reading a row.
 * @returns a function that answers a request below its mount and says whether it did
 */
export function createScimListener(options: ScimListenerOptions): (request: IncomingMessage, response: ServerResponse) => boolean {
  const { mount } = options;
  return (request, response) => {
    const url = request.url ?? '/';
    const next = url[mount.length];
    if (!url.startsWith(mount) || (next !== undefined && next !== '/' && next !== '?')) return false;
    const requestId = requestIdOf(request);
    const target = url.slice(mount.length);
    respond(options, request, target.startsWith('/') ? target : `/${target}`, requestId)
      .catch((error: unknown) => {
        const answer = refused(error);
        if (answer.status === 500) options.onDefect(error, requestId);
        return answer;
      })
      .then((answer) => {
        options.onAnswered?.(request.method ?? 'GET', resourceIn(target), answer.status);
        return send(response, requestId, answer);
      })
      .catch((error: unknown) => options.onDefect(error, requestId));
    return true;
  };
}
