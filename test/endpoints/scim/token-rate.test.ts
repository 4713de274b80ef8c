import { expect } from 'chai';
import { ScimTokenStore } from '#hub/domain/credentials/index.js';
import { tokenRate } from '#hub/endpoints/scim/token-rate.js';
import { ManualClock } from '#hub/platform/clock.js';
import { hashToken } from '#hub/platform/token.js';
import { startScimServer } from '../../support/scim-server.ts';

describe('rate of a SCIM token', () => {
  const [one, other] = [hashToken('one'), hashToken('other')];

  it('lets so many requests of a token pass and says when the next may come; others are not counted with it', async () => {
    const admit = tokenRate(2);
    expect([await admit(one), await admit(one)]).to.deep.equal([undefined, undefined]);
    expect(await admit(one)).to.equal(1);
    expect(await admit(other)).to.equal(undefined);
  });

  it('lets the token pass again when the second is over', async function () {
    this.slow(2500);
    const admit = tokenRate(1);
    await admit(one);
    expect(await admit(one)).to.equal(1);
    await new Promise((resolve) => setTimeout(resolve, 1050));
    expect(await admit(one)).to.equal(undefined);
  });

  it('is no limit at 0, and none that an initial cycle hits as it is delivered', async () => {
    for (const admit of [tokenRate(0), tokenRate(20_000)]) for (let at = 0; at < 5000; at += 1) expect(await admit(one)).to.equal(undefined);
  });

  it('is told over HTTP as 429 with Retry-After', async () => {
    const hub = await startScimServer({ admit: tokenRate(3) });
    const replies = await Promise.all(Array.from({ length: 6 }, () => hub.acme.call('GET', '/ServiceProviderConfig')));
    const refused = replies.filter(({ status }) => status === 429);
    expect(refused.length).to.be.greaterThan(0);
    expect(refused[0]?.headers.get('retry-after')).to.equal('1');
    expect((await hub.globex.call('GET', '/ServiceProviderConfig')).status).to.equal(200);
    await hub.close();
  });
});

describe('last use of a SCIM token', () => {
  it('is noted for tokens that opened a request, and written later in one go', async () => {
    const clock = new ManualClock(Date.UTC(2031, 4, 5));
    const used: Buffer[] = [];
    const hub = await startScimServer({ onUsed: (hash) => used.push(hash) });
    const store = new ScimTokenStore(hub.fresh.database, clock);
    await hub.acme.call('GET', '/Users');
    await hub.acme.call('GET', '/Users', undefined, { authorization: 'Bearer nobody' });
    expect(used).to.deep.equal([hashToken(hub.acme.token)]);
    for (const hash of [...used, hashToken('revoked meanwhile')]) store.markUsed(hash);
    await store.writeLastUsed();
    expect((await store.list(hub.acme.orgId))[0]?.lastUsedAt).to.deep.equal(new Date(clock.now()));
    expect((await store.list(hub.globex.orgId))[0]?.lastUsedAt).to.equal(null);
    await hub.close();
  });
});
