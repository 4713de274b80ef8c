import { expect } from 'chai';
import * as client from 'openid-client';
import { BrowserJar } from '../support/browser-jar.ts';
import { startTestHub, type Feed, type Hub } from '../support/hub.ts';
import { authorization, redeem, type Registered } from '../support/provider-hub.ts';
import { leadsTo, oauthError, refusalAt, signInAt, toldRoles, type Tokens } from '../support/relying-party.ts';
import { asOkta, type VendorClient } from '../support/scim-client.ts';
import { startUpstreamProvider, type UpstreamProvider } from '../support/upstream-openid-provider.ts';
import { serveSamlProvider, UpstreamSamlProvider, type ResponseContent } from '../support/upstream-saml-provider.ts';

const PASSWORD = 'correct horse battery staple';

const atAcme = (hint: string): Record<string, string> => ({ organization: 'acme', login_hint: hint, scope: 'openid profile email offline_access', prompt: 'consent' });
const rolesOf = (tokens: Tokens): unknown => tokens.claims()?.['roles'];

/** Opens the application and goes on to the page that asks for the password. */
const visit = async (app: Registered, jar: BrowserJar): Promise<{ give: (identifier: string, password: string) => Promise<Response>; verifier: string }> => {
  const { url, verifier } = await authorization(app, {});
  const { url: shown } = await jar.follow(url);
  return { verifier, give: (identifier, password) => jar.post(`${shown.href.replace(/(\/sign-in\/[^/]+).*/, '$1')}/password`, { identifier, password }) };
};

/** Two customers at one hub: `acme` signs in by SAML, `globex` by OpenID Connect with tokens that say next to nothing. */
describe('a hub with two customers', function journey() {
  this.timeout(30_000);
  let hub: Hub;
  let app: Registered;
  let samlFeed: Feed;
  let oidcFeed: Feed;
  let okta: VendorClient;
  let sparse: UpstreamProvider;
  let samlProvider: Awaited<ReturnType<typeof serveSamlProvider>>;
  let ada: string;
  const people: Record<string, Partial<ResponseContent>> = {};

  before(async () => {
    hub = await startTestHub({ OIDC_GROUP_ROLE_MAP: 'Engineering=developer, Payroll=accountant, Everyone=member' });
    const idp = new UpstreamSamlProvider();
    samlProvider = await serveSamlProvider(idp, people);
    for (const slug of ['acme', 'globex']) await hub.ask('POST', '/organizations', { slug });
    const settings = { idpEntityId: idp.entityId, ssoUrl: samlProvider.ssoUrl, idpCertificates: [idp.key.certificate] };
    samlFeed = await hub.connect('acme', { name: 'saml', protocol: 'saml', vendor: 'okta', settings });
    oidcFeed = await hub.connect('globex', { name: 'oidc', protocol: 'oidc', settings: { issuer: 'https://later.example', clientId: 'hub', clientSecret: 'upstream-secret-of-the-hub', scopes: ['openid', 'profile', 'email', 'groups'] } });
    const claims = { name: 'Grace Hopper', email: 'grace@globex.example', groups: ['Payroll', 'Chess'] };
    sparse = await startUpstreamProvider({ accounts: { grace: { claims } }, redirectUris: [oidcFeed.callback], sparse: true });
    await hub.ask('PATCH', '/organizations/globex/connections/oidc', { settings: { issuer: sparse.issuer } });
    okta = asOkta(samlFeed.scim);
    app = await hub.register();
  });
  after(async () => {
    await Promise.all([sparse.close(), samlProvider.close()]);
    await hub.stop();
    expect(hub.logged.filter(({ level }) => level === 'error')).to.deep.equal([]);
  });

  it('admits somebody whom only the assertion vouches for, with the roles of the groups that it names', async () => {
    people['amina'] = { nameId: 'amina@acme.example' };
    const tokens = await signInAt(app, atAcme('amina'));
    const { idToken, userInfo } = await toldRoles(app, tokens);
    expect(idToken).to.deep.equal(['accountant', 'developer']);
    expect(userInfo).to.deep.equal(idToken);
    expect(tokens.claims()).to.deep.include({ org: 'acme', name: 'Amina Diallo', email: 'amina@acme.example' });
    people['amina'] = { nameId: 'amina@acme.example', attributes: { groups: ['Payroll'] } };
    expect(rolesOf(await signInAt(app, atAcme('amina')))).to.deep.equal(['accountant']);
  });

  it('knows from UserInfo what a sparse ID token leaves out, groups and their roles among it', async () => {
    const tokens = await signInAt(app, { organization: 'globex', login_hint: 'grace' });
    expect(tokens.claims()).to.deep.include({ org: 'globex', name: 'Grace Hopper', roles: ['accountant'] });
  });

  it('joins a pushed person and the SAML sign-in by user name; the pushed groups decide, not those of the assertion', async () => {
    people['ada'] = { nameId: 'ada@acme.example', attributes: { groups: ['Payroll'] } };
    ada = await okta.pushUser({ externalId: '00u1', userName: 'ada@acme.example', displayName: 'Ada Lovelace' });
    await okta.pushGroup('Engineering', [ada]);
    const tokens = await signInAt(app, atAcme('ada'));
    expect(tokens.claims()).to.deep.include({ name: 'Ada Lovelace', roles: ['developer'], sub: await hub.accountOf('acme', 'ada@acme.example') });
  });

  it('admits nobody unknown any more once the provider pushes its people', async () => {
    people['mallory'] = { nameId: 'mallory@acme.example' };
    expect((await refusalAt(app, atAcme('mallory'))).status).to.equal(403);
  });

  it('keeps preserved and suppressed roles through push and sign-in, and explains them', async () => {
    const overrides = `/users/ada@acme.example/role-overrides?organization=acme`;
    await hub.ask('PUT', overrides, { preserved: ['auditor'], suppressed: [' developer '], reason: 'while the audit lasts' });
    const held = await signInAt(app, atAcme('ada'));
    expect(rolesOf(held)).to.deep.equal(['auditor']);
    const everyone = await okta.pushGroup('Everyone', [ada]);
    const refreshed = await client.refreshTokenGrant(app.config, held.refresh_token ?? '');
    expect(rolesOf(refreshed)).to.deep.equal(['auditor', 'member']);
    await okta.removeMember(everyone, ada);
    expect(rolesOf(await signInAt(app, atAcme('ada')))).to.deep.equal(['auditor']);
    const { reasons } = (await hub.ask('GET', '/users/ada@acme.example?organization=acme')) as { reasons: { role: string; effective: boolean }[] };
    expect(reasons.map(({ role, effective }) => [role, effective])).to.deep.equal([['auditor', true], ['developer', false]]);
    await hub.ask('DELETE', overrides);
    expect(rolesOf(await client.refreshTokenGrant(app.config, refreshed.refresh_token ?? ''))).to.deep.equal(['developer']);
  });

  it('refuses a deactivated person at the next refresh and at the next sign-in', async () => {
    const held = await signInAt(app, atAcme('ada'));
    await okta.setActive(ada, false);
    expect(await oauthError(client.refreshTokenGrant(app.config, held.refresh_token ?? ''))).to.equal('invalid_grant');
    expect((await refusalAt(app, atAcme('ada'))).status).to.equal(403);
    await okta.setActive(ada, true);
    expect(rolesOf(await signInAt(app, atAcme('ada')))).to.deep.equal(['developer']);
  });

  it('takes an answer of the SAML provider once', async () => {
    const jar = new BrowserJar();
    const { url } = await authorization(app, atAcme('ada'));
    const { url: leaving } = await jar.follow(url);
    const page = await (await fetch(leaving)).text();
    const field = (name: string): string => new RegExp(`name="${name}" value="([^"]*)"`).exec(page)?.[1] ?? '';
    const post = async (): Promise<Response> => {
      const parked = await jar.post(`${hub.url}/federation/${samlFeed.connectionId}/saml/acs`, { SAMLResponse: field('SAMLResponse'), RelayState: field('RelayState') }, { origin: leaving.origin });
      return jar.request(new URL(parked.headers.get('location') ?? ''));
    };
    expect((await post()).status).to.equal(303);
    const again = await post();
    expect(again.status, await again.text()).to.be.within(400, 403);
  });

  describe('keeps them apart:', () => {
    let ofGlobex: Registered;
    before(async () => {
      ofGlobex = await hub.register({}, 'globex');
    });

    it('the application of one is not open to a session of the other', async () => {
      const jar = new BrowserJar();
      await signInAt(app, { organization: 'acme', login_hint: 'ada' }, jar);
      expect(await oauthError(signInAt(ofGlobex, { prompt: 'none' }, jar))).to.equal('login_required');
      const { url } = await jar.follow((await authorization(ofGlobex)).url);
      expect(url.origin, 'it asks for a sign-in at its own provider').to.equal(sparse.issuer);
      expect((await refusalAt(ofGlobex, { login_hint: 'cancel' }, jar)).status).to.equal(403);
      expect(await oauthError(signInAt(ofGlobex, { organization: 'acme' }))).to.equal('invalid_request');
    });

    it('nor to a sign-in that is sent through the other’s provider', async () => {
      const jar = new BrowserJar();
      const { url } = await authorization(ofGlobex, { login_hint: 'ada' });
      const interaction = (await jar.request(url)).headers.get('location') ?? '';
      const sent = await jar.post(`${interaction}/connection`, { connection: samlFeed.connectionId });
      const page = await (await fetch(leadsTo(await sent.text()))).text();
      const field = (name: string): string => new RegExp(`name="${name}" value="([^"]*)"`).exec(page)?.[1] ?? '';
      const parked = await jar.post(samlFeed.acs, { SAMLResponse: field('SAMLResponse'), RelayState: field('RelayState') }, { origin: 'http://idp.invalid' });
      const { url: stopped, response } = await jar.follow(parked.headers.get('location') ?? '');
      expect(stopped.pathname).to.match(/\/return$/);
      expect(response?.status).to.equal(403);
    });

    it('nor does one see or reach the other’s people by SCIM', async () => {
      expect(await oidcFeed.scim.find('Users', 'userName eq "ada@acme.example"')).to.equal(undefined);
      expect((await oidcFeed.scim.send('GET', `/Users/${ada}`)).status).to.equal(404);
      expect((await oidcFeed.scim.send('DELETE', `/Users/${ada}`)).status).to.equal(404);
    });
  });

  describe('signs in by password', () => {
    before(async () => {
      for (const userName of ['root', 'other']) await hub.ask('POST', '/users?organization=default', { userName, password: PASSWORD });
      await hub.ask('PUT', '/users/root/roles/admin?organization=default', {});
    });

    it('somebody who belongs to no provider, with the roles given by hand', async () => {
      const jar = new BrowserJar();
      const { give, verifier } = await visit(app, jar);
      const sent = await give('root', PASSWORD);
      const { url: callback } = await jar.follow(new URL(sent.headers.get('location') ?? ''), hub.url);
      expect((await redeem(app, { callback, verifier })).claims()).to.deep.include({ org: 'default', roles: ['admin'], amr: ['pwd'] });
    });

    it('nobody who guesses: after a few tries even the right password has to wait, and other people do not', async () => {
      const { give } = await visit(app, new BrowserJar());
      const statuses: number[] = [];
      for (let guess = 0; guess < 6; guess += 1) statuses.push((await give('root', `guess-${guess}`)).status);
      expect(statuses).to.deep.equal([401, 401, 401, 401, 401, 429]);
      const right = await give('ROOT', PASSWORD);
      expect(right.status).to.equal(429);
      expect(Number(right.headers.get('retry-after'))).to.be.within(1, 900);
      expect((await give('other', PASSWORD)).status).to.equal(303);
    });
  });
});
