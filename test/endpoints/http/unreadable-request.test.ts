import { expect } from 'chai';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { answerUnreadable } from '#hub/endpoints/http/unreadable-request.js';

describe('a request that cannot be read', () => {
  let server: Server;

  beforeEach(async () => {
    // As the hub's port, whose patience would be a minute.
    server = createServer({ headersTimeout: 60, requestTimeout: 60, connectionsCheckingInterval: 20 }, (request, response) => void request.on('end', () => response.end('served')).resume());
    answerUnreadable(server, new WeakMap());
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  });
  afterEach((done) => {
    server.closeAllConnections();
    server.close(() => done());
  });

  /** @returns everything that is heard until the hub closes the connection */
  const exchange = (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      let heard = '';
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1', () => socket.write(text));
      socket.on('data', (part) => (heard += part.toString())).on('error', reject).on('close', () => resolve(heard));
    });

  it('because it does not arrive is told so, whether its head or its body is late, and is not waited for', async () => {
    for (const text of ['GET / HTTP/1.1\r\nHost: a\r\n', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc']) {
      const [head = '', body = ''] = (await exchange(text)).split('\r\n\r\n');
      expect(head, text).to.match(/^HTTP\/1\.1 408 /).and.match(/^Connection: close/m);
      expect(JSON.parse(body)).to.include({ code: 'http.too_slow', status: 408 });
    }
  });
});
