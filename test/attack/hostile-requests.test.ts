import { expect } from 'chai';
import { connect } from 'node:net';
import { startTestHub, type Feed, type Hub } from '../support/hub.ts';

const HOSTILE = ['%00', 'a%00b', '%', '%zz', '%C0%AE', '%ED%A0%80', '%0d%0aX-Evil:1', '..%2f..%2f', '__proto__', 'x'.repeat(3000)];

/** How many answers of identity providers and sign-ins under way are kept. */
const kept = async ({ database }: Hub): Promise<unknown> => (await database.batch([{ name: 'test.pending', text: 'select count(*)::int as n from pending_sign_in', values: [] }]))[0]?.[0]?.['n'];

/** Nobody honest asks like this; everybody gets an answer, and none of them is a defect of the hub or tells of its inside. */
describe('hostile requests to a whole hub', function hostile() {
  this.timeout(30_000);
  let hub: Hub;
  let feed: Feed;

  before(async () => {
    hub = await startTestHub();
    feed = await hub.connect('default', { name: 'feed', protocol: 'scim-only' });
  });
  after(async () => {
    await hub.stop();
    expect(hub.logged.filter(({ level }) => level === 'error')).to.deep.equal([]);
  });

  async function hit(method: string, path: string, init: RequestInit = {}): Promise<Response> {
    const response = await fetch(hub.url + path, { method, redirect: 'manual', ...init });
    const text = await response.clone().text();
    expect([method, path.slice(0, 200), response.status < 500]).to.deep.equal([method, path.slice(0, 200), true]);
    expect(text).not.to.match(/node_modules|\.js:\d/);
    return response;
  }

  it('are refused by every parameter of the administration', async () => {
    const headers = { authorization: `Bearer ${hub.adminToken}`, 'content-type': 'application/json' };
    const read = ['/organizations/X', '/organizations/X/connections', '/organizations/default/connections/X', '/users/X', '/users?search=X', '/users?cursor=X', '/organizations?cursor=X', '/applications/X', '/applications?organization=X'];
    const filters = ['organization', 'action', 'target', 'actor', 'targetType', 'after'].map((name) => `/audit?${name}=X`);
    for (const value of HOSTILE) {
      const written = ['/users/X/role-overrides', '/users/X/roles/Y', '/users/default/roles/X'].map((path) => `/v1/admin${path.replace('X', value)}`);
      await Promise.all([
        ...[...read, ...filters].map((path) => hit('GET', `/v1/admin${path.replace('X', value)}`, { headers })),
        ...written.map((path) => hit('PUT', path, { headers, body: '{}' })),
        ...written.map((path) => hit('DELETE', path, { headers })),
      ]);
    }
  });

  it('are refused by the pages and by what identity providers call', async () => {
    const paths = ['/federation/X/oidc/callback?state=1', '/federation/X/saml/continue?ticket=1', '/federation/X/saml/metadata', '/sign-in/X', '/sign-in/X/return', '/X', '/oidc/X', '/oidc/auth?client_id=X', '/v1/X'];
    for (const value of HOSTILE) await Promise.all(paths.map((path) => hit('GET', path.replace('X', value))));
  });

  it('leave nothing behind at a connection that takes no SAML response', async () => {
    const before = await kept(hub);
    const body = new URLSearchParams({ SAMLResponse: 'x'.repeat(1000) });
    expect((await hit('POST', `/federation/${feed.connectionId}/saml/acs`, { body })).status).to.equal(400);
    expect(await kept(hub)).to.equal(before);
  });

  it('that end in the middle are no defect of the hub', async () => {
    const head = 'POST /scim/v2/Users HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{';
    await new Promise<void>((resolve) => {
      const socket = connect(Number(new URL(hub.url).port), 'localhost', () => socket.write(head, () => setTimeout(() => socket.destroy(), 20)));
      socket.on('close', () => setTimeout(resolve, 20));
    });
    expect((await hit('GET', '/readyz')).status).to.equal(200);
  });

  it('to where nothing is are answered as a problem of their own, not in the words of a framework', async () => {
    const response = await hit('GET', '/nothing/here');
    expect([response.status, response.headers.get('content-type')]).to.deep.equal([404, 'application/problem+json; charset=utf-8']);
  });
});
