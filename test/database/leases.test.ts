import { expect } from 'chai';
import { createLeases } from '#hub/database/index.js';
import { freshDatabase, type FreshDatabase } from '../support/database.ts';

describe('a lease', () => {
  let fresh: FreshDatabase;
  before(async () => {
    fresh = await freshDatabase();
  });
  after(() => fresh.drop());

  it('lets one of two nodes do the work, and the other one once that has ended', async () => {
    const [one, other] = [createLeases(fresh.database), createLeases(fresh.database)];
    const done: string[] = [];
    const first = await one.alone('work', 60, async () => {
      expect(await other.alone('work', 60, async () => void done.push('meanwhile'))).to.equal(false);
      expect(await other.alone('other work', 60, async () => void done.push('other work'))).to.equal(true);
    });
    expect(first).to.equal(true);
    expect(await other.alone('work', 60, async () => void done.push('afterwards'))).to.equal(true);
    expect(done).to.deep.equal(['other work', 'afterwards']);
  });

  it('is given back when the work fails', async () => {
    const [one, other] = [createLeases(fresh.database), createLeases(fresh.database)];
    const failure = await one.alone('failing', 60, () => Promise.reject(new Error('broken'))).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(Error).with.property('message', 'broken');
    expect(await other.alone('failing', 60, async () => undefined)).to.equal(true);
  });

  it('of a node that died runs out', async () => {
    const [dying, other] = [createLeases(fresh.database), createLeases(fresh.database)];
    await dying.alone('dying', 0, async () => {
      expect(await other.alone('dying', 60, async () => undefined)).to.equal(true);
    });
  });
});
