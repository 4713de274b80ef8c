import { expect } from 'chai';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { adminOperations } from '#hub/endpoints/admin/index.js';
import { createHttpApp, operationRouter, problemRenderer, type Principal } from '#hub/endpoints/http/index.js';
import { startAdminServer, type AdminServer } from '../../support/admin-server.ts';

/** What is left of an answer without what must differ. */
const blank = (text: string): string => text.replace(/foreign|nothing/g, 'X').replace(/"requestId":"[^"]*"/, '');

/** What an administrator of one organization gets to see, before there is a token for one: the same operations, another principal. */
describe('an administrator of one organization', () => {
  let server: AdminServer;
  let close: () => void;
  let ask: (method: string, path: string, body?: unknown) => Promise<{ status: number; text: string }>;

  before(async () => {
    server = await startAdminServer();
    const orgId = (await server.call('POST', '/admin/organizations', { slug: 'own' })).body.id as string;
    await server.call('POST', '/admin/organizations', { slug: 'foreign' });
    const principal: Principal = { kind: 'organization-administrator', accountId: '0198c0de-0000-7000-8000-000000000001', orgId };
    const app = createHttpApp({ trustedProxyHops: 0 });
    app.use(operationRouter(adminOperations(server.dependencies), () => Promise.resolve(principal)));
    app.use(problemRenderer((error) => server.defects.push(error)));
    const http = createServer(app);
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const base = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    close = () => void http.close();
    ask = async (method, path, body) => {
      const response = await fetch(base + path, { method, ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }) });
      return { status: response.status, text: await response.text() };
    };
  });
  after(async () => {
    close();
    expect(server.defects).to.deep.equal([]);
    await server.close();
  });

  it('administers that one, which is also the one meant when none is named', async () => {
    expect((await ask('GET', '/admin/organizations/own')).status).to.equal(200);
    expect((await ask('POST', '/admin/organizations/own/scim-tokens', {})).status).to.equal(201);
    expect((await ask('POST', '/admin/users', { userName: 'u' })).text).to.include('"organization":"own"');
    expect((await ask('GET', '/admin/audit')).text).to.include('account:0198c0de-0000-7000-8000-000000000001');
  });

  it('learns of no other: a foreign one reads like none at all, in every operation that names one', async () => {
    const compared: [string, string, unknown?][] = [
      ['GET', '/admin/organizations/X'],
      ['PATCH', '/admin/organizations/X', { name: 'x' }],
      ['GET', '/admin/organizations/X/connections'],
      ['POST', '/admin/organizations/X/connections', { name: 'x', protocol: 'scim-only' }],
      ['GET', '/admin/organizations/X/connections/default'],
      ['PATCH', '/admin/organizations/X/connections/default', { jit: true }],
      ['GET', '/admin/organizations/X/scim-tokens'],
      ['POST', '/admin/organizations/X/scim-tokens', {}],
      ['GET', '/admin/organizations/X/domains'],
      ['POST', '/admin/organizations/X/domains', { domain: 'x.example', connection: 'default' }],
      ['POST', '/admin/organizations/X/domains/x.example/verify', { byOperator: true }],
      ['DELETE', '/admin/organizations/X/domains/x.example'],
      ['GET', '/admin/organizations/X/role-mapping'],
      ['PUT', '/admin/organizations/X/role-mapping', { map: 'a=b' }],
      ['POST', '/admin/organizations/X/role-mapping/preview', { map: 'a=b' }],
      ['GET', '/admin/users?organization=X'],
      ['POST', '/admin/users?organization=X', { userName: 'u' }],
      ['GET', '/admin/audit?organization=X'],
    ];
    for (const [method, path, body] of compared) {
      const [foreign, none] = [await ask(method, path.replace('X', 'foreign'), body), await ask(method, path.replace('X', 'nothing'), body)];
      expect([method, path, foreign.status, none.status]).to.deep.equal([method, path, 404, 404]);
      expect(blank(foreign.text)).to.equal(blank(none.text));
    }
  });

  it('may not do what concerns the installation', async () => {
    const denied: [string, string, unknown?][] = [
      ['GET', '/admin/organizations'],
      ['POST', '/admin/organizations', { slug: 'mine' }],
      ['PATCH', '/admin/organizations/own', { status: 'suspended' }],
      ['POST', '/admin/organizations/own/domains/x.example/verify', { byOperator: true }],
      ['GET', '/admin/applications'],
      ['POST', '/admin/applications', { name: 'x' }],
      ['GET', '/admin/audit?instance=true'],
      ['GET', '/admin/config'],
      ['GET', '/admin/keys'],
      ['POST', '/admin/keys/rotate', {}],
      ['POST', '/admin/postgres/enable-rls'],
      ['POST', '/admin/postgres/prepare'],
      ['GET', '/status/db'],
      ['POST', '/admin/users/u/link', { account: '0198c0de-0000-7000-8000-000000000002' }],
    ];
    for (const [method, path, body] of denied) {
      const { status, text } = await ask(method, path, body);
      const code = path.endsWith('/link') ? 'admin.link_operator_only' : 'http.operator_only';
      expect([method, path, status, (JSON.parse(text) as { code: string }).code]).to.deep.equal([method, path, 403, code]);
    }
  });
});
