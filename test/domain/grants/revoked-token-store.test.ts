import { expect } from 'chai';
import { ArtifactStore, RevokedTokenStore } from '#hub/domain/grants/index.js';
import { freshDatabase, type FreshDatabase } from '../../support/database.ts';

const now = (): number => Math.floor(Date.now() / 1000);

describe('revoked tokens', () => {
  let fresh: FreshDatabase;
  let store: RevokedTokenStore;
  let artifacts: ArtifactStore;
  before(async () => {
    fresh = await freshDatabase();
    store = new RevokedTokenStore(fresh.database.provider);
    artifacts = new ArtifactStore(fresh.database.provider);
  });
  after(() => fresh.drop());

  it('are those that were revoked, however often', async () => {
    for (const id of ['one', 'one', 'two']) await store.revoke(id, now() + 60);
    expect(await Promise.all(['one', 'two', 'three'].map((id) => store.isRevoked(id)))).to.deep.equal([true, true, false]);
  });

  it('are kept while a node with a slow clock might take them, and then swept with everything else', async () => {
    await store.revoke('late', now() - 60);
    await artifacts.sweepAll();
    expect(await store.isRevoked('late')).to.equal(true);
    await store.revoke('gone', now() - 3600);
    await artifacts.sweepAll();
    expect(await store.isRevoked('gone')).to.equal(false);
  });

  it('are no artifact that the provider would find', async () => {
    await store.revoke('hidden', now() + 60);
    for (const kind of ['AccessToken', 'ClientCredentials', 'RefreshToken']) expect(await artifacts.find(kind, 'hidden')).to.equal(undefined);
  });
});
