import type { IncomingMessage } from 'node:http';
import { type JsonValue, parseJson } from './resource-json.ts';
import { ScimError, invalidSyntax } from './scim-error.ts';

const MEDIA_TYPES: ReadonlySet<string> = new Set(['application/scim+json', 'application/json']);
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** RFC 7644 §3.1: SCIM's own media type, or plain JSON as most clients send. */
function assertMediaType(request: IncomingMessage): void {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (!MEDIA_TYPES.has(type)) throw new ScimError(415, undefined, 'The body must be application/scim+json or application/json.');
}

const tooLarge = (limit: number): ScimError => new ScimError(413, undefined, `The body is larger than ${limit} bytes; send less at once.`);

/** Reads on after a refusal, so that the client gets to read the answer; an endless body is cut off by the server's own timeouts. */
function collect(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let size = 0;
    request.on('data', (part: Buffer) => {
      size += part.length;
      if (size > limit) {
        parts.length = 0;
        reject(tooLarge(limit));
      } else parts.push(part);
    });
    request.once('end', () => resolve(parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts)));
    // A caller who went away is no defect of ours, and hears nothing any more.
    request.once('error', (error) => reject(new ScimError(400, 'invalidSyntax', 'The body ended before it was complete.', { cause: error })));
    request.once('close', () => {
      if (!request.complete) reject(invalidSyntax('The body ended before it was complete.'));
    });
  });
}

/** The JSON body of a request; nothing where the method carries none. */
export async function readBody(request: IncomingMessage, limit: number): Promise<JsonValue | undefined> {
  if (request.method === 'GET' || request.method === 'HEAD' || request.method === 'DELETE') return undefined;
  assertMediaType(request);
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
  const bytes = await collect(request, limit);
  let text: string;
  try {
    text = UTF8.decode(bytes);
  } catch (error) {
    throw new ScimError(400, 'invalidSyntax', 'The body is not valid UTF-8.', { cause: error });
  }
  return parseJson(text);
}
