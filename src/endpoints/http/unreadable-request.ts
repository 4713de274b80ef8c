import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { DomainError } from '../../platform/errors.ts';
import { uuidv7 } from '../../platform/uuid.ts';
import { problemOf } from './problem.ts';

/** What is wrong with a request of which no listener hears, by the code of node's parser. */
function refusalOf(code: string | undefined): DomainError {
  if (code === 'HPE_HEADER_OVERFLOW') return new DomainError('too-large', 'http.headers_too_large', 'The headers of the request are larger than this hub accepts.');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new DomainError('unavailable', 'http.too_slow', 'The request did not arrive in time.');
  return new DomainError('invalid', 'http.malformed', 'The request cannot be read: it is not well-formed HTTP.');
}

interface Refusal {
  readonly status: number;
  readonly title: string;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: string;
}

function rendered(error: DomainError): Refusal {
  const problem = problemOf(error, uuidv7());
  const body = JSON.stringify(problem);
  const headers = { 'Content-Type': 'application/problem+json; charset=utf-8', 'Content-Length': Buffer.byteLength(body), 'X-Request-Id': problem.requestId, Connection: 'close' };
  return { status: problem.status, title: problem.title, headers, body };
}

function send(response: ServerResponse, error: DomainError): void {
  const { status, headers, body } = rendered(error);
  response.writeHead(status, headers).end(body);
}

/** RFC 9112 §3.2: whoever speaks HTTP/1.1 names the host. @returns whether the request was refused for that */
export function refusedWithoutHost(request: IncomingMessage, response: ServerResponse): boolean {
  if (request.headers.host !== undefined || request.httpVersion !== '1.1') return false;
  send(response, new DomainError('invalid', 'http.malformed', 'The request cannot be read: it has no Host header.'));
  return true;
}

/**
 * What node's parser refuses is answered like everything else, with a reference: node's own words have neither body nor id.
 * @param answering the answer last begun on a connection; one that is half sent must not be followed by another
 */
export function answerUnreadable(server: Server, answering: WeakMap<Socket, ServerResponse>): void {
  server.on('clientError', (error: NodeJS.ErrnoException, stream) => {
    const socket = stream as Socket;
    const begun = answering.get(socket);
    const silent = !socket.writable || error.code === 'ECONNRESET' || (begun?.headersSent === true && !begun.writableFinished);
    if (silent) return void socket.destroy();
    const { status, title, headers, body } = rendered(refusalOf(error.code));
    const head = [`HTTP/1.1 ${status} ${title}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)];
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
  });
  server.on('checkExpectation', (_request, response) => send(response, new DomainError('invalid', 'http.expectation', 'The hub meets no expectation but 100-continue.')));
}
