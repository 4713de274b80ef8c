import { expect } from 'chai';
import * as client from 'openid-client';
import { BrowserJar } from '../support/browser-jar.ts';
import { startTestHub, type Feed, type Hub } from '../support/hub.ts';
import type { Registered } from '../support/provider-hub.ts';
import { oauthError, refusalAt, signInAt, toldRoles, type Tokens } from '../support/relying-party.ts';
import { asEntra, asOkta, ScimClient, type VendorClient } from '../support/scim-client.ts';
import { startUpstreamProvider, type UpstreamProvider } from '../support/upstream-openid-provider.ts';

const OBJECT_ID = '5f1c2a4e-8f1d-4f9e-9c53-0d2a6f6c1e77';

/** Everything of one organization that the journey needs. */
interface Side {
  readonly slug: string;
  readonly feed: Feed;
  readonly vendor: VendorClient;
  readonly hint: string;
  readonly upstream: UpstreamProvider;
  user: string;
  group: string;
}

/** A provider that knows the person, and somebody whom nobody pushed. */
async function upstreamFor(feed: Feed, hint: string, claims: Record<string, unknown>): Promise<UpstreamProvider> {
  const openid = ['sub', 'sid', 'oid'];
  return startUpstreamProvider({
    accounts: { [hint]: { claims }, stranger: { claims: { email: 'stranger@example.com' } } },
    redirectUris: [feed.callback],
    configuration: { claims: { openid, profile: ['name', 'preferred_username'], email: ['email'], groups: ['groups'] } },
  });
}

/**
 * One person in two organizations: pushed by an Okta-shaped client in one and by an Entra-shaped client in the other,
 * signed in by OpenID Connect through each one's own provider, at one application that is open to both.
 */
describe('a person in two organizations', function journey() {
  this.timeout(30_000);
  let hub: Hub;
  let app: Registered;
  let acme: Side;
  let globex: Side;
  const held: Record<string, Tokens> = {};
  const browser = new BrowserJar();

  const enter = async ({ slug, hint }: Side): Promise<Tokens> =>
    signInAt(app, { organization: slug, login_hint: hint, scope: 'openid profile email offline_access', prompt: 'consent' });
  /** Without asking anybody, in the browser that the person keeps: where the tokens are from, or why there are none. */
  const silently = async ({ slug }: Side): Promise<unknown> => {
    const asked = signInAt(app, { organization: slug, prompt: 'none' }, browser);
    return asked.then((tokens) => tokens.claims()?.['org'], () => oauthError(asked));
  };
  const refreshed = async ({ slug }: Side): Promise<Tokens> => (held[slug] = await client.refreshTokenGrant(app.config, held[slug]?.refresh_token ?? ''));
  const rolesNow = async (side: Side): Promise<unknown> => (await refreshed(side)).claims()?.['roles'];

  /** As an operator does it by hand: the callback is known once the connection is there, the provider once it knows the callback. */
  async function acmeByCommandLine(): Promise<Side> {
    const hint = '00u1bjorn';
    await run('organization', 'create', 'acme', '--name', 'Acme Inc.');
    const made = await run('connection', 'create', '--organization', 'acme', '--name', 'okta', '--protocol', 'oidc', '--vendor', 'okta', '--set', 'issuer=https://later.example', '--set', 'clientId=hub', '--set', 'clientSecret=upstream-secret-of-the-hub');
    const { id, urls } = JSON.parse(made) as { id: string; urls: { callback: string } };
    const token = await run('scim-token', 'create', '--organization', 'acme', '--connection', 'okta');
    const feed = { connectionId: id, callback: urls.callback, acs: '', scim: new ScimClient(`${hub.url}/scim/v2`, token.trim()) };
    const upstream = await upstreamFor(feed, hint, { name: 'Bjorn Berg', preferred_username: 'bjorn@acme.example' });
    await run('connection', 'set', 'okta', '--organization', 'acme', '--set', `issuer=${upstream.issuer}`);
    return { slug: 'acme', feed, vendor: asOkta(feed.scim), hint, upstream, user: '', group: '' };
  }

  async function globexByApi(): Promise<Side> {
    const hint = 'pairwise-bjorn';
    await hub.ask('POST', '/organizations', { slug: 'globex' });
    const settings = { issuer: 'https://later.example', clientId: 'hub', clientSecret: 'upstream-secret-of-the-hub', userInfo: 'never' };
    const feed = await hub.connect('globex', { name: 'entra', protocol: 'oidc', vendor: 'entra', settings });
    const upstream = await upstreamFor(feed, hint, { oid: OBJECT_ID, name: 'Björn Berg' });
    await hub.ask('PATCH', '/organizations/globex/connections/entra', { settings: { issuer: upstream.issuer } });
    await hub.ask('PUT', '/organizations/globex/role-mapping', { map: 'Leitung=approver|auditor' });
    return { slug: 'globex', feed, vendor: asEntra(feed.scim), hint, upstream, user: '', group: '' };
  }

  async function run(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await hub.cli(...args);
    expect([code, stderr]).to.deep.equal([0, '']);
    return stdout;
  }

  before(async () => {
    hub = await startTestHub({ OIDC_GROUP_ROLE_MAP: 'Engineering=developer, Administrators=admin', OIDC_GROUP_ROLE_DEFAULTS: 'viewer' });
    [acme, globex] = await Promise.all([acmeByCommandLine(), globexByApi()]);
    app = await hub.register();
  });
  after(async () => {
    await Promise.all([acme.upstream.close(), globex.upstream.close()]);
    await hub.stop();
    expect(hub.logged.filter(({ level }) => level === 'error')).to.deep.equal([]);
  });

  it('is pushed by both, and is two accounts until somebody says that it is one person', async () => {
    acme.user = await acme.vendor.pushUser({ externalId: acme.hint, userName: 'bjorn@acme.example', displayName: 'Bjorn Berg' });
    acme.group = await acme.vendor.pushGroup('Engineering', [acme.user]);
    await acme.vendor.pushGroup('Leitung', [acme.user]);
    globex.user = await globex.vendor.pushUser({ externalId: OBJECT_ID, userName: 'bjorn@globex.example', displayName: 'Björn Berg' });
    globex.group = await globex.vendor.pushGroup('Leitung', [globex.user]);
    await globex.vendor.pushGroup('Administrators', [globex.user]);
    expect(await acme.vendor.pushUser({ externalId: acme.hint, userName: 'bjorn@acme.example', displayName: 'Bjorn Berg' })).to.equal(acme.user);
    const [inAcme, inGlobex] = [await hub.accountOf('acme', 'bjorn@acme.example'), await hub.accountOf('globex', 'bjorn@globex.example')];
    expect(inAcme).not.to.equal(inGlobex);
    await hub.ask('POST', `/users/${inGlobex}/link?organization=globex`, { account: inAcme });
    expect(await hub.accountOf('globex', 'bjorn@globex.example')).to.equal(inAcme);
  });

  it('has the roles of each organization in the ID token and at UserInfo', async () => {
    for (const side of [acme, globex]) held[side.slug] = await enter(side);
    const [inAcme, inGlobex] = [await toldRoles(app, held['acme'] as Tokens), await toldRoles(app, held['globex'] as Tokens)];
    expect(inAcme.idToken).to.deep.equal(['developer']);
    expect(inAcme.userInfo).to.deep.equal(inAcme.idToken);
    expect(inGlobex.idToken).to.deep.equal(['admin', 'approver', 'auditor']);
    expect(inGlobex.userInfo).to.deep.equal(inGlobex.idToken);
    expect(held['acme']?.claims()?.sub).to.equal(held['globex']?.claims()?.sub);
    expect(inAcme.orgId).not.to.equal(inGlobex.orgId);
    expect(held['globex']?.claims()).to.deep.include({ org: 'globex', groups: ['Administrators', 'Leitung'] });
  });

  it('loses a role in one organization with the group there, and keeps the other organization as it was', async () => {
    await globex.vendor.removeMember(globex.group, globex.user);
    expect(await rolesNow(globex)).to.deep.equal(['admin']);
    expect((await enter(globex)).claims()?.['roles']).to.deep.equal(['admin']);
    expect(await rolesNow(acme)).to.deep.equal(['developer']);
    await acme.vendor.removeMember(acme.group, acme.user);
    expect(await rolesNow(acme)).to.deep.equal(['viewer']);
    expect((await toldRoles(app, held['acme'] as Tokens)).userInfo).to.deep.equal(['viewer']);
    expect(await rolesNow(globex)).to.deep.equal(['admin']);
    await acme.vendor.addMembers(acme.group, [acme.user]);
    expect(await rolesNow(acme)).to.deep.equal(['developer']);
  });

  it('has new roles in the next token when one organization changes its own map, and only there', async () => {
    await hub.ask('PUT', '/organizations/globex/role-mapping', { map: 'Administrators=owner' });
    expect(await rolesNow(globex)).to.deep.equal(['admin', 'owner']);
    expect(await rolesNow(acme)).to.deep.equal(['developer']);
    await hub.ask('PUT', '/organizations/globex/role-mapping', { map: 'Leitung=approver|auditor' });
    expect(await rolesNow(globex)).to.deep.equal(['admin']);
  });

  it('needs to sign in there, too, before one browser enters the other organization', async () => {
    await signInAt(app, { organization: 'acme', login_hint: acme.hint }, browser);
    expect(await silently(globex)).to.equal('login_required');
    expect(await silently(acme)).to.equal('acme');
    await signInAt(app, { organization: 'globex', login_hint: globex.hint }, browser);
    expect([await silently(globex), await silently(acme)]).to.deep.equal(['globex', 'acme']);
  });

  it('is refused everywhere in the organization that deactivated the person, and nowhere else', async () => {
    const before = held['globex'] as Tokens;
    await globex.vendor.setActive(globex.user, false);
    expect(await oauthError(client.refreshTokenGrant(app.config, before.refresh_token ?? ''))).to.equal('invalid_grant');
    expect((await client.tokenIntrospection(app.config, before.access_token)).active).to.equal(false);
    expect(await oauthError(client.fetchUserInfo(app.config, before.access_token, before.claims()?.sub ?? ''))).not.to.equal('none');
    expect([await silently(globex), await silently(acme)]).to.deep.equal(['login_required', 'acme']);
    const { status, page } = await refusalAt(app, { organization: 'globex', login_hint: globex.hint });
    expect(status).to.equal(403);
    expect(page).to.match(/<code>[0-9a-f-]{36}<\/code>/);
    expect(await rolesNow(acme)).to.deep.equal(['developer']);
    expect((await enter(acme)).claims()?.['roles']).to.deep.equal(['developer']);
  });

  it('comes back with the same roles and the same account when reactivated; tokens from before stay dead', async () => {
    const before = held['globex'] as Tokens;
    await globex.vendor.setActive(globex.user, true);
    expect(await oauthError(client.refreshTokenGrant(app.config, before.refresh_token ?? ''))).to.equal('invalid_grant');
    expect((await client.tokenIntrospection(app.config, before.access_token)).active).to.equal(false);
    expect([await silently(globex), await silently(acme)]).to.deep.equal(['login_required', 'acme']);
    held['globex'] = await enter(globex);
    expect(held['globex'].claims()).to.deep.include({ sub: before.claims()?.sub, roles: ['admin'] });
    expect((await client.tokenIntrospection(app.config, held['globex'].access_token)).active).to.equal(true);
  });

  it('is not joined by somebody whom nobody pushed', async () => {
    for (const side of [acme, globex]) expect((await refusalAt(app, { organization: side.slug, login_hint: 'stranger' })).status).to.equal(403);
  });
});
