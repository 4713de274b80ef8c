import { expect } from 'chai';
import { BrowserJar } from '../../support/browser-jar.ts';
import { authorization, redeem, signIn, startProviderHub, type ProviderHub, type Registered } from '../../support/provider-hub.ts';

const application = (app: Registered | undefined): Registered => app ?? expect.fail('not registered');

/** A sign-in that may ask nobody: what the session alone is good for. */
async function silently(app: Registered, jar: BrowserJar, parameters: Record<string, string> = {}): Promise<URLSearchParams> {
  const { url } = await authorization(app, { prompt: 'none', ...parameters });
  return (await jar.follow(url)).url.searchParams;
}

describe('single sign-on', () => {
  let hub: ProviderHub;
  let [one, two]: Registered[] = [];
  let orgA: string;
  let orgB: string;
  let both: string;

  before(async () => {
    hub = await startProviderHub();
    orgA = await hub.people.organization('a');
    orgB = await hub.people.organization('b');
    both = await hub.people.account(orgA);
    await hub.people.member(orgA, both, 'eve@a.example', ['role-in-a']);
    await hub.people.member(orgB, both, 'eve@b.example', ['role-in-b']);
    one = await hub.register();
    two = await hub.register();
  });
  after(() => hub.close());
  beforeEach(() => (hub.person = { accountId: both, orgId: orgA }));

  it('lets the second application in without asking, in the organization that was proved', async () => {
    const jar = new BrowserJar();
    await signIn(application(one), jar, { organization: 'a' });
    const { url, verifier } = await authorization(application(two), { prompt: 'none', organization: 'a' });
    const { url: callback } = await jar.follow(url);
    const tokens = await redeem(application(two), { callback, verifier });
    expect(tokens.claims()).to.deep.include({ org_id: orgA, roles: ['role-in-a'] });
  });

  it('keeps the organization of an application that was used before, without asking again', async () => {
    const jar = new BrowserJar();
    await signIn(application(one), jar, { organization: 'a' });
    expect((await silently(application(one), jar)).has('code')).to.equal(true);
  });

  it('asks which one when a person of several organizations comes without a wish', async () => {
    const jar = new BrowserJar();
    await signIn(application(one), jar, { organization: 'a' });
    hub.person = undefined;
    const { response } = await jar.follow((await authorization(application(two))).url);
    expect(await response?.text()).to.match(/^asked for consent .* choose$/);
  });

  it('does not enter an organization by the proof of another one', async () => {
    const jar = new BrowserJar();
    await signIn(application(one), jar, { organization: 'a' });
    expect((await silently(application(two), jar, { organization: 'b' })).get('error')).to.equal('login_required');
    const ofB = await hub.register({}, orgB);
    expect((await silently(ofB, jar)).get('error')).to.equal('login_required');
    hub.person = undefined;
    const { response } = await jar.follow((await authorization(application(two), { organization: 'b' })).url);
    expect(await response?.text()).to.include('organization_not_proved');
  });

  it('enters where the organization accepts the connection that proved the session', async () => {
    const connectionId = await hub.people.connection(orgA, 'partner');
    const open = await hub.people.organization('open', { accepted_connections: [connectionId] });
    await hub.people.member(open, both, 'eve@open.example', ['guest']);
    const jar = new BrowserJar();
    hub.person = { accountId: both, orgId: orgA, connectionId };
    await signIn(application(one), jar, { organization: 'a' });
    const { url, verifier } = await authorization(application(two), { prompt: 'none', organization: 'open' });
    const tokens = await redeem(application(two), { callback: (await jar.follow(url)).url, verifier });
    expect(tokens.claims()).to.deep.include({ org_id: open, roles: ['guest'] });
    await hub.people.setStatus(open, both, 'suspended');
  });

  it('refuses a request for an organization that does not exist or that the application is not for', async () => {
    expect((await silently(application(one), new BrowserJar(), { organization: 'nowhere' })).get('error')).to.equal('invalid_request');
    const ofB = await hub.register({}, orgB);
    expect((await silently(ofB, new BrowserJar(), { organization: 'a' })).get('error')).to.equal('invalid_request');
  });

  it('looks at the membership again: a suspended member is asked to sign in, and so is a disabled account', async () => {
    const orgC = await hub.people.organization('c');
    const bob = await hub.people.account(orgC);
    await hub.people.member(orgC, bob, 'bob@c.example');
    const jar = new BrowserJar();
    hub.person = { accountId: bob, orgId: orgC };
    await signIn(application(one), jar);
    expect((await silently(application(one), jar)).has('code')).to.equal(true);
    await hub.people.setStatus(orgC, bob, 'suspended');
    expect((await silently(application(one), jar)).get('error')).to.equal('login_required');
    await hub.people.setStatus(orgC, bob, 'active');
    await hub.people.disable(bob);
    expect((await silently(application(one), jar)).get('error')).to.equal('login_required');
  });

  it('lets another person sign in over the session of the first', async () => {
    const jar = new BrowserJar();
    await signIn(application(one), jar, { organization: 'a' });
    const bob = await hub.people.account(orgB);
    await hub.people.member(orgB, bob, 'bob@b.example');
    hub.person = { accountId: bob, orgId: orgB };
    const { url, verifier } = await authorization(application(one), { prompt: 'login', organization: 'b' });
    const { url: stop, response } = await jar.follow(url);
    const form = (await response?.text()) ?? '';
    expect(form).to.match(/^handing over to Application: /);
    expect(stop.origin).to.equal(hub.publicUrl);
    const action = /action="([^"]+)"/.exec(form)?.[1] ?? '';
    const fields = Object.fromEntries([...form.matchAll(/name="([^"]+)" value="([^"]+)"/g)].map(([, name = '', value = '']) => [name, value]));
    const resumed = await jar.post(action, fields);
    const { url: callback } = await jar.follow(new URL(resumed.headers.get('location') ?? '', hub.publicUrl), hub.publicUrl);
    expect((await redeem(application(one), { callback, verifier })).claims()?.sub).to.equal(bob);
  });

  it('asks for consent where the application is not of the house, once per grant', async () => {
    const foreign = await hub.register({ first_party: false });
    const jar = new BrowserJar();
    await signIn(application(one), jar, { organization: 'a' });
    expect((await silently(foreign, jar, { organization: 'a' })).get('error')).to.equal('consent_required');
    await signIn(foreign, jar, { organization: 'a' });
    expect((await silently(foreign, jar, { organization: 'a' })).has('code')).to.equal(true);
  });

  it('shows a page when an interaction is opened in another browser', async () => {
    hub.person = undefined;
    const jar = new BrowserJar();
    const { url } = await jar.follow((await authorization(application(one))).url);
    expect(url.pathname).to.match(/^\/sign-in\//);
    expect((await new BrowserJar().request(url)).status).not.to.equal(200);
  });
});
