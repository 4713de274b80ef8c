import { Agent as HttpAgent, type ClientRequest, type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { errorCode } from '../../platform/error-code.ts';
import type { Answer } from './step.ts';

export interface ScimClientOptions {
  /** Base of the SCIM service, without a slash at its end. */
  readonly base: string;
  readonly token: string;
  /** The vendor's. */
  readonly headers: Readonly<Record<string, string>>;
  readonly contentType: string;
  readonly connections: number;
  readonly timeoutMilliseconds: number;
}

export interface Exchange {
  readonly answer: Answer;
  /** Of the last attempt alone. */
  readonly milliseconds: number;
  /** How often the server asked to wait. */
  readonly waits: number;
}

/** No answer came: the server cannot be reached, broke off, or took too long. */
export class TransportError extends Error {
  constructor(code: string, options?: ErrorOptions) {
    super(code, options);
    this.name = 'TransportError';
  }
}

const MOST_BYTES = 256 * 1024 * 1024;
const MOST_WAITS = 8;
const LONGEST_WAIT_SECONDS = 60;

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, milliseconds));

/** Seconds or a date (RFC 9110 §10.2.3); without either, a second. */
function retryAfter(headers: IncomingMessage['headers']): number {
  const text = headers['retry-after'] ?? '1';
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1000;
  return Math.min(LONGEST_WAIT_SECONDS, Number.isNaN(seconds) ? 1 : Math.max(0.05, seconds));
}

function inflated(bytes: Buffer, encoding: string | undefined): Buffer {
  const limit = { maxOutputLength: MOST_BYTES };
  if (encoding === 'gzip') return gunzipSync(bytes, limit);
  if (encoding === 'deflate') return inflateSync(bytes, limit);
  return encoding === 'br' ? brotliDecompressSync(bytes, limit) : bytes;
}

function parsed(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A small client with connections that stay open: it waits where it is told to (429, 503), follows no redirect, and throws only when no answer came. */
export class ScimClient {
  readonly #options: ScimClientOptions;
  readonly #agent: HttpAgent | HttpsAgent;

  constructor(options: ScimClientOptions) {
    this.#options = options;
    const agentOptions = { keepAlive: true, maxSockets: options.connections };
    this.#agent = options.base.startsWith('https:') ? new HttpsAgent(agentOptions) : new HttpAgent(agentOptions);
  }

  async send(method: string, path: string, body: unknown): Promise<Exchange> {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    for (let waits = 0; ; waits += 1) {
      const begun = performance.now();
      const answer = await this.#attempt(method, path, payload, true);
      const milliseconds = performance.now() - begun;
      const told = answer.status === 429 || (answer.status === 503 && answer.headers['retry-after'] !== undefined);
      if (!told || waits === MOST_WAITS) return { answer, milliseconds, waits };
      await pause(retryAfter(answer.headers) * 1000);
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  /** A kept connection may be closed by the server at the moment it is used again: then, once, a new one. */
  async #attempt(method: string, path: string, payload: string | undefined, mayRepeat: boolean): Promise<Answer> {
    const outgoing = this.#open(method, path, payload);
    try {
      return await this.#answerOf(outgoing);
    } catch (error) {
      const code = errorCode(error) ?? (error instanceof Error ? error.message : 'unknown');
      if (mayRepeat && outgoing.reusedSocket && code === 'ECONNRESET') return this.#attempt(method, path, payload, false);
      throw new TransportError(code, { cause: error });
    }
  }

  #open(method: string, path: string, payload: string | undefined): ClientRequest {
    const { base, token, headers, contentType, timeoutMilliseconds } = this.#options;
    const more = payload === undefined ? {} : { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(payload) };
    const options: RequestOptions = { method, agent: this.#agent, timeout: timeoutMilliseconds, headers: { ...headers, Authorization: `Bearer ${token}`, ...more } };
    const outgoing = (base.startsWith('https:') ? requestHttps : requestHttp)(`${base}${path}`, options);
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${timeoutMilliseconds / 1000} s`)));
    outgoing.end(payload);
    return outgoing;
  }

  async #answerOf(outgoing: ClientRequest): Promise<Answer> {
    const response = await new Promise<IncomingMessage>((resolve, reject) => void outgoing.on('error', reject).on('response', resolve));
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of response) {
      const bytes = chunk as Buffer;
      size += bytes.length;
      if (size > MOST_BYTES) throw new Error('an answer without end');
      chunks.push(bytes);
    }
    const text = inflated(Buffer.concat(chunks), response.headers['content-encoding']).toString('utf8');
    return { status: response.statusCode ?? 0, headers: response.headers, text, body: parsed(text) };
  }
}
