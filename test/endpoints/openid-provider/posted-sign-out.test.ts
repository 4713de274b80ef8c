import { expect } from 'chai';
import { BrowserJar } from '../../support/browser-jar.ts';
import { redeem, signIn, startHubOfAda, type ProviderHub, type Registered } from '../../support/provider-hub.ts';

const BYE = 'https://app.example/bye';
const ELSEWHERE = { origin: 'https://app.example' };

describe('a sign-out that an application posts', () => {
  let hub: ProviderHub;
  let app: Registered;
  let endpoint: string;

  before(async () => {
    ({ hub, app } = await startHubOfAda({ post_logout_redirect_uris: [BYE] }));
    endpoint = `${hub.provider.issuer}/session/end`;
  });
  after(() => hub.close());

  it('is asked about where somebody is signed in, although such a form comes without the cookie', async () => {
    const jar = new BrowserJar();
    const tokens = await redeem(app, await signIn(app, jar));
    const fields = { id_token_hint: tokens.id_token ?? '', post_logout_redirect_uri: BYE, state: 'a&b' };
    const posted = await new BrowserJar().post(endpoint, fields, ELSEWHERE);
    expect([posted.status, posted.headers.getSetCookie()]).to.deep.equal([303, []]);
    const asked = await jar.request(posted.headers.get('location') ?? '');
    const form = await asked.text();
    expect(form).to.include('op.logoutForm');
    const done = await jar.post(/action="([^"]+)"/.exec(form)?.[1] ?? '', { xsrf: /value="([^"]+)"/.exec(form)?.[1] ?? '', logout: 'yes' });
    expect(done.headers.get('location')).to.equal(`${BYE}?state=a%26b`);
  });

  it('carries on what a sign-out knows, and nothing else', async () => {
    const posted = await new BrowserJar().post(endpoint, { client_id: app.clientId, post_logout_redirect_uri: BYE, xsrf: 'x', '__proto__': 'y' }, ELSEWHERE);
    const query = new URLSearchParams({ client_id: app.clientId, post_logout_redirect_uri: BYE });
    expect(posted.headers.get('location')).to.equal(`${endpoint}?${query.toString()}`);
    expect((await new BrowserJar().follow(posted.headers.get('location') ?? '')).url.href).to.equal(BYE);
  });

  it('is refused with parameters twice, an unknown address, too much of it, or when it is no form', async () => {
    const twice = await new BrowserJar().request(endpoint, { method: 'POST', body: new URLSearchParams('state=1&state=2') });
    expect((await new BrowserJar().follow(twice.headers.get('location') ?? '')).response?.status).to.equal(400);
    const evil = await new BrowserJar().post(endpoint, { client_id: app.clientId, post_logout_redirect_uri: 'https://evil.example/' }, ELSEWHERE);
    expect((await new BrowserJar().follow(evil.headers.get('location') ?? '')).response?.status).to.equal(400);
    for (const body of [new URLSearchParams({ state: 'x'.repeat(9000) }), new URLSearchParams({ state: 'x'.repeat(300_000) }), '{"state":"x"}']) {
      const page = await new BrowserJar().request(endpoint, { method: 'POST', body });
      expect([page.status, await page.text()].join(' ')).to.match(/^400 failure bad-request /);
    }
    const endless = new Blob([`state=${'x'.repeat(300_000)}`]).stream();
    const inPieces = await fetch(endpoint, { method: 'POST', body: endless, duplex: 'half', headers: { 'content-type': 'application/x-www-form-urlencoded' } });
    expect(inPieces.status).to.equal(400);
    const program = await fetch(endpoint, { method: 'POST', body: 'x' });
    expect([program.status, ((await program.json()) as { error: string }).error]).to.deep.equal([400, 'invalid_request']);
  });

  it('may be empty', async () => {
    const { url, response } = await new BrowserJar().follow((await new BrowserJar().post(endpoint, {}, ELSEWHERE)).headers.get('location') ?? '');
    expect([url.pathname, response?.status]).to.deep.equal(['/oidc/session/end/success', 200]);
  });
});
