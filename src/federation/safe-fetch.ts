import { lookup as resolve } from 'node:dns';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { errorCode } from '../platform/error-code.ts';
import { DomainError } from '../platform/errors.ts';
import { isPublicAddress } from './public-address.ts';

export interface SafeFetchOptions {
  /** Development and closed networks: plain http and private addresses are allowed. */
  allowPrivate: boolean;
  timeoutMs?: number;
  maxBytes?: number;
  /** Redirects followed, within the same origin only. */
  maxRedirects?: number;
  /** Resolves a host name; the system's resolver unless a test says otherwise. */
  lookup?: typeof resolve;
}

export interface SafeFetchInit {
  method?: string;
  headers?: Readonly<Record<string, string>>;
  body?: unknown;
  signal?: AbortSignal | undefined;
  /** Media types that are taken; anything else is refused. All, when absent. */
  accept?: readonly string[];
}

/** Shaped so that openid-client and jose take it for their `fetch`. */
export type SafeFetch = (url: string | URL, init?: SafeFetchInit) => Promise<Response>;

interface Limits {
  timeoutMs: number;
  maxBytes: number;
}

/**
 * Builds the only way out to an address that a customer typed in: https, to a public address that is resolved once and
 * then connected to (no second look-up that could answer differently), bounded in time and size, without leaving its origin.
 */
export function createSafeFetch(options: SafeFetchOptions): SafeFetch {
  const limits: Limits = { timeoutMs: options.timeoutMs ?? 5_000, maxBytes: options.maxBytes ?? 512 * 1024 };
  const agents = { 'http:': new HttpAgent({ keepAlive: true, maxSockets: 20 }), 'https:': new HttpsAgent({ keepAlive: true, maxSockets: 20 }) };
  const lookup = guardedLookup(options);
  return async (address, init = {}) => {
    let url = checkAddress(address, options.allowPrivate);
    const timeout = AbortSignal.timeout(limits.timeoutMs);
    const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
    for (let left = options.maxRedirects ?? 0; ; left -= 1) {
      const agent = url.protocol === 'https:' ? agents['https:'] : agents['http:'];
      const response = await exchange(url, { ...init, signal }, { agent, lookup }, limits);
      if (response.status < 300 || response.status > 399 || response.status === 304) return checkType(response, url, init.accept);
      url = checkAddress(followed(url, response, left), options.allowPrivate);
    }
  };
}

/** Refuses what can be refused by looking at the address alone; an address in digits is judged here, a name when it resolves. */
export function checkAddress(address: string | URL, allowPrivate: boolean): URL {
  const url = URL.canParse(String(address)) ? new URL(address) : undefined;
  const schemes = allowPrivate ? ['https:', 'http:'] : ['https:'];
  if (url === undefined || !schemes.includes(url.protocol) || url.username !== '' || url.password !== '') {
    throw new DomainError('invalid', 'federation.fetch.address', 'The address must be an https address without a user name.', {
      details: { check: 'address', expected: schemes.join(' or '), actual: url?.protocol ?? 'no address' },
    });
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && !allowPrivate && !isPublicAddress(host)) refusePrivate(url.hostname, host);
  return url;
}

function refusePrivate(host: string, address: string): never {
  throw new DomainError('invalid', 'federation.fetch.private_address', `${host} leads to an address that is not public.`, {
    details: { check: 'address range', expected: 'a public address', actual: address },
  });
}

function guardedLookup({ allowPrivate, lookup = resolve }: SafeFetchOptions): LookupFunction {
  return (host, options, callback) => {
    lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '', 0);
      const refused = allowPrivate ? undefined : addresses.find(({ address }) => !isPublicAddress(address));
      const [first] = addresses;
      if (refused !== undefined || first === undefined) {
        // One bad address refuses the name: an attacker mixes a public one in and waits for luck.
        return callback(privateAddress(host, refused?.address ?? 'none'), '', 0);
      }
      return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  };
}

function privateAddress(host: string, address: string): NodeJS.ErrnoException {
  try {
    return refusePrivate(host, address);
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
}

async function exchange(
  url: URL,
  init: SafeFetchInit,
  transport: { agent: HttpAgent | HttpsAgent; lookup: LookupFunction },
  { maxBytes, timeoutMs }: Limits,
): Promise<Response> {
  try {
    return await new Promise<Response>((accept, refuse) => {
      const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
      // Asking for the identity coding keeps a compressed bomb from being sent in good faith.
      const headers = { ...init.headers, 'accept-encoding': 'identity' };
      const request = send(url, { ...transport, method: init.method ?? 'GET', headers, ...(init.signal && { signal: init.signal }) });
      request.once('error', refuse);
      request.once('response', (message) => void readBody(url, message, maxBytes).then(accept, refuse));
      request.end(bodyOf(init.body));
    });
  } catch (error) {
    if (error instanceof DomainError) throw error;
    if (init.signal?.aborted) {
      throw new DomainError('unavailable', 'federation.fetch.timeout', `${url.host} did not answer in time.`, {
        details: { check: 'time to answer in milliseconds', expected: timeoutMs, actual: 'longer' },
      });
    }
    throw new DomainError('unavailable', 'federation.fetch.unreachable', `${url.host} could not be reached.`, {
      cause: error,
      details: { check: 'connection', expected: 'an answer', actual: errorCode(error) ?? 'failure' },
    });
  }
}

function bodyOf(body: unknown): string | Uint8Array | undefined {
  if (body === undefined || body === null) return undefined;
  if (typeof body === 'string' || body instanceof Uint8Array) return body;
  if (body instanceof URLSearchParams) return body.toString();
  throw new TypeError('this kind of body cannot be sent');
}

async function readBody(url: URL, message: IncomingMessage, maxBytes: number): Promise<Response> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) {
      message.destroy();
      throw new DomainError('unavailable', 'federation.fetch.too_large', `${url.host} answered with more than is accepted.`, {
        details: { check: 'size in bytes', expected: maxBytes, actual: `more than ${maxBytes}` },
      });
    }
    chunks.push(chunk);
  }
  const headers = new Headers();
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined && name !== 'set-cookie') headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  const status = message.statusCode ?? 502;
  return new Response([204, 205, 304].includes(status) ? null : Buffer.concat(chunks), { status, headers });
}

function followed(url: URL, response: Response, left: number): URL {
  const location = response.headers.get('location') ?? '';
  const target = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
  if (target === undefined || target.origin !== url.origin || left <= 0) {
    throw new DomainError('unavailable', 'federation.fetch.redirect', `${url.host} sent us elsewhere, where we do not follow.`, {
      details: { check: 'redirect', expected: left > 0 ? url.origin : 'none', actual: target?.origin ?? 'no address' },
    });
  }
  return target;
}

function checkType(response: Response, url: URL, accept: readonly string[] | undefined): Response {
  const type = (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (accept !== undefined && response.ok && !accept.includes(type)) {
    throw new DomainError('unavailable', 'federation.fetch.content_type', `${url.host} answered with an unexpected kind of content.`, {
      details: { check: 'content type', expected: accept.join(' or '), actual: type },
    });
  }
  return response;
}

/** The same in the platform's own form, for packages that call `fetch` themselves. */
export const asPlatformFetch =
  (safe: SafeFetch): typeof fetch =>
  (input, init = {}) => {
    const { method, headers, body, signal } = init;
    return safe(input instanceof Request ? input.url : input, {
      ...(method === undefined ? {} : { method }),
      headers: Object.fromEntries(new Headers(headers)),
      body,
      signal: signal ?? undefined,
    });
  };
