import { expect } from 'chai';
import { startTestHub, type Hub } from '../../support/hub.ts';

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

describe('the front door', function () {
  this.timeout(20_000);
  let hub: Hub;
  before(async () => (hub = await startTestHub()));
  after(() => hub.stop());
  const get = (path: string, accept: string, language = 'en'): Promise<Response> => fetch(`${hub.url}${path}`, { headers: { accept, 'accept-language': language } });

  it('tells whoever opens the hub itself where to go instead, by addresses that answer', async () => {
    const answer = await get('/', BROWSER);
    expect(answer.status).to.equal(200);
    expect(answer.headers.get('content-security-policy')).to.include(`default-src 'none'`);
    const page = await answer.text();
    expect(page).to.include('<h1>This is Gatehouse</h1>');
    const links = [...page.matchAll(/<a href="([^"]+)"/g)].map(([, href = '']) => href);
    expect(links).to.have.length(3);
    for (const href of links) expect([href, (await fetch(href)).status]).to.deep.equal([href, 200]);
  });

  it('has a page for an address that nobody serves, in the language of the browser', async () => {
    for (const path of ['/nonsense', '/console', '/sign-in', '/federation', '/oidc', '/oidc/nonsense', '/oidc/session/end/nonsense']) {
      const answer = await get(path, BROWSER, 'de-AT');
      expect([path, answer.status]).to.deep.equal([path, 404]);
      expect(await answer.text()).to.include('<h1>Hier ist nichts</h1>');
    }
  });

  it('keeps the log short where a sign-in is refused: the reason and the address, no stack', async () => {
    const answer = await get('/sign-in/nothing-of-ours?code=secret', BROWSER);
    const [, reference = ''] = /<code>([^<]+)<\/code>/.exec(await answer.text()) ?? [];
    const line = hub.logged.find((fields) => fields['reference'] === reference);
    expect(line).to.include({ level: 'warn', code: 'openid_provider.interaction_expired', path: '/sign-in/nothing-of-ours' });
    expect(line?.['reason']).to.match(/expired or was already completed/);
    expect(JSON.stringify(line)).not.to.match(/ at |secret/);
  });

  it('has nothing for operators where USER_MGMT_UI is off', async () => {
    const quiet = await startTestHub({ USER_MGMT_UI: '0' });
    try {
      const page = await (await fetch(quiet.url)).text();
      expect(page).to.include('<h1>This is Gatehouse</h1>').and.not.to.include('openapi').and.not.to.include('npx');
    } finally {
      await quiet.stop();
    }
  });

  it('answers programs in JSON', async () => {
    for (const [path, accept] of [['/nonsense', '*/*'], ['/nonsense', 'application/json'], ['/oidc/nonsense', '*/*']] as const) {
      const answer = await get(path, accept);
      expect([answer.status, answer.headers.get('content-type')]).to.deep.equal([404, 'application/problem+json; charset=utf-8']);
    }
    const posted = await fetch(`${hub.url}/nonsense`, { method: 'POST', headers: { accept: BROWSER } });
    expect(posted.headers.get('content-type')).to.include('application/problem+json');
  });
});
