import { type RequestListener, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { DomainError } from '../../platform/errors.ts';
import { uuidv7 } from '../../platform/uuid.ts';
import { answerUnreadable, refusedWithoutHost } from './unreadable-request.ts';

/** The hub's one port. */
export interface HttpServer {
  readonly port: number;
  /** Until this is called every request is answered with 503. */
  serve(listener: RequestListener): void;
  /** Takes no new connection and waits for requests under way, but not for ever. */
  close(): Promise<void>;
}

/** Longest wait for requests under way when the hub stops. */
const PATIENCE = 5_000;
/** How often connections that have fallen idle are ended meanwhile. */
const SWEEP = 50;

const notYet: RequestListener = (_request, response) => {
  response.writeHead(503, { 'Retry-After': '1', 'Content-Type': 'application/json', 'X-Request-Id': uuidv7() }).end('{"status":"starting"}');
};

/** Opens the port before anything else: whoever waits learns at once that the hub is starting, and a second hub that the port is taken. */
export async function openHttpServer(port: number, host: string | undefined): Promise<HttpServer> {
  const state = { listener: notYet, closing: false };
  const answering = new WeakMap<Socket, ServerResponse>();
  // Without the header the request is refused here instead, in the hub's own words.
  const server = createServer({ requireHostHeader: false }, (request, response) => {
    answering.set(request.socket, response);
    if (refusedWithoutHost(request, response)) return;
    if (state.closing) response.setHeader('Connection', 'close');
    state.listener(request, response);
  });
  answerUnreadable(server, answering);
  await new Promise<void>((ready, failed) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      failed(new DomainError('unavailable', 'hub.port_taken', `Port ${port} cannot be opened (${error.code ?? error.message}); set PORT to another one.`, { cause: error }));
    });
    server.listen({ port, ...(host === undefined ? {} : { host }) }, ready);
  });
  return {
    port: (server.address() as AddressInfo).port,
    serve(listener) {
      state.listener = listener;
    },
    close: () =>
      new Promise((closed) => {
        state.closing = true;
        const sweep = setInterval(() => server.closeIdleConnections(), SWEEP);
        const end = setTimeout(() => server.closeAllConnections(), PATIENCE);
        server.close(() => {
          clearInterval(sweep);
          clearTimeout(end);
          closed();
        });
      }),
  };
}
