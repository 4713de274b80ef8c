import { expect } from 'chai';
import * as client from 'openid-client';
import { BrowserJar } from '../support/browser-jar.ts';
import { startTestHub, type Hub } from '../support/hub.ts';
import { asOkta } from '../support/scim-client.ts';
import { authorization, redeem, type Registered } from '../support/provider-hub.ts';

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';

describe('the metrics of a hub', function metrics() {
  this.timeout(30_000);
  let hub: Hub;
  before(async () => {
    hub = await startTestHub({ USER_MGMT_ENFORCE: '0', OIDC_GROUP_ROLE_DEFAULTS: 'viewer' });
  });
  after(() => hub.stop());

  /** The value of one series as `/metrics` shows it; 0 where there is none. */
  async function read(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
    const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
    const series = pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`;
    const text = await (await fetch(`${hub.url}/metrics`)).text();
    const line = text.split('\n').find((one) => one.startsWith(`${series} `));
    return line === undefined ? 0 : Number(line.slice(series.length + 1));
  }

  it('count SCIM requests by method, resource and status, and name nothing that a stranger made up', async () => {
    const { token } = await hub.ask('POST', '/organizations/default/scim-tokens');
    const scim = hub.scim(token);
    for (const userName of ['a', 'b', 'b']) await scim.send('POST', '/Users', { schemas: [USER], userName });
    await scim.send('GET', '/Users?count=1');
    for (let one = 0; one < 5; one += 1) await hub.scim('unknown').send('GET', `/invented${one}`);
    expect(await read('gatehouse_scim_requests_total', { method: 'POST', resource: 'Users', status: '2xx' })).to.equal(2);
    expect(await read('gatehouse_scim_requests_total', { method: 'POST', resource: 'Users', status: '4xx' })).to.equal(1);
    expect(await read('gatehouse_scim_requests_total', { method: 'GET', resource: 'Users', status: '2xx' })).to.equal(1);
    expect(await read('gatehouse_scim_requests_total', { method: 'GET', resource: 'other', status: '4xx' })).to.equal(5);
  });

  it('count audit events once they are committed, and whose roles changed', async () => {
    expect(await read('gatehouse_audit_events_total', { action: 'user.created' })).to.equal(2);
    expect(await read('gatehouse_audit_events_total', { action: 'scim_token.created' })).to.equal(1);
    const before = await read('gatehouse_role_changes_total');
    await hub.ask('PUT', '/users/a/roles/developer', {});
    expect(await read('gatehouse_audit_events_total', { action: 'role.granted' })).to.equal(1);
    await hub.ask('PUT', '/users/a/role-overrides', { preserved: ['admin'] });
    expect(await read('gatehouse_role_changes_total')).to.equal(before + 1);
  });

  it('count a change of members when somebody came or went, whoever decided it, and no repetition', async () => {
    await hub.ask('PUT', '/organizations/default/role-mapping', { map: 'mapped=reader' });
    const { token } = await hub.ask('POST', '/organizations/default/scim-tokens');
    const okta = asOkta(hub.scim(token));
    const person = await okta.pushUser({ externalId: 'm', userName: 'm', displayName: 'M' });
    for (const [index, name] of ['plain', 'mapped'].entries()) {
      const group = await okta.pushGroup(name, []);
      const before = await read('gatehouse_audit_events_total', { action: 'group.members_changed' });
      expect(before).to.equal(index * 2);
      for (let time = 0; time < 2; time += 1) await okta.addMembers(group, [person]);
      for (let time = 0; time < 2; time += 1) await okta.removeMember(group, person);
    }
    expect(await read('gatehouse_audit_events_total', { action: 'group.members_changed' })).to.equal(4);
  });

  it('count sign-ins and tokens by how they ended', async () => {
    await hub.ask('POST', '/users', { userName: 'clerk', password: 'a long enough password' });
    const app: Registered = await hub.register({}, 'default');
    const { url, verifier } = await authorization(app, { scope: 'openid' });
    const jar = new BrowserJar();
    const [, , uid] = (await jar.follow(url)).url.pathname.split('/');
    const post = (password: string): Promise<Response> => jar.post(`${hub.url}/sign-in/${uid}/password`, { identifier: 'clerk', password });
    expect((await post('wrong password')).status).to.equal(401);
    const location = (await post('a long enough password')).headers.get('location') ?? '';
    await redeem(app, { callback: (await jar.follow(location)).url, verifier });
    await client.refreshTokenGrant(app.config, 'unknown').catch(() => undefined);
    await fetch(`${hub.url}/federation/00000000-0000-4000-8000-000000000000/oidc/callback?state=x`);
    expect([await read('gatehouse_sign_ins_total', { outcome: 'wrong-password', method: 'password' }), await read('gatehouse_sign_ins_total', { outcome: 'success', method: 'password' }), await read('gatehouse_sign_ins_total', { outcome: 'expired', method: 'oidc' })]).to.deep.equal([1, 1, 1]);
    expect([await read('gatehouse_token_grants_total', { grant_type: 'authorization_code', outcome: 'success' }), await read('gatehouse_token_grants_total', { grant_type: 'refresh_token', outcome: 'invalid_grant' })]).to.deep.equal([1, 1]);
  });

  it('count background work and show how busy the database is', async () => {
    await hub.runJob('artifacts');
    expect(await read('gatehouse_job_runs_total', { job: 'artifacts', outcome: 'done' })).to.equal(1);
    expect(await read('gatehouse_database_connections_open', { pool: 'batch' })).to.be.within(1, 4);
    expect(await read('gatehouse_database_waiting', { pool: 'batch' })).to.equal(0);
  });

  it('say loudly, with log and trail, that the hub is permissive', async () => {
    expect([await read('gatehouse_permissive', { setting: 'USER_MGMT_ENFORCE' }), await read('gatehouse_permissive', { setting: 'USER_MGMT_RLS_ENFORCE' })]).to.deep.equal([1, 1]);
    expect(hub.logged.filter(({ setting }) => setting !== undefined).map(({ level, setting }) => [level, setting])).to.deep.equal([['warn', 'USER_MGMT_ENFORCE'], ['warn', 'USER_MGMT_RLS_ENFORCE']]);
    const { items } = await hub.ask('GET', '/audit?instance=true&action=instance.permissive');
    expect(items[0].details).to.deep.equal({ off: ['USER_MGMT_ENFORCE', 'USER_MGMT_RLS_ENFORCE'] });
  });
});
