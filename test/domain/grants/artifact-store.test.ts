import { expect } from 'chai';
import { Client } from 'pg';
import { ArtifactStore, GrantBindingStore, endGrants } from '#hub/domain/grants/index.js';
import { organizationContext } from '#hub/database/index.js';
import { freshDatabase, type FreshDatabase } from '../../support/database.ts';

const ORG = '01920000-0000-7000-8000-000000000001';
const ACCOUNT = '01920000-0000-7000-8000-000000000002';

describe('artifacts of the provider', () => {
  let fresh: FreshDatabase;
  let store: ArtifactStore;
  before(async () => {
    fresh = await freshDatabase();
    store = new ArtifactStore(fresh.database.provider);
  });
  after(() => fresh.drop());

  it('come back as they were, with their identifier', async () => {
    const payload = { jti: 'the-code', kind: 'AuthorizationCode', accountId: ACCOUNT, grantId: 'g0', nonce: 'nonce' };
    await store.upsert('AuthorizationCode', 'the-code', payload, 60);
    expect(await store.find('AuthorizationCode', 'the-code')).to.deep.equal(payload);
    expect(await store.find('RefreshToken', 'the-code')).to.equal(undefined);
  });

  it('leave no identifier in the database that could be used', async () => {
    await store.upsert('Session', 'session-secret', { jti: 'session-secret', uid: 'public-name', accountId: ACCOUNT }, 60);
    await store.upsert('Interaction', 'interaction-secret', { jti: 'interaction-secret', returnTo: 'https://id.example/oidc/auth/interaction-secret', session: { uid: 'public-name', cookie: 'session-secret' } }, 60);
    const client = new Client({ connectionString: fresh.ownerUrl });
    await client.connect();
    const { rows } = await client.query<{ text: string }>('select a::text as text from oidc.artifact a');
    await client.end();
    expect(rows.length).to.be.greaterThan(1);
    expect(rows.map(({ text }) => text).join()).not.to.match(/session-secret|interaction-secret|the-code/);
    expect((await store.find('Interaction', 'interaction-secret'))?.returnTo).to.equal('https://id.example/oidc/auth/interaction-secret');
    expect(await store.findByUid('Session', 'public-name')).to.deep.equal({ uid: 'public-name', accountId: ACCOUNT });
  });

  it('are not found once they have expired', async () => {
    await store.upsert('AccessToken', 'short', { grantId: 'g' }, -1);
    expect(await store.find('AccessToken', 'short')).to.equal(undefined);
    expect(await store.consume('AccessToken', 'short')).to.equal(false);
    expect(await store.sweep()).to.be.greaterThan(0);
  });

  it('are consumed by exactly one of many who try at once', async () => {
    await store.upsert('RefreshToken', 'race', { grantId: 'g1' }, 60);
    const won = await Promise.all(Array.from({ length: 20 }, () => store.consume('RefreshToken', 'race')));
    expect(won.filter(Boolean)).to.have.length(1);
    expect((await store.find('RefreshToken', 'race'))?.consumed).to.be.a('number');
  });

  it('end with their grant, while interactions and sessions that name it stay', async () => {
    await store.upsert('AccessToken', 'at', { grantId: 'g2' }, 60);
    await store.upsert('RefreshToken', 'rt', { grantId: 'g2' }, 60);
    await store.upsert('Interaction', 'in', { grantId: 'g2' }, 60);
    await store.upsert('Session', 'se', { grantId: 'g2', uid: 'u2' }, 60);
    for (const kind of ['AccessToken', 'RefreshToken', 'Interaction', 'Session']) await store.revokeByGrantId(kind, 'g2');
    const left = await Promise.all([store.find('AccessToken', 'at'), store.find('RefreshToken', 'rt'), store.find('Interaction', 'in'), store.find('Session', 'se')]);
    expect(left.map((found) => found !== undefined)).to.deep.equal([false, false, true, true]);
  });

  it('of a person end in one organization and stay in the other', async () => {
    const bindings = new GrantBindingStore(fresh.database.provider);
    const other = ORG.replace(/1$/, '9');
    for (const [grantId, orgId] of [['ga', ORG], ['gb', other]] as const) {
      await bindings.bind(grantId, { orgId, accountId: ACCOUNT, clientId: 'app', epoch: 3, provedIn: orgId, provedBy: null });
      await store.upsert('Grant', grantId, { accountId: ACCOUNT }, 60);
      await store.upsert('RefreshToken', `r-${grantId}`, { grantId, accountId: ACCOUNT }, 60);
    }
    await fresh.database.batch([organizationContext({ orgId: ORG, actor: 'test' }), endGrants(ACCOUNT)]);
    expect(await bindings.find('ga')).to.equal(undefined);
    expect(await bindings.find('gb')).to.deep.equal({ orgId: other, accountId: ACCOUNT, clientId: 'app', epoch: 3, provedIn: other, provedBy: null });
    expect(await store.find('Grant', 'ga')).to.equal(undefined);
    expect(await store.find('RefreshToken', 'r-ga')).to.equal(undefined);
    expect(await store.find('RefreshToken', 'r-gb')).not.to.equal(undefined);
    await store.destroy('Grant', 'gb');
    expect(await bindings.find('gb')).to.equal(undefined);
  });

  it('survive identifiers that nobody could have been given', async () => {
    for (const id of ['', '\0', '"', 'x'.repeat(100_000), '\uD800', "'; drop table oidc.artifact; --"]) expect(await store.find('AccessToken', id)).to.equal(undefined);
  });
});
