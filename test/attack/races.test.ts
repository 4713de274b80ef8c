import { expect } from 'chai';
import * as client from 'openid-client';
import { startCustomer, type Customer } from '../support/customer.ts';
import { startTestHub, type Hub } from '../support/hub.ts';
import type { Registered } from '../support/provider-hub.ts';
import { oauthError, type Tokens } from '../support/relying-party.ts';
import type { ScimAnswer } from '../support/scim-client.ts';

const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const patch = (...Operations: readonly object[]): object => ({ schemas: [PATCH], Operations });
const times = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** Two that come at the same moment: whoever is second finds what the first one left, and nobody finds a defect. */
describe('a whole hub asked twice at once', function races() {
  this.timeout(30_000);
  let hub: Hub;
  let app: Registered;
  let acme: Customer;

  before(async () => {
    hub = await startTestHub();
    app = await hub.register();
    acme = await startCustomer(hub, 'acme', { ann: {}, bea: {}, cid: {} });
  });
  after(async () => {
    await acme.upstream.close();
    await hub.stop();
    expect(hub.logged.filter(({ level }) => level === 'error')).to.deep.equal([]);
  });

  it('takes first sign-ins of one person for one person', async () => {
    const strangers = await Promise.all(times(4).map(() => acme.enter(app, 'cid')));
    expect(new Set(strangers.map((tokens) => tokens.claims()?.sub)).size).to.equal(1);
    await acme.push('ann');
    const pushed = await Promise.all(times(4).map(() => acme.enter(app, 'ann')));
    expect(new Set(pushed.map((tokens) => tokens.claims()?.sub))).to.deep.equal(new Set([await hub.accountOf('acme', 'ann@acme.example')]));
  });

  it('adds nobody who is being deleted, and says so', async () => {
    const { scim } = acme.feed;
    const [group, stays] = [(await scim.ask('POST', '/Groups', { schemas: [GROUP], displayName: 'Racing' })).id, await acme.push('stays')];
    const answers: ScimAnswer[] = [];
    for (const number of times(8)) {
      const user = await acme.push(`racer${number}`);
      answers.push(
        ...(await Promise.all([
          scim.send('PATCH', `/Groups/${group}`, patch({ op: 'add', path: 'members', value: [{ value: user }] })),
          scim.send('DELETE', `/Users/${user}`),
          scim.send('PATCH', `/Groups/${group}`, patch({ op: 'replace', path: 'displayName', value: `Racing ${number}` })),
          scim.send('PATCH', `/Groups/${group}`, patch({ op: 'replace', path: 'members', value: [{ value: stays }] })),
        ])),
      );
    }
    expect(answers.filter(({ status }) => status !== 204 && status !== 400)).to.deep.equal([]);
    await scim.ask('PATCH', `/Groups/${group}`, patch({ op: 'replace', path: 'members', value: [{ value: stays }] }));
    expect(await scim.members(group)).to.deep.equal([stays]);
  });

  it('gives nothing to whoever asks after a deactivation was acknowledged, and nothing back after the reactivation', async () => {
    const bea = await acme.push('bea');
    for (const wait of [0, 5, 10, 20]) {
      let tokens = await acme.enter(app, 'bea');
      const late: string[] = [];
      let acknowledged = false;
      const refreshing = (async () => {
        for (let ended = false; !ended; ) {
          const isLate = acknowledged;
          const error = await oauthError(client.refreshTokenGrant(app.config, tokens.refresh_token ?? '').then((next) => (tokens = next)));
          if (isLate) late.push(error);
          ended = error !== 'none';
        }
      })();
      await new Promise((resolve) => setTimeout(resolve, wait));
      await acme.feed.scim.patch(`/Users/${bea}`, { op: 'replace', value: { active: false } });
      acknowledged = true;
      await refreshing;
      expect(late.filter((error) => error === 'none')).to.deep.equal([]);
      await acme.feed.scim.patch(`/Users/${bea}`, { op: 'replace', value: { active: true } });
      expect(await oauthError(client.refreshTokenGrant(app.config, tokens.refresh_token ?? ''))).to.equal('invalid_grant');
      expect((await client.tokenIntrospection(app.config, tokens.access_token)).active).to.equal(false);
    }
  });

  it('takes a refresh token that several hold for stolen: one is answered, and what it got ends', async () => {
    const { refresh_token: stolen = '' } = await acme.enter(app, 'ann');
    const won: Tokens[] = [];
    const answers = await Promise.all(times(4).map(() => oauthError(client.refreshTokenGrant(app.config, stolen).then((tokens) => void won.push(tokens)))));
    expect(answers.toSorted()).to.deep.equal(['invalid_grant', 'invalid_grant', 'invalid_grant', 'none']);
    const [winner] = won;
    expect(await oauthError(client.refreshTokenGrant(app.config, winner?.refresh_token ?? ''))).to.equal('invalid_grant');
    expect((await client.tokenIntrospection(app.config, winner?.access_token ?? '')).active).to.equal(false);
  });
});
