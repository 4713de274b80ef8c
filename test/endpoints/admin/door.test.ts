import { expect } from 'chai';
import { adminOperations } from '#hub/endpoints/admin/index.js';
import { bodyGuard, parameterGuard } from '#hub/endpoints/http/schema-guard.js';
import { DomainError } from '#hub/platform/errors.js';
import { mintToken } from '#hub/platform/token.js';
import { startAdminServer, type AdminServer } from '../../support/admin-server.ts';

const EMPTY = { type: 'object', additionalProperties: false, properties: {} } as const;

describe('the door of the administration API', () => {
  let server: AdminServer;
  before(async () => (server = await startAdminServer()));
  after(async () => {
    expect(server.defects).to.deep.equal([]);
    await server.close();
  });

  it('lets in nobody without a valid token, wherever it stands', async () => {
    const attempts = [
      undefined,
      'Basic YTpi',
      'Bearer',
      'Bearer x',
      `Bearer ${mintToken('gh_operator')}`,
      `Bearer ${mintToken('gh_scim')}`,
      `Bearer ${server.token} ${server.token}`,
      `Bearer ${server.token.slice(0, -1)}`,
    ];
    for (const authorization of attempts) {
      const response = await fetch(`${server.url}/v1/admin/organizations`, authorization === undefined ? {} : { headers: { authorization } });
      expect([authorization, response.status]).to.deep.equal([authorization, 401]);
      expect(response.headers.get('www-authenticate')).to.match(/^Bearer/);
      expect(((await response.json()) as { code: string }).code).to.equal('http.unauthenticated');
    }
    const inQuery = await fetch(`${server.url}/v1/admin/organizations?access_token=${server.token}`);
    expect(inQuery.status).to.equal(401);
  });

  it('has a schema for every part of every operation that compiles, although none is compiled before its first request', () => {
    for (const { document } of adminOperations(server.dependencies)) {
      for (const check of [parameterGuard(document.params ?? EMPTY), parameterGuard(document.query ?? EMPTY), bodyGuard(document.body ?? EMPTY)]) {
        expect(() => check(null), document.id).to.throw(DomainError);
      }
    }
  });

  it('does not read a body before it knows who sends it', async () => {
    const response = await fetch(`${server.url}/v1/admin/organizations`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{' });
    expect(response.status).to.equal(401);
  });

  it('answers every fault as problem+json with the request id that was brought along', async () => {
    const { status, headers, body } = await server.call('GET', '/admin/nothing', undefined, { 'x-request-id': 'from-a-script-1' });
    expect([status, body.code, body.requestId]).to.deep.equal([404, 'http.unknown_route', 'from-a-script-1']);
    expect(headers.get('content-type')).to.match(/^application\/problem\+json/);
    expect(headers.get('x-request-id')).to.equal('from-a-script-1');
    const strange = await server.call('GET', '/admin/nothing', undefined, { 'x-request-id': 'no blanks, please' });
    expect(strange.body.requestId).not.to.equal('no blanks, please');
  });

  it('names the methods that an address has', async () => {
    const { status, body, headers } = await server.call('DELETE', '/admin/organizations');
    expect([status, body.code, headers.get('allow')]).to.deep.equal([405, 'http.method_not_allowed', 'POST, GET']);
  });

  it('ends every hostile body in a 4xx and serves the next request', async () => {
    const deep = `{"slug":"x","settings":${'['.repeat(5000)}${']'.repeat(5000)}}`;
    const hostile = [
      '', '{', 'null', '[]', '"x"', '1', '{"slug":1}', '{"slug":{}}', '{"slug":["a"]}', '{"slug":"a","slug2":1}', '{"slug":"a\\u0000b"}', '{"slug":"a","name":"\\ud800"}',
      '{"slug":"evil","__proto__":{"isDefault":true}}', '{"slug":"evil","constructor":{"prototype":{"x":1}}}', deep, JSON.stringify({ slug: 'x'.repeat(100_000) }),
      JSON.stringify({ slug: 'x', name: 'y'.repeat(1_000_000) }),
    ];
    for (const body of hostile) {
      const { status, text } = await server.call('POST', '/admin/organizations', body);
      expect(status, `${body.slice(0, 60)} → ${text.slice(0, 200)}`).to.be.within(400, 499);
      expect(text).not.to.match(/\bat .+\.(js|ts):\d+/);
    }
    expect(({} as Record<string, unknown>)['isDefault']).to.equal(undefined);
    expect((await server.call('GET', '/admin/organizations')).body.items).to.have.length(1);
  });

  it('refuses bodies that are not JSON by their type', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=latin1']) {
      const { status, body } = await server.call('POST', '/admin/organizations', '{"slug":"a"}', { 'content-type': type });
      expect([type, status, body.code]).to.deep.equal([type, 415, 'http.media_type']);
    }
  });

  it('refuses strange parameters', async () => {
    for (const query of ['?limit=0', '?limit=x', '?limit=1&limit=2', '?colour=red', '?cursor=%00', '?cursor=AAAA', '?limit[a]=1', '?__proto__=1', '?cursor=azoA']) {
      expect([query, (await server.call('GET', `/admin/organizations${query}`)).status]).to.deep.equal([query, 400]);
    }
    expect((await server.call('GET', '/admin/organizations?limit=0')).body.code).to.equal('http.parameter_invalid');
    for (const path of ['%ff', '%00', '%2e%2e%2f', 'a'.repeat(64), "'; drop table organization --"]) {
      expect((await server.call('GET', `/admin/organizations/${path}`)).status, path).to.be.oneOf([400, 404]);
    }
  });

  it('lets no browser keep, frame or interpret an answer', async () => {
    const { headers } = await server.call('GET', '/admin/organizations');
    expect(headers.get('cache-control')).to.equal('no-store');
    expect(headers.get('content-security-policy')).to.include("default-src 'none'");
    expect(headers.get('x-content-type-options')).to.equal('nosniff');
    expect(headers.get('x-powered-by')).to.equal(null);
  });
});
