import { expect } from 'chai';
import * as client from 'openid-client';
import { createPagesOfProvider } from '#hub/endpoints/sign-in/index.js';
import { systemClock } from '#hub/platform/clock.js';
import { BrowserJar } from '../../support/browser-jar.ts';
import { authorization, redeem, signIn, startHubOfAda, type ProviderHub, type Registered } from '../../support/provider-hub.ts';

const BYE = 'https://app.example/bye';

describe('pages that the package of the provider would draw by itself', () => {
  let hub: ProviderHub;
  let app: Registered;

  before(async () => {
    ({ hub, app } = await startHubOfAda({ post_logout_redirect_uris: [BYE] }));
  });
  after(() => hub.close());

  const end = (parameters: Record<string, string>, jar = new BrowserJar()): Promise<Response> => jar.request(client.buildEndSessionUrl(app.config, parameters));

  describe('a sign-out where nobody is signed in', () => {
    it('goes straight to where the application registered, with its state', async () => {
      const answer = await end({ post_logout_redirect_uri: BYE, state: 'a b' });
      expect([answer.status, answer.headers.get('location')]).to.deep.equal([303, `${BYE}?state=a+b`]);
      expect(await answer.text()).not.to.include('<script');
    });

    it('goes to our own page where the application names no address', async () => {
      const answer = await end({ state: 's' });
      expect([answer.status, answer.headers.get('location')]).to.deep.equal([303, `${hub.provider.issuer}/session/end/success`]);
      const bare = await new BrowserJar().follow(`${hub.provider.issuer}/session/end`);
      expect(await bare.response?.text()).to.equal('signed out');
    });

    it('needs no application to name itself by, but then leads to no address that anybody names', async () => {
      const query = new URLSearchParams({ post_logout_redirect_uri: BYE, state: 's' });
      const answer = await new BrowserJar().request(`${hub.provider.issuer}/session/end?${query.toString()}`);
      expect(answer.headers.get('location')).to.equal(`${hub.provider.issuer}/session/end/success`);
    });

    it('leaves neither a cookie nor a session behind', async () => {
      const jar = new BrowserJar();
      await end({}, jar);
      expect(jar.names()).to.deep.equal([]);
      const again = await signIn(app, jar);
      const tokens = await redeem(app, again);
      const goodbye = { id_token_hint: tokens.id_token ?? '', post_logout_redirect_uri: BYE };
      const form = await (await end(goodbye, jar)).text();
      const stale = jar.cookieHeader(new URL(hub.publicUrl));
      await jar.post(/action="([^"]+)"/.exec(form)?.[1] ?? '', { xsrf: /value="([^"]+)"/.exec(form)?.[1] ?? '', logout: 'yes' });
      const late = await fetch(client.buildEndSessionUrl(app.config, goodbye), { redirect: 'manual', headers: { accept: 'text/html', cookie: stale } });
      expect(late.headers.get('location')).to.equal(BYE);
      for (const line of late.headers.getSetCookie()) expect(line).to.match(/expires=Thu, 01 Jan 1970/);
    });

    it('still refuses an address that was not registered, and a hint that is not ours', async () => {
      const elsewhere = await end({ post_logout_redirect_uri: 'https://evil.example/' });
      expect([elsewhere.status, elsewhere.headers.get('location')]).to.deep.equal([400, null]);
      expect((await end({ id_token_hint: 'nonsense' })).status).to.equal(400);
    });
  });

  it('where somebody is signed in ask before they are signed out', async () => {
    const jar = new BrowserJar();
    await signIn(app, jar);
    const asked = await end({ post_logout_redirect_uri: BYE }, jar);
    expect([asked.status, asked.headers.get('location')]).to.deep.equal([200, null]);
    expect(await asked.text()).to.include('op.logoutForm');
  });

  it('are ours where the answer is posted to an application, which gets what it would get otherwise', async () => {
    const { url, verifier } = await authorization(app, { response_mode: 'form_post' });
    const page = (await (await new BrowserJar().follow(url)).response?.text()) ?? '';
    expect(page).to.match(/^handing over to Application: /).and.to.include(`action="${app.redirectUri}"`);
    const callback = new URL(app.redirectUri);
    for (const [, name = '', value = ''] of page.matchAll(/name="([^"]+)" value="([^"]+)"/g)) callback.searchParams.set(name, value);
    expect((await redeem(app, { callback, verifier })).claims()?.sub).to.equal(hub.person?.accountId);
  });

  it('are drawn by the sign-in with its policy, and refused where no browser can post', async () => {
    const pages = createPagesOfProvider(systemClock);
    const { url } = await authorization(app, { response_mode: 'form_post', prompt: 'none' });
    const form = (await (await new BrowserJar().follow(url)).response?.text()) ?? '';
    const { headers, body } = pages.handOver({ form, destination: 'A & B', acceptLanguage: 'de' });
    expect(body).to.match(/Wir leiten Sie weiter zu .*A &amp; B/).and.include(`<form method="post" action="${app.redirectUri}"`).and.include('<input type="hidden" name="error" value="login_required">');
    expect(body).not.to.include('JavaScript');
    expect(headers['Content-Security-Policy']).to.include('script-src').and.not.to.include('form-action');
    expect(() => pages.handOver({ form: form.replace(app.redirectUri, 'com.example.app:/callback'), destination: 'A', acceptLanguage: '' })).to.throw(/only to/);
  });

  it('become an error page where an application on a device asks for a form that no browser could post', async () => {
    const native = await hub.register({ application_type: 'native', token_endpoint_auth_method: 'none', redirect_uris: ['com.example.app:/callback'] });
    const { url } = await authorization({ ...native, redirectUri: 'com.example.app:/callback' }, { response_mode: 'form_post', prompt: 'none' });
    const { response } = await new BrowserJar().follow(url);
    expect([response?.status, await response?.text()].join(' ')).to.match(/^400 failure bad-request /);
  });

  it('are ours where an error is posted to an application', async () => {
    const { url } = await authorization(app, { response_mode: 'form_post', prompt: 'none' });
    const { response } = await new BrowserJar().follow(url);
    expect(await response?.text()).to.match(/^handing over to Application: /).and.to.include('value="login_required"');
  });
});
