import { expect } from 'chai';
import * as fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { orderForSigning, planRotation, SIGNING_ALGORITHMS, SigningKeyStore, type SigningKeyFacts } from '#hub/domain/credentials/index.js';
import { ManualClock } from '#hub/platform/clock.js';
import { MasterKeys } from '#hub/platform/master-keys.js';
import { codeOf } from '../../support/domain-error.ts';
import { freshDatabase, type FreshDatabase } from '../../support/database.ts';

const policy = { signingMs: 1000, publishedMs: 100, retiredMs: 500 };
const key = (kid: string, alg: 'ES256' | 'RS256', state: SigningKeyFacts['state'], changedAt: number): SigningKeyFacts => ({ kid, alg, state, changedAt });
const settled = [key('e', 'ES256', 'signing', 0), key('r', 'RS256', 'signing', 0)];

/** The keys after the steps were done, as the store would do them. */
function apply(keys: readonly SigningKeyFacts[], now: number): SigningKeyFacts[] {
  let left = [...keys];
  for (const step of planRotation(keys, now, policy)) {
    if (step.kind === 'drop') left = left.filter(({ kid }) => kid !== step.kid);
    else if (step.kind === 'create') left.push(key(`${step.alg}-${now}`, step.alg, step.state, now));
    else
      left = left.map((one) => {
        if (one.kid === step.kid) return { ...one, state: 'signing', changedAt: now };
        return one.alg === step.alg && one.state === 'signing' ? { ...one, state: 'retired', changedAt: now } : one;
      });
  }
  return left;
}

describe('rotation of signing keys', () => {
  it('starts with one signing key for each algorithm', () => {
    expect(planRotation([], 0, policy)).to.deep.equal(SIGNING_ALGORITHMS.map((alg) => ({ kind: 'create', alg, state: 'signing' })));
  });

  it('shows the next key ahead of its use, at that very moment and not before', () => {
    expect(planRotation(settled, 899, policy)).to.deep.equal([]);
    expect(planRotation(settled, 900, policy)).to.deep.equal(SIGNING_ALGORITHMS.map((alg) => ({ kind: 'create', alg, state: 'published' })));
  });

  it('lets it sign once everybody can know it, and drops the old one once nothing of it is left', () => {
    const shown = [...settled, key('e2', 'ES256', 'published', 900)];
    expect(planRotation(shown, 999, policy).filter(({ kind }) => kind === 'promote')).to.deep.equal([]);
    expect(planRotation(shown, 1000, policy)).to.deep.include({ kind: 'promote', kid: 'e2', alg: 'ES256' });
    expect(planRotation([...settled, key('old', 'ES256', 'retired', 0)], 499, policy)).to.deep.equal([]);
    expect(planRotation([...settled, key('old', 'ES256', 'retired', 0)], 500, policy)).to.deep.equal([{ kind: 'drop', kid: 'old' }]);
  });

  it('always leaves exactly one signing key per algorithm, and never drops one within its time', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 700 }), { maxLength: 40 }), (pauses) => {
        let [keys, now] = [apply([], 0), 0];
        for (const pause of pauses) {
          now += pause;
          const next = apply(keys, now);
          for (const alg of SIGNING_ALGORITHMS) expect(next.filter((one) => one.alg === alg && one.state === 'signing')).to.have.length(1);
          for (const gone of keys.filter(({ kid }) => !next.some((one) => one.kid === kid))) expect(gone.state === 'retired' && gone.changedAt + policy.retiredMs <= now).to.equal(true);
          keys = next;
        }
      }),
    );
  });

  it('puts the signing key first, so that the provider signs with it', () => {
    const keys = [key('p', 'ES256', 'published', 9), key('x', 'ES256', 'retired', 1), key('s', 'ES256', 'signing', 5)];
    expect(orderForSigning(keys).map(({ kid }) => kid)).to.deep.equal(['s', 'p', 'x']);
  });
});

describe('store of signing keys', () => {
  let fresh: FreshDatabase;
  const master = new MasterKeys(randomBytes(32).toString('base64'));
  const clock = new ManualClock(Date.UTC(2030, 0, 1));
  const store = (keys = master): SigningKeyStore => new SigningKeyStore(fresh.database, keys, clock, policy);
  before(async () => (fresh = await freshDatabase()));
  after(() => fresh.drop());

  it('ends with one key per algorithm when several nodes start at once', async () => {
    const changed = await Promise.all([store().maintain(), store().maintain(), store().maintain()]);
    expect(changed.filter(Boolean)).to.have.length(1);
    expect((await store().list()).map(({ alg, state }) => `${alg} ${state}`).toSorted()).to.deep.equal(['ES256 signing', 'RS256 signing']);
  });

  it('rotates in the order shown, signing, retired, gone', async () => {
    const states = async (): Promise<string[]> => (await store().list()).filter(({ alg }) => alg === 'ES256').map(({ state }) => state).toSorted();
    await store().rotate();
    await store().rotate();
    expect(await states()).to.deep.equal(['published', 'signing']);
    clock.advance(policy.publishedMs);
    await Promise.all([store().maintain(), store().maintain()]);
    expect(await states()).to.deep.equal(['retired', 'signing']);
    clock.advance(policy.retiredMs);
    await store().maintain();
    expect(await states()).to.deep.equal(['signing']);
  });

  it('lets a new key sign at once when it must', async () => {
    const before = (await store().list()).find(({ state }) => state === 'signing');
    await store().rotate({ immediately: true });
    expect((await store().list()).find(({ kid }) => kid === before?.kid)?.state).to.equal('retired');
  });

  it('keeps private keys sealed', async () => {
    const [rows] = await fresh.database.batch([{ name: 'test.keys', text: 'select s::text as text from signing_key s', values: [] }]);
    for (const { privateJwk } of await store().list()) expect(JSON.stringify(rows)).not.to.include(privateJwk.d ?? '?');
    expect(await codeOf(store(new MasterKeys(randomBytes(32).toString('base64'))).list())).to.equal('crypto.wrong_secret');
  });
});
