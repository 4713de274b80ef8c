import type { IncomingMessage } from 'node:http';
import { type JsonValue, parseJson } from './resource-json.ts';
import { ScimError, invalidSyntax } from './scim-error.ts';

const MEDIA_TYPES: ReadonlySet<string> = new Set(['application/scim+json', 'application/json']);
const BODY_METHODS: ReadonlySet<string | undefined> = new Set(['POST', 'PUT', 'PATCH']);
/** As much is read of whoever comes: with more, the token is judged before the rest is taken in. */
const UNJUDGED_BYTES = 65_536;
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** RFC 7644 §3.1: SCIM's own media type, or plain JSON as most clients send. */
function assertMediaType(request: IncomingMessage): void {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (!MEDIA_TYPES.has(type)) throw new ScimError(415, undefined, 'The body must be application/scim+json or application/json.');
  const coding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  // RFC 9110 §8.4
  if (coding !== 'identity' && coding !== '') throw new ScimError(415, undefined, 'The body must be sent without a content coding.', { headers: { 'Accept-Encoding': 'identity' } });
}

const tooLarge = (limit: number): ScimError => new ScimError(413, undefined, `The body is larger than ${limit} bytes; send less at once.`);

/** Reads on after a refusal, but keeps nothing, so that the client gets to read the answer; an endless body is cut off by the server's own timeouts. */
function collect(request: IncomingMessage, limit: number, judge: () => Promise<void>): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let [size, refused, judged] = [0, false, false];
    const refuse = (error: unknown): void => {
      refused = true;
      parts.length = 0;
      reject(error);
    };
    request.on('data', (part: Buffer) => {
      if (refused) return;
      size += part.length;
      if (size > limit) return refuse(tooLarge(limit));
      parts.push(part);
      if (judged || size <= UNJUDGED_BYTES) return;
      judged = true;
      request.pause();
      judge()
        .catch(refuse)
        .finally(() => request.resume());
    });
    request.once('end', () => resolve(parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)));
    // A caller who went away is no defect of ours, and hears nothing any more.
    request.once('error', (error) => reject(new ScimError(400, 'invalidSyntax', 'The body ended before it was complete.', { cause: error })));
    request.once('close', () => {
      if (!request.complete) reject(invalidSyntax('The body ended before it was complete.'));
    });
  });
}

/**
 * The JSON body of a request; nothing where the method carries none.
 * @param judge rejects for a stranger; asked in the middle of a large body, so that nobody unknown makes the hub keep one
 */
export async function readBody(request: IncomingMessage, limit: number, judge: () => Promise<void>): Promise<JsonValue | undefined> {
  if (!BODY_METHODS.has(request.method)) return undefined;
  assertMediaType(request);
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
  const bytes = await collect(request, limit, judge);
  let text: string;
  try {
    text = UTF8.decode(bytes);
  } catch (error) {
    throw new ScimError(400, 'invalidSyntax', 'The body is not valid UTF-8.', { cause: error });
  }
  return parseJson(text);
}
