import { expect } from 'chai';
import { connect } from 'node:net';
import { openHttpServer, type HttpServer } from '#hub/endpoints/http/http-server.js';

/** Sends text as it is. @returns everything that is answered until the connection ends */
function exchange(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let heard = '';
    const socket = connect(port, 'localhost', () => socket.write(text, 'latin1'));
    const timer = setTimeout(() => socket.destroy(), 2000);
    socket.on('data', (part) => (heard += part.toString()));
    socket.on('error', reject);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(heard);
    });
  });
}

describe('the port of the hub', () => {
  let server: HttpServer;

  beforeEach(async () => (server = await openHttpServer(0, undefined)));
  afterEach(() => server.close());

  it('answers what is no HTTP as a problem with a reference, and closes', async () => {
    server.serve((_request, response) => void response.end('served'));
    const bad = [
      ['GET / HTTP/1.1\r\nHost: a\r\nBad Header\r\n\r\n', 400, 'http.malformed'],
      ['\x16\x03\x01\x00\xa5', 400, 'http.malformed'],
      ['BREW / HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'http.malformed'],
      ['GET / HTTP/1.1\r\n\r\n', 400, 'http.malformed'],
      ['POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc', 400, 'http.malformed'],
      [`GET / HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`, 431, 'http.headers_too_large'],
      ['POST / HTTP/1.1\r\nHost: a\r\nExpect: magic\r\nContent-Length: 0\r\n\r\n', 417, 'http.expectation'],
    ] as const;
    for (const [text, status, code] of bad) {
      const [head = '', body = ''] = (await exchange(server.port, text)).split('\r\n\r\n');
      expect(head.split('\r\n')[0], text).to.match(new RegExp(`^HTTP/1\\.1 ${status} \\w`));
      expect(head).to.match(/^Content-Type: application\/problem\+json/m).and.match(/^Connection: close/m);
      const problem = JSON.parse(body) as { code: string; status: number; requestId: string };
      expect([problem.code, problem.status]).to.deep.equal([code, status]);
      expect(head).to.include(`X-Request-Id: ${problem.requestId}`);
    }
  });

  it('says nothing more on a connection where an answer is half sent', async () => {
    server.serve((request, response) => {
      response.writeHead(200, { 'Content-Length': 10 });
      response.write('half');
      request.resume();
    });
    const heard = await exchange(server.port, 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\nZZ\r\n');
    expect(heard).to.match(/^HTTP\/1\.1 200 /).and.not.include('400');
  });

  it('tells who comes early that the hub is starting, with a reference', async () => {
    const heard = await exchange(server.port, 'GET / HTTP/1.0\r\n\r\n');
    expect(heard).to.match(/^HTTP\/1\.1 503 /).and.match(/^Retry-After: 1/m).and.match(/^X-Request-Id: \S+/m);
  });
});
