import { expect } from 'chai';
import type { lookup } from 'node:dns';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createSecureServer } from 'node:https';
import { isPublicAddress } from '#hub/federation/public-address.js';
import { checkAddress, createSafeFetch } from '#hub/federation/safe-fetch.js';
import { failureOf } from '../support/upstream-failure.js';
import { makeKey } from '../support/upstream-saml-provider.js';

const PRIVATE = [
  '127.0.0.1', '127.255.255.254', '0.0.0.0', '10.0.0.1', '100.64.0.1', '169.254.169.254', '172.16.0.1', '172.31.255.255', '192.168.1.1',
  '192.0.0.1', '192.0.2.1', '198.18.0.1', '198.51.100.1', '203.0.113.1', '224.0.0.1', '240.0.0.1', '255.255.255.255',
  '::', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:a9fe:a9fe', '::ffff:10.0.0.1', '::127.0.0.1', '64:ff9b::7f00:1', '64:ff9b::169.254.169.254',
  '64:ff9b:1::1', '100::1', '2001::1', '2001:db8::1', '2002:7f00:1::', '3fff::1', 'fc00::1', 'fd00:ec2::254', 'fe80::1', 'fe80::1%eth0', 'fec0::1', 'ff02::1', 'not an address', '',
];
const PUBLIC = ['1.1.1.1', '8.8.8.8', '100.63.255.255', '100.128.0.1', '172.15.0.1', '172.32.0.1', '192.169.0.1', '::ffff:8.8.8.8', '64:ff9b::808:808', '2606:4700::1111', '2a00:1450::1'];

/** A resolver that says what a test wants, and counts how often it was asked. */
const resolver = (...answers: string[]) => {
  const asked: string[] = [];
  const resolve = ((host: string, _: object, callback: (error: null, addresses: { address: string; family: number }[]) => void) => {
    asked.push(host);
    callback(null, answers.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
  }) as unknown as typeof lookup;
  return { resolve, asked };
};

describe('public address', () => {
  for (const address of PRIVATE) it(`is not ${address || '(nothing)'}`, () => expect(isPublicAddress(address)).to.equal(false));
  for (const address of PUBLIC) it(`is ${address}`, () => expect(isPublicAddress(address)).to.equal(true));
});

describe('safe fetch', () => {
  it('refuses an address that shows by itself where it leads, however it is written', async () => {
    const written = [
      'https://127.0.0.1/', 'https://2130706433/', 'https://0x7f.1/', 'https://0177.0.0.1/', 'https://127.1/', 'https://[::1]/', 'https://[::ffff:127.0.0.1]/',
      'https://[::ffff:a9fe:a9fe]/latest/meta-data', 'https://169.254.169.254/', 'https://①⑨②.168.1.1/',
    ];
    for (const address of written) {
      expect((await failureOf(() => checkAddress(address, false))).code, address).to.equal('federation.fetch.private_address');
      expect(checkAddress(address, true)).to.be.instanceOf(URL);
    }
  });

  it('refuses other schemes, user names and what is no address', async () => {
    for (const address of ['http://idp.example/', 'file:///etc/passwd', 'gopher://idp.example/', 'https://user:pw@idp.example/', 'idp.example', '', 'data:,x']) {
      expect((await failureOf(() => checkAddress(address, false))).code, address).to.equal('federation.fetch.address');
    }
    expect((await failureOf(() => checkAddress('file:///etc/passwd', true))).code).to.equal('federation.fetch.address');
  });

  it('refuses a name of which even one address is private', async () => {
    for (const answers of [['127.0.0.1'], ['93.184.216.34', '10.0.0.1'], ['::ffff:192.168.0.1'], ['fd00::1'], []]) {
      const { resolve, asked } = resolver(...answers);
      const fetch = createSafeFetch({ allowPrivate: false, lookup: resolve });
      expect((await failureOf(fetch('https://rebind.example/'))).code).to.equal('federation.fetch.private_address');
      expect(asked).to.deep.equal(['rebind.example']);
    }
  });
});

describe('safe fetch at a server', () => {
  let server: Server;
  let origin: string;
  let answer: RequestListener;
  const fetch = createSafeFetch({ allowPrivate: true, timeoutMs: 300, maxBytes: 1000 });

  before(async () => {
    server = createServer((request, response) => answer(request, response));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    return new Promise((done) => server.close(done));
  });

  it('resolves a name once and connects to what that look-up said', async () => {
    const { resolve, asked } = resolver('127.0.0.1');
    answer = (request, response) => response.end(request.headers.host);
    const pinned = createSafeFetch({ allowPrivate: true, lookup: resolve });
    const { port } = new URL(origin);
    expect(await (await pinned(`http://idp.example:${port}/`)).text()).to.equal(`idp.example:${port}`);
    expect(asked).to.deep.equal(['idp.example']);
  });

  it('sends what it is given, and asks for nothing compressed', async () => {
    answer = (request, response) => void request.on('data', (data: Buffer) => response.end(`${request.method} ${request.headers['accept-encoding']} ${data.toString()}`));
    expect(await (await fetch(origin, { method: 'POST', body: new URLSearchParams({ a: '1' }) })).text()).to.equal('POST identity a=1');
  });

  it('follows a redirect within the origin where that was allowed, and no other', async () => {
    const following = createSafeFetch({ allowPrivate: true, maxRedirects: 2 });
    answer = (request, response) => (request.url === '/end' ? response.end('here') : response.writeHead(302, { location: '/end' }).end());
    expect(await (await following(`${origin}/start`)).text()).to.equal('here');
    expect((await failureOf(fetch(`${origin}/start`))).code).to.equal('federation.fetch.redirect');
    for (const location of ['http://127.0.0.1:1/', 'https://evil.example/', '//evil.example/', 'file:///etc/passwd', 'http://']) {
      answer = (_, response) => response.writeHead(307, { location }).end();
      expect((await failureOf(following(origin))).code, location).to.equal('federation.fetch.redirect');
    }
    answer = (_, response) => response.writeHead(302, { location: '/again' }).end();
    expect((await failureOf(following(origin))).code).to.equal('federation.fetch.redirect');
  });

  it('gives up on what is slow, large, of the wrong kind or not there', async () => {
    answer = () => {};
    expect((await failureOf(fetch(origin))).code).to.equal('federation.fetch.timeout');
    answer = (_, response) => response.end('x'.repeat(1001));
    expect((await failureOf(fetch(origin))).code).to.equal('federation.fetch.too_large');
    answer = (_, response) => response.setHeader('content-type', 'text/html; charset=utf-8').end('{}');
    expect((await failureOf(fetch(origin, { accept: ['application/json'] }))).code).to.equal('federation.fetch.content_type');
    expect((await failureOf(fetch('http://127.0.0.1:1/'))).code).to.equal('federation.fetch.unreachable');
  });

  it('trusts no certificate that nobody vouches for', async () => {
    const { privateKey, certificate } = makeKey('localhost');
    const secure = createSecureServer({ key: privateKey, cert: certificate }, (_, response) => response.end('hello'));
    await new Promise<void>((done) => secure.listen(0, '127.0.0.1', done));
    const error = await failureOf(fetch(`https://localhost:${(secure.address() as AddressInfo).port}/`));
    expect(error).to.deep.include({ code: 'federation.fetch.unreachable' });
    expect(error.details.actual).to.equal('DEPTH_ZERO_SELF_SIGNED_CERT');
    secure.close();
  });

  it('hands a caller’s own end of patience on', async () => {
    answer = () => {};
    expect((await failureOf(fetch(origin, { signal: AbortSignal.timeout(20) }))).code).to.equal('federation.fetch.timeout');
  });
});
