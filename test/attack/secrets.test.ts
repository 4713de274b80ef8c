import { expect } from 'chai';
import * as client from 'openid-client';
import { BrowserJar } from '../support/browser-jar.ts';
import { startCustomer, type Customer } from '../support/customer.ts';
import { startTestHub, type Hub } from '../support/hub.ts';
import { authorization, redeem, type Registered } from '../support/provider-hub.ts';
import { oauthError } from '../support/relying-party.ts';

const [RIGHT, WRONG, UPSTREAM] = ['the right passphrase of hers', 'a wrong passphrase of hers', 'upstream-secret-of-the-hub'];
const TABLES = `organization account connection membership identity directory_user role_grant scim_token operator_token password_credential application
  signing_key instance_fact pending_sign_in accepted_assertion session_proof audit_event outbox_event`.split(/\s+/);

const select = (table: string): { name: string; text: string; values: never[] } => ({ name: `test.dump.${table}`, text: `select row_to_json(t)::text as row from ${table} t`, values: [] });

/** Everything that an organization's context, and the provider's role, can read. */
async function everyRow({ database }: Hub, orgId: string): Promise<string> {
  const context = { name: 'test.context', text: `select set_config('app.org_id', $1, true)`, values: [orgId] };
  const [, ...ours] = await database.batch([context, ...TABLES.map(select)]);
  const theirs = await database.provider.batch(['oidc.artifact', 'oidc.grant_organization'].map(select));
  return JSON.stringify([ours, theirs]);
}

/** What would let somebody act for somebody else is in nobody's hands but its owner's: not in rows, logs or answers. */
describe('secrets of a whole hub', function secrets() {
  this.timeout(30_000);
  let hub: Hub;
  let app: Registered;
  let acme: Customer;
  const known = new Map<string, string>();
  const jar = new BrowserJar();

  async function signInWithPassword(): Promise<void> {
    const { url } = await authorization(app, { organization: 'acme', scope: 'openid', prompt: 'login' });
    const page = new URL((await jar.request(url)).headers.get('location') ?? '', url).href;
    await jar.request(page);
    for (const password of [WRONG, RIGHT]) await jar.post(`${page}/password`, { identifier: 'local', password });
  }

  async function signInAtProvider(): Promise<void> {
    const { url, verifier } = await authorization(app, { organization: 'acme', login_hint: 'ann', scope: 'openid offline_access', prompt: 'consent' });
    let next = url;
    while (!next.href.startsWith(app.redirectUri)) next = (await jar.follow(next)).url;
    const tokens = await redeem(app, { callback: next, verifier });
    const later = await client.refreshTokenGrant(app.config, tokens.refresh_token ?? '');
    for (const [name, { access_token: access, refresh_token: refresh = '', id_token: id = '' }] of Object.entries({ first: tokens, second: later })) {
      known.set(`${name} access token`, access).set(`${name} refresh token`, refresh).set(`${name} ID token`, id);
    }
    known.set('code', next.searchParams.get('code') ?? '').set('verifier', verifier);
  }

  before(async () => {
    hub = await startTestHub({ LOG_LEVEL: 'trace' });
    acme = await startCustomer(hub, 'acme', { ann: {} });
    app = await hub.register();
    await hub.ask('POST', '/users?organization=acme', { userName: 'local', password: RIGHT });
    const { token } = await hub.ask('POST', '/organizations/acme/scim-tokens', {});
    await hub.scim(token).ask('GET', '/Users');
    known.set('SCIM token', token).set('operator token', hub.adminToken).set('client secret', app.secret ?? '').set('upstream secret', UPSTREAM);
    known.set('password', RIGHT).set('wrong password', WRONG);
    await signInAtProvider();
    await signInWithPassword();
    await oauthError(client.refreshTokenGrant(app.config, known.get('first refresh token') ?? ''));
    for (const [index, value] of jar.values().entries()) known.set(`cookie ${index}`, value);
  });
  after(async () => {
    await acme.upstream.close();
    await hub.stop();
  });

  /** Names of those that stand in a text, plainly or in base64. */
  const foundIn = (text: string): string[] =>
    [...known].filter(([, secret]) => text.includes(secret) || text.includes(Buffer.from(secret).toString('base64').replace(/=+$/, '').slice(0, -1))).map(([name]) => name);

  it('are all there to be looked for', () => {
    expect([...known.values()].filter((secret) => secret.length < 20)).to.deep.equal([]);
    expect(known.size).to.be.greaterThan(15);
  });

  it('stand in no row as they are', async () => {
    const rows = await everyRow(hub, (await hub.ask('GET', '/organizations/acme')).id);
    expect(rows.length).to.be.greaterThan(5000);
    expect(foundIn(rows)).to.deep.equal([]);
    expect(rows).not.to.match(/PRIVATE KEY|\\"d\\": ?\\"/);
  });

  it('stand in no line of the log, however much it is asked to tell', () => {
    expect(hub.logged.map(({ msg }) => msg)).to.include('signed in');
    expect(foundIn(JSON.stringify(hub.logged))).to.deep.equal([]);
  });

  it('stand in no answer of the administration', async () => {
    const paths = ['/audit?organization=acme&limit=500', '/audit?instance=true&limit=500', '/organizations/acme/connections', '/organizations/acme/connections/idp', '/organizations/acme/scim-tokens', '/applications', `/applications/${app.clientId}`, '/config', '/keys', '/users?organization=acme', '/users/local?organization=acme'];
    const answers = await Promise.all(paths.map((path) => hub.admin('GET', path)));
    expect(answers.map(({ status }) => status)).to.deep.equal(paths.map(() => 200));
    expect(foundIn(answers.map(({ text }) => text).join('\n'))).to.deep.equal([]);
  });
});
