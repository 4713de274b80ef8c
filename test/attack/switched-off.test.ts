import { expect } from 'chai';
import { decodeProtectedHeader } from 'jose';
import * as client from 'openid-client';
import { BrowserJar } from '../support/browser-jar.ts';
import { startCustomer, type Customer } from '../support/customer.ts';
import { startTestHub, type Hub } from '../support/hub.ts';
import { authorization, type Registered } from '../support/provider-hub.ts';
import { oauthError, refusalAt, signInAt, type Tokens } from '../support/relying-party.ts';

const API = 'https://everybody.example/';

/** Every node hears of a change in a moment; long before it would look by itself. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 3_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('it did not come to hold');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Whatever is switched off ends what was held through it, and switching it on again brings nothing of that back. */
describe('what is switched off', function switchedOff() {
  this.timeout(30_000);
  let hub: Hub;
  let app: Registered;
  let acme: Customer;
  let globex: Customer;
  let initech: Customer;
  let ann: string;

  before(async () => {
    hub = await startTestHub();
    await hub.register({ grant_types: ['client_credentials'], redirect_uris: [], api_identifier: API });
    app = await hub.register({ resources: [API] });
    [acme, globex, initech] = await Promise.all([startCustomer(hub, 'acme', { ann: {} }), startCustomer(hub, 'globex', { bob: {}, dee: {} }), startCustomer(hub, 'initech', { cleo: {} })]);
    ann = await acme.push('ann');
    await globex.push('bob');
  });
  after(async () => {
    await Promise.all([acme, globex, initech].map(({ upstream }) => upstream.close()));
    await hub.stop();
    expect(hub.logged.filter(({ level }) => level === 'error')).to.deep.equal([]);
  });

  const silently = (jar: BrowserJar): Promise<string> => oauthError(signInAt(app, { organization: 'acme', prompt: 'none' }, jar));
  const refreshing = (tokens: Tokens): Promise<string> => oauthError(client.refreshTokenGrant(app.config, tokens.refresh_token ?? ''));
  const isActive = async (tokens: Tokens): Promise<boolean> => (await client.tokenIntrospection(app.config, tokens.access_token)).active;

  async function expectEnded(tokens: Tokens, jar: BrowserJar, silent: string): Promise<void> {
    expect([await silently(jar), await refreshing(tokens), await isActive(tokens)]).to.deep.equal([silent, 'invalid_grant', false]);
    expect(await oauthError(client.fetchUserInfo(app.config, tokens.access_token, tokens.claims()?.sub ?? ''))).not.to.equal('none');
  }

  it('is an organization', async () => {
    const jar = new BrowserJar();
    const tokens = await acme.enter(app, 'ann', jar);
    await hub.ask('PATCH', '/organizations/acme', { status: 'suspended' });
    await expectEnded(tokens, jar, 'invalid_request');
    expect((await acme.feed.scim.send('GET', '/Users')).status).to.equal(401);
    await hub.ask('PATCH', '/organizations/acme', { status: 'active' });
    await expectEnded(tokens, jar, 'login_required');
    expect((await acme.enter(app, 'ann', jar)).claims()?.['org']).to.equal('acme');
  });

  it('is an organization, with its applications', async () => {
    const resource = 'https://api.example/';
    const api = await hub.register({ grant_types: ['client_credentials'], redirect_uris: [], api_identifier: resource });
    const machine = await hub.register({ grant_types: ['client_credentials'], redirect_uris: [], resources: [resource] }, 'acme');
    const fetched = async (): Promise<string[]> => [(await client.clientCredentialsGrant(machine.config)).access_token, (await client.clientCredentialsGrant(machine.config, { resource })).access_token];
    let tokens = await fetched();
    const asked = async (): Promise<boolean> => (await Promise.all(tokens.map((token) => client.tokenIntrospection(api.config, token)))).some((seen) => seen.active);
    const granted = async (): Promise<boolean> => (await oauthError(client.clientCredentialsGrant(machine.config))) === 'none';
    expect([await asked(), await granted()]).to.deep.equal([true, true]);
    const switches = [
      { path: '/organizations/acme', off: { status: 'suspended' }, on: { status: 'active' } },
      { path: `/applications/${machine.clientId}?organization=acme`, off: { enabled: false }, on: { enabled: true } },
    ];
    for (const { path, off, on } of switches) {
      await hub.ask('PATCH', path, off);
      await until(async () => !(await asked()) && !(await granted()));
      await hub.ask('PATCH', path, on);
      await until(granted);
      expect(await asked()).to.equal(false);
      tokens = await fetched();
      expect(await asked()).to.equal(true);
    }
  });

  it('is a connection', async () => {
    const jar = new BrowserJar();
    const tokens = await acme.enter(app, 'ann', jar);
    await hub.ask('PATCH', '/organizations/acme/connections/idp', { enabled: false });
    await expectEnded(tokens, jar, 'login_required');
    expect((await acme.feed.scim.send('GET', '/Users')).status).to.equal(401);
    await hub.ask('PATCH', '/organizations/acme/connections/idp', { enabled: true });
    await expectEnded(tokens, jar, 'login_required');
    expect((await acme.enter(app, 'ann', jar)).claims()?.['org']).to.equal('acme');
  });

  it('is a person, by a feed', async () => {
    const jar = new BrowserJar();
    const tokens = await acme.enter(app, 'ann', jar);
    await acme.feed.scim.patch(`/Users/${ann}`, { op: 'replace', value: { active: false } });
    await expectEnded(tokens, jar, 'login_required');
    await acme.feed.scim.patch(`/Users/${ann}`, { op: 'replace', value: { active: true } });
    await expectEnded(tokens, jar, 'login_required');
  });

  it('is a person on the way back from the provider, who has proved nothing then', async () => {
    const jar = new BrowserJar();
    let { url } = await authorization(app, { organization: 'acme', login_hint: 'ann', scope: 'openid' });
    const isBack = (): boolean => url.pathname.startsWith('/oidc/auth/') && url.origin === new URL(hub.url).origin;
    while (!isBack()) url = new URL((await jar.request(url)).headers.get('location') ?? '', url);
    for (const active of [false, true]) await acme.feed.scim.patch(`/Users/${ann}`, { op: 'replace', value: { active } });
    const { url: reached } = await jar.follow(url);
    expect([reached.href.startsWith(app.redirectUri), await silently(jar)]).to.deep.equal([false, 'login_required']);
  });

  it('is an application', async () => {
    const tokens = await acme.enter(app, 'ann');
    await hub.ask('PATCH', `/applications/${app.clientId}`, { enabled: false });
    expect(await refreshing(tokens)).not.to.equal('none');
    expect(await oauthError(client.fetchUserInfo(app.config, tokens.access_token, tokens.claims()?.sub ?? ''))).not.to.equal('none');
    await hub.ask('PATCH', `/applications/${app.clientId}`, { enabled: true });
    expect([await refreshing(tokens), await isActive(tokens)]).to.deep.equal(['invalid_grant', false]);
  });

  it('for the last person of a feed is no door for strangers', async () => {
    const cleo = await initech.push('cleo');
    expect((await initech.enter(app, 'cleo')).claims()?.['org']).to.equal('initech');
    await initech.feed.scim.ask('DELETE', `/Users/${cleo}`);
    expect((await refusalAt(app, { organization: 'initech', login_hint: 'cleo' })).status).to.equal(403);
  });

  it('is the acceptance of another organization’s connection, or that connection, or the person there', async () => {
    const cleo = await initech.push('cleo');
    const account = (await initech.enter(app, 'cleo')).claims()?.sub ?? '';
    const { id: guest } = await hub.ask('POST', '/users?organization=globex', { userName: 'cleo', password: 'a password of her own' });
    await hub.ask('POST', `/users/${guest}/link?organization=globex`, { account });
    const accepting = (connections: readonly string[]): Promise<unknown> => hub.ask('PATCH', '/organizations/globex', { acceptedConnections: connections });
    const switching = (enabled: boolean): Promise<unknown> => hub.ask('PATCH', '/organizations/initech/connections/idp', { enabled });
    const pushing = (active: boolean): Promise<unknown> => initech.feed.scim.patch(`/Users/${cleo}`, { op: 'replace', value: { active } });
    const ways = [
      { off: () => accepting(['password']), on: () => accepting([initech.feed.connectionId]) },
      { off: () => switching(false), on: () => switching(true) },
      { off: () => pushing(false), on: () => pushing(true) },
      { off: () => hub.ask('PATCH', '/organizations/initech', { status: 'suspended' }), on: () => hub.ask('PATCH', '/organizations/initech', { status: 'active' }) },
    ];
    await accepting([initech.feed.connectionId]);
    for (const { off, on } of ways) {
      const jar = new BrowserJar();
      await initech.enter(app, 'cleo', jar);
      const first = await signInAt(app, { organization: 'globex', prompt: 'none', resource: API }, jar);
      const forApi = await client.refreshTokenGrant(app.config, first.refresh_token ?? '', { resource: API });
      const tokens = await client.refreshTokenGrant(app.config, forApi.refresh_token ?? '');
      expect([decodeProtectedHeader(forApi.access_token).typ, await isActive(forApi)]).to.deep.equal(['at+jwt', true]);
      expect(tokens.claims()).to.deep.include({ sub: account, org: 'globex' });
      await off();
      expect([await refreshing(tokens), await isActive(tokens), await isActive(forApi)]).to.deep.equal(['invalid_grant', false, false]);
      expect(await oauthError(client.fetchUserInfo(app.config, tokens.access_token, account))).not.to.equal('none');
      expect(await oauthError(signInAt(app, { organization: 'globex', prompt: 'none' }, jar))).to.equal('login_required');
      await on();
    }
  });

  it('with a feed is not kept by a password, which counts in another organization', async () => {
    const { id: local } = await hub.ask('POST', '/users?organization=initech', { userName: 'dee', password: 'a password of her own' });
    const dee = await globex.push('dee');
    const member = (await globex.enter(app, 'dee')).claims()?.sub;
    await hub.ask('POST', `/users/${member}/link?organization=globex`, { account: local });
    await globex.feed.scim.ask('DELETE', `/Users/${dee}`);
    expect((await hub.admin('GET', `/users/${local}?organization=globex`)).status).to.equal(404);
    expect((await hub.ask('GET', `/users/${local}?organization=initech`)).status).to.equal('active');
  });

  it('in one organization takes nobody from another one, suspended as that may be at the moment', async () => {
    const [inAcme, inGlobex] = [await hub.accountOf('acme', 'ann@acme.example'), (await globex.enter(app, 'bob')).claims()?.sub];
    await hub.ask('POST', `/users/${inGlobex}/link?organization=globex`, { account: inAcme });
    expect((await globex.enter(app, 'bob')).claims()?.sub).to.equal(inAcme);
    await hub.ask('PATCH', '/organizations/globex', { status: 'suspended' });
    await acme.feed.scim.ask('DELETE', `/Users/${ann}`);
    await hub.ask('PATCH', '/organizations/globex', { status: 'active' });
    expect((await globex.enter(app, 'bob')).claims()).to.deep.include({ sub: inAcme, org: 'globex' });
  });
});
