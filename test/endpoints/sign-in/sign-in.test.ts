import { expect } from 'chai';
import { parseConnectionSettings } from '#hub/federation/index.js';
import { DomainError } from '#hub/platform/errors.js';
import { BrowserJar } from '../../support/browser-jar.ts';
import { authorization, redeem, type Registered } from '../../support/provider-hub.ts';
import { startSignInHub, type SignInHub } from '../../support/sign-in-hub.ts';
import { startUpstreamProvider, type UpstreamProvider } from '../../support/upstream-openid-provider.ts';

const PASSWORD = 'correct horse battery staple';

/** The address of the identity provider on the page that leads there. */
const leadsTo = (page: string): URL => new URL((/http-equiv="refresh" content="0; url=([^"]+)"/.exec(page)?.[1] ?? '').replaceAll('&amp;', '&'));

describe('sign-in', () => {
  let hub: SignInHub;
  let app: Registered;
  let orgA: string;
  let orgB: string;
  let ada: string;
  let connectionA: string;
  let connectionB: string;
  let upstream: UpstreamProvider;

  /** Opens the application in a browser and goes on until a page of ours is shown. */
  async function open(jar: BrowserJar, parameters: Record<string, string> = {}, of = app): Promise<{ page: string; url: URL; verifier: string; status: number; step: (name: string) => string }> {
    const { url, verifier } = await authorization(of, parameters);
    const { url: shown, response } = await jar.follow(url);
    const base = shown.href.split('?')[0] ?? '';
    return { page: (await response?.text()) ?? '', url: shown, verifier, status: response?.status ?? 0, step: (name) => `${base.replace(/(\/sign-in\/[^/]+).*/, '$1')}/${name}` };
  }

  /** From a form's answer back to the application. */
  async function back(jar: BrowserJar, response: Response): Promise<URL> {
    const location = response.headers.get('location');
    if (location === null) throw new Error(`the form was answered with ${response.status}: ${(await response.text()).slice(0, 500)}`);
    return (await jar.follow(new URL(location, hub.publicUrl), hub.publicUrl)).url;
  }

  /** Walks to the upstream provider and back to our callback, then on to the application or a page. */
  async function through(jar: BrowserJar, start: URL): Promise<{ url: URL; response: Response | undefined }> {
    const atUpstream = await jar.follow(start, start.origin);
    return jar.follow(atUpstream.url, hub.publicUrl);
  }

  before(async () => {
    hub = await startSignInHub();
    orgA = await hub.people.organization('a');
    orgB = await hub.people.organization('b');
    ada = await hub.people.account(orgA);
    await hub.people.member(orgA, ada, 'Ada@a.example', ['admin']);
    await hub.passwords.set(ada, PASSWORD);
    app = await hub.register();
    connectionA = await hub.people.connection(orgA, 'okta', 'a.example');
    connectionB = await hub.people.connection(orgB, 'entra');
    const redirectUris = [connectionA, connectionB].map((id) => `${hub.publicUrl}/federation/${id}/oidc/callback`);
    upstream = await startUpstreamProvider({ accounts: { 'ada@a.example': { claims: { name: 'Ada', email: 'ada@a.example' } } }, redirectUris });
    const settings = parseConnectionSettings('oidc', { issuer: upstream.issuer, clientId: upstream.clientId, clientSecret: upstream.clientSecret });
    hub.connections.set(connectionB, { id: connectionB, orgId: orgB, name: 'entra', protocol: 'oidc', settings, subjectMatch: null, jit: true });
    hub.connections.set(connectionA, { id: connectionA, orgId: orgA, name: 'okta', protocol: 'oidc', settings, subjectMatch: null, jit: true });
  });
  after(async () => {
    await upstream.close();
    await hub.close();
  });
  beforeEach(() => {
    hub.provision = (identity, connection) =>
      identity.subject === 'ada@a.example' ? Promise.resolve({ accountId: ada, orgId: connection.orgId }) : Promise.reject(new DomainError('denied', 'provisioning.not_assigned', 'Not assigned.'));
  });

  describe('through an identity provider', () => {
    it('goes by the domain of what the person typed, and comes back with a code', async () => {
      const jar = new BrowserJar();
      const { page, step, verifier } = await open(jar);
      expect(page).to.include('name="identifier"');
      const sent = await jar.post(step('identifier'), { identifier: 'ada@a.example' });
      const leaving = leadsTo(await sent.text());
      expect(leaving.origin).to.equal(upstream.issuer);
      const { url: callback } = await through(jar, leaving);
      const tokens = await redeem(app, { callback, verifier });
      expect(tokens.claims()).to.deep.include({ sub: ada, org_id: orgA, roles: ['admin'] });
    });

    it('asks nothing when the application hints at the person', async () => {
      const jar = new BrowserJar();
      const { url, verifier } = await authorization(app, { login_hint: 'ada@a.example' });
      const { url: atUpstream } = await jar.follow(url);
      expect(atUpstream.origin).to.equal(upstream.issuer);
      const { url: callback } = await through(jar, atUpstream);
      expect((await redeem(app, { callback, verifier })).claims()?.sub).to.equal(ada);
    });

    it('takes an answer in the browser that asked, once, and in no other', async () => {
      const jar = new BrowserJar();
      const { url } = await authorization(app, { login_hint: 'ada@a.example' });
      const { url: atUpstream } = await jar.follow(url);
      const { url: answer } = await jar.follow(atUpstream, upstream.issuer);
      expect(answer.pathname).to.equal(`/federation/${connectionA}/oidc/callback`);
      const elsewhere = await new BrowserJar().request(answer);
      expect(elsewhere.status).to.equal(400);
      expect(await elsewhere.text()).to.include('<code>');
      expect((await jar.request(answer)).status).to.equal(303);
      expect((await jar.request(answer)).status).to.equal(400);
    });

    it('keeps two sign-ins in one browser apart', async () => {
      const jar = new BrowserJar();
      const [first, second] = [await authorization(app, { login_hint: 'ada@a.example' }), await authorization(app, { login_hint: 'ada@a.example' })];
      const [one, two] = [(await jar.follow(first.url)).url, (await jar.follow(second.url)).url];
      const callbackTwo = (await through(jar, two)).url;
      const callbackOne = (await through(jar, one)).url;
      expect((await redeem(app, { callback: callbackTwo, verifier: second.verifier })).claims()?.sub).to.equal(ada);
      expect(callbackOne.searchParams.has('code')).to.equal(true);
    });

    it('shows what happened, with a reference that the log knows, when the person gives up or has no place here', async () => {
      const leave = async (parameters: Record<string, string>): Promise<{ status: number | undefined; code: unknown }> => {
        const jar = new BrowserJar();
        const { url, response } = await through(jar, (await jar.follow((await authorization(app, parameters)).url)).url);
        expect(url.pathname).to.include('/oidc/callback');
        const reference = /<code>([0-9a-f-]{36})<\/code>/.exec((await response?.text()) ?? '')?.[1];
        return { status: response?.status, code: hub.logged.find((line) => line['reference'] === reference)?.['code'] };
      };
      expect(await leave({ organization: 'a', login_hint: 'cancel' })).to.deep.equal({ status: 403, code: 'federation.oidc.cancelled' });
      hub.provision = () => Promise.reject(new DomainError('denied', 'provisioning.not_assigned', 'Not assigned.'));
      expect(await leave({ login_hint: 'ada@a.example' })).to.deep.equal({ status: 403, code: 'provisioning.not_assigned' });
    });

    it('does not count in another organization than its own', async () => {
      const jar = new BrowserJar();
      const { url } = await authorization(app, { organization: 'a', login_hint: 'ada@a.example' });
      const interaction = (await jar.request(url)).headers.get('location') ?? '';
      const sent = await jar.post(`${interaction}/connection`, { connection: connectionB });
      const { url: stopped, response } = await through(jar, leadsTo(await sent.text()));
      expect(stopped.pathname).to.match(/\/return$/);
      expect(response?.status).to.equal(403);
    });

    it('offers other ways while the identity provider does not answer', async () => {
      const down = await hub.people.connection(orgB, 'down');
      const settings = parseConnectionSettings('oidc', { issuer: 'http://127.0.0.1:9', clientId: 'x', clientSecret: 'y' });
      hub.connections.set(down, { id: down, orgId: orgB, name: 'down', protocol: 'oidc', settings, subjectMatch: null, jit: true });
      const jar = new BrowserJar();
      const { url } = await authorization(app, { organization: 'b' });
      const interaction = (await jar.request(url)).headers.get('location') ?? '';
      const chosen = await jar.post(`${interaction}/connection`, { connection: down });
      expect(chosen.status).to.equal(502);
      expect(await chosen.text()).to.include('name="method"').and.not.to.include('name="identifier"');
      const named = await (await jar.post(`${interaction}/connection`, { connection: down, identifier: 'ada@a.example' })).text();
      expect(named, 'the name that was given goes along').to.include('<input type="hidden" name="identifier" value="ada@a.example">').and.include('Not you?');
      expect(await (await jar.post(`${interaction}/connection`, { method: 'password', identifier: 'ada@a.example' })).text()).to.include('type="password"');
      expect(await (await jar.post(`${interaction}/connection`, { method: 'password', identifier: '\u0000' })).text()).to.include('<h1>Sign in</h1>');
      hub.connections.delete(down);
    });

    it('refuses connections that are unknown', async () => {
      const missing = '01920000-0000-7000-8000-00000000ffff';
      const asked: [string, string?][] = [
        [`${missing}/oidc/callback?code=x&state=y`, 'sign_in.unknown_connection'],
        [`${missing}/saml/metadata`, 'sign_in.unknown_connection'],
        [`${missing}/saml/continue?ticket=x`, 'sign_in.unknown_connection'],
        [`${connectionA}/saml/metadata`, 'sign_in.no_metadata'],
        [`${connectionA}/saml/continue?ticket=x`, 'sign_in.not_started'],
        [`${connectionA}/oidc/callback`],
        [`${connectionA}/oidc/callback?state[]=1&state=2`],
      ];
      for (const [path, code] of asked) {
        const response = await new BrowserJar().request(`${hub.publicUrl}/federation/${path}`);
        expect(response.status, path).to.be.within(400, 499);
        expect(await response.text(), path).to.include('<code>');
        if (code !== undefined) expect([path, hub.logged.at(-1)?.['code']]).to.deep.equal([path, code]);
      }
      expect((await new BrowserJar().post(`${hub.publicUrl}/federation/${connectionA}/saml/acs`, { SAMLResponse: 'x' })).status).to.equal(400);
      expect(hub.logged.at(-1)?.['code']).to.equal('sign_in.no_door');
    });
  });

  describe('with a password', () => {
    it('signs in, whatever the case of the name', async () => {
      const jar = new BrowserJar();
      const { step, verifier } = await open(jar);
      const asked = await jar.post(step('identifier'), { identifier: 'ADA@A.example', method: 'password' });
      expect(await asked.text()).to.include('name="password"');
      const callback = await back(jar, await jar.post(step('password'), { identifier: 'ADA@A.example', password: PASSWORD }));
      const claims = (await redeem(app, { callback, verifier })).claims();
      expect(claims).to.deep.include({ sub: ada, org_id: orgA, amr: ['pwd'] });
    });

    it('answers the wrong password and the unknown name alike', async () => {
      const jar = new BrowserJar();
      const { step } = await open(jar);
      const wrong = await jar.post(step('password'), { identifier: 'ada@a.example', password: 'wrong' });
      const unknown = await jar.post(step('password'), { identifier: 'bob@a.example', password: 'wrong' });
      expect([wrong.status, unknown.status]).to.deep.equal([401, 401]);
      expect((await wrong.text()).replaceAll('ada@', 'bob@')).to.equal(await unknown.text());
    });

    it('counts in the home organization alone', async () => {
      await hub.people.member(orgB, ada, 'ada@b.example');
      const jar = new BrowserJar();
      const { url } = await authorization(app, { organization: 'b' });
      const interaction = (await jar.request(url)).headers.get('location') ?? '';
      const response = await jar.post(`${interaction}/password`, { identifier: 'ada@a.example', password: PASSWORD });
      expect(response.status).to.equal(403);
      expect(await response.text()).to.include('This sign-in does not count here');
      await hub.people.setStatus(orgB, ada, 'suspended');
      const outside = await jar.post(`${interaction}/password`, { identifier: 'ada@a.example', password: PASSWORD });
      expect(await outside.text(), 'who is no member').to.include('You do not have access');
    });

    it('lets a person of several organizations choose, and the application has it remembered', async () => {
      const orgC = await hub.people.organization('c', { accepted_connections: ['password'] });
      const carol = await hub.people.account(orgA);
      await hub.people.member(orgA, carol, 'carol', ['in-a']);
      await hub.people.member(orgC, carol, 'carol', ['in-c']);
      await hub.passwords.set(carol, PASSWORD);
      const jar = new BrowserJar();
      const { step, verifier } = await open(jar);
      const signedIn = await jar.post(step('password'), { identifier: 'carol', password: PASSWORD });
      const { url, response } = await jar.follow(new URL(signedIn.headers.get('location') ?? ''), hub.publicUrl);
      expect(await response?.text()).to.include('name="organization"');
      const chosen = await jar.post(`${url.href}/organization`, { organization: orgC });
      const callback = await back(jar, chosen);
      expect((await redeem(app, { callback, verifier })).claims()).to.deep.include({ org_id: orgC, roles: ['in-c'] });
      expect((await jar.post(`${url.href}/organization`, { organization: orgB })).status).to.be.within(400, 499);
      await hub.people.member(await hub.people.organization('d'), carol, 'carol');
      const elsewhere = await open(jar, { organization: 'd' });
      expect(elsewhere.page, `why she is asked again, at ${elsewhere.url.href}`).to.include('this organization asks for a sign-in of its own');
      expect((await open(new BrowserJar(), { organization: 'd' })).page, 'a stranger').not.to.include('of its own');
    });

    it('is for the forms of the hub alone', async () => {
      const jar = new BrowserJar();
      const { step } = await open(jar);
      for (const origin of ['https://evil.example', 'null', `${hub.publicUrl}.evil.example`]) {
        const response = await jar.post(step('password'), { identifier: 'ada@a.example', password: PASSWORD }, { origin });
        expect(response.status, origin).to.equal(400);
        expect(hub.logged.at(-1)).to.deep.include({ code: 'sign_in.foreign_form', details: { origin } });
      }
      expect((await jar.request(step('password'), { method: 'POST', body: new URLSearchParams({ identifier: 'ada@a.example', password: PASSWORD }) })).status).to.equal(400);
    });

    it('survives whatever is sent', async () => {
      const jar = new BrowserJar();
      const { step } = await open(jar);
      for (const fields of [{}, { identifier: '\0', password: PASSWORD }, { identifier: 'x'.repeat(5000), password: 'y' }, { identifier: 'a', password: 'z'.repeat(9000) }, { constructor: 'x', identifier: '\uD800' }] as Record<string, string>[]) {
        const response = await jar.post(step('password'), fields);
        expect(response.status).to.be.within(400, 499);
      }
      expect((await jar.post(step('identifier'), { identifier: 'a'.repeat(20_000) })).status).to.equal(400);
    });
  });

  it('takes no choice that was not offered, and no consent of nobody', async () => {
    const jar = new BrowserJar();
    const { step } = await open(jar);
    const foreign = [
      ['connection', {}, 400],
      ['connection', { connection: orgA }, 400],
      ['organization', {}, 400],
      ['organization', { organization: orgA }, 400],
      ['consent', { decision: 'allow' }, 403],
    ] as const;
    for (const [name, fields, status] of foreign) {
      const response = await jar.post(step(name), fields);
      expect([name, response.status, response.headers.get('location')]).to.deep.equal([name, status, null]);
    }
  });

  describe('guessing', () => {
    it('is slowed down by name and address, and says for how long', async () => {
      const strict = await startSignInHub({ pair: 2, name: 4, address: 10, windowSeconds: 60 });
      try {
        const registered = await strict.register();
        const jar = new BrowserJar();
        const { url } = await jar.follow((await authorization(registered)).url);
        const guess = (identifier: string): Promise<Response> => jar.post(`${url.href}/password`, { identifier, password: 'guess' });
        expect([(await guess('x')).status, (await guess('X')).status]).to.deep.equal([401, 401]);
        const third = await guess('x');
        expect(third.status).to.equal(429);
        expect(Number(third.headers.get('retry-after'))).to.be.within(1, 60);
        expect((await guess('y')).status).to.equal(401);
      } finally {
        await strict.close();
      }
    });
  });

  describe('of an application of somebody else', () => {
    it('asks for consent, and sends the refusal to the application', async () => {
      const foreign = await hub.register({ first_party: false });
      const jar = new BrowserJar();
      const { step } = await open(jar, {}, foreign);
      const signedIn = await jar.post(step('password'), { identifier: 'ada@a.example', password: PASSWORD });
      const { url, response } = await jar.follow(new URL(signedIn.headers.get('location') ?? ''), hub.publicUrl);
      expect(await response?.text()).to.include('name="decision"');
      const callback = await back(jar, await jar.post(`${url.href}/consent`, { decision: 'deny' }));
      expect(callback.searchParams.get('error')).to.equal('access_denied');
    });

    it('lets it in once the person allowed it', async () => {
      const foreign = await hub.register({ first_party: false });
      const jar = new BrowserJar();
      const { step, verifier } = await open(jar, {}, foreign);
      const signedIn = await jar.post(step('password'), { identifier: 'ada@a.example', password: PASSWORD });
      const { url } = await jar.follow(new URL(signedIn.headers.get('location') ?? ''), hub.publicUrl);
      const callback = await back(jar, await jar.post(`${url.href}/consent`, { decision: 'allow' }));
      expect((await redeem(foreign, { callback, verifier })).claims()?.sub).to.equal(ada);
    });
  });

  it('shows a page for an interaction that this browser does not have', async () => {
    const response = await new BrowserJar().request(`${hub.publicUrl}/sign-in/nothing-here`);
    expect(response.status).to.equal(400);
    expect(response.headers.get('content-security-policy')).to.include(`default-src 'none'`);
    expect((await new BrowserJar().request(`${hub.publicUrl}/sign-in/%E0%A4%A`)).status).to.equal(400);
  });
});
