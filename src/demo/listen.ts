import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { errorCode } from '../platform/error-code.ts';

/** The demonstration is for this machine alone: its passwords are printed on its pages. */
export const LOOPBACK = '127.0.0.1';

function tryPort(server: Server, port: number): Promise<void> {
  return new Promise((done, failed) => {
    server.once('error', failed);
    server.listen(port, LOOPBACK, () => {
      server.removeListener('error', failed);
      done();
    });
  });
}

const isTaken = (error: unknown): boolean => ['EADDRINUSE', 'EACCES'].includes(errorCode(error) ?? '');

/** Opens the wished-for port, or, when it is taken, a free one. */
export async function listen(server: Server, wished: number): Promise<number> {
  try {
    await tryPort(server, wished);
  } catch (error) {
    if (!isTaken(error)) throw error;
    await tryPort(server, 0);
  }
  return (server.address() as AddressInfo).port;
}

export function close(server: Server): Promise<void> {
  return new Promise((done) => {
    server.close(() => done());
    server.closeAllConnections();
  });
}

/** The wished-for port if it is free, else another one, for a server that opens its port itself. */
export async function freePort(wished: number): Promise<number> {
  const server = createServer();
  const port = await listen(server, wished);
  await close(server);
  return port;
}
