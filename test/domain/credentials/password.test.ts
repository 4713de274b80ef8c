import { hash } from '@node-rs/argon2';
import { expect } from 'chai';
import { hashPassword, PasswordStore, putPassword, verifyPassword } from '#hub/domain/credentials/index.js';
import { codeOf } from '../../support/domain-error.ts';
import { freshDatabase, type FreshDatabase } from '../../support/database.ts';
import { People } from '../../support/people.ts';

/** Nanoseconds that three refusals take. */
async function time(of: string | undefined): Promise<number> {
  const start = process.hrtime.bigint();
  for (let index = 0; index < 3; index += 1) expect(await verifyPassword(of, 'nobody has this password')).to.equal(false);
  return Number(process.hrtime.bigint() - start);
}

describe('password', () => {
  it('is kept as argon2id with at least 19 MiB and two passes', async () => {
    const stored = await hashPassword('correct horse');
    expect(stored).to.match(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect([await verifyPassword(stored, 'correct horse'), await verifyPassword(stored, 'Correct horse')]).to.deep.equal([true, false]);
  });

  it('is the same however its letters were composed', async () => {
    expect(await verifyPassword(await hashPassword('gru\u0308ße ﬁx'), 'gr\u00fcße fix')).to.equal(true);
  });

  it('has 8 to 1024 characters, and endless ones cost nothing', async () => {
    expect(await codeOf(hashPassword('seven77'))).to.equal('credentials.password_length');
    expect(await codeOf(hashPassword('x'.repeat(1025)))).to.equal('credentials.password_length');
    expect(await verifyPassword(await hashPassword('x'.repeat(1024)), 'x'.repeat(10_000_000))).to.equal(false);
  });

  it('of nobody is never right, and costs as much as a wrong one', async () => {
    await verifyPassword(undefined, 'warm up');
    const stored = await hashPassword('correct horse');
    const [nobody, wrong] = [await time(undefined), await time(stored)];
    expect(nobody).to.be.greaterThan(wrong / 4);
  });
});

describe('store of passwords', () => {
  let fresh: FreshDatabase;
  let people: People;
  let store: PasswordStore;
  before(async () => {
    fresh = await freshDatabase();
    people = new People(fresh.database);
    store = new PasswordStore(fresh.database);
  });
  after(() => fresh.drop());

  it('tells namesakes of two organizations apart by their passwords', async () => {
    const [a, b] = [await people.organization('a'), await people.organization('b')];
    const [one, two] = [await people.account(a), await people.account(b)];
    await people.member(a, one, 'ada');
    await people.member(b, two, 'ada');
    await store.set(one, 'password of one');
    await store.set(two, 'password of two');
    expect(await store.authenticate('ada', 'password of two')).to.deep.equal({ accountId: two, homeOrgId: b });
    expect(await store.authenticate('ada', 'password of none')).to.equal(undefined);
    await people.setStatus(b, two, 'suspended');
    expect(await store.authenticate('ada', 'password of two')).to.equal(undefined);
    await store.remove(one);
    expect(await store.authenticate('ada', 'password of one')).to.equal(undefined);
  });

  it('makes a weak hash anew when its person signs in', async () => {
    const org = await people.organization('weak');
    const account = await people.account(org);
    await people.member(org, account, 'weak');
    await fresh.database.batch([putPassword(account, await hash('old password', { memoryCost: 1024, timeCost: 1 }))]);
    expect((await store.authenticate('weak', 'old password'))?.accountId).to.equal(account);
    const [rows] = await fresh.database.batch([{ name: 'test.hash', text: 'select hash from password_credential where account_id = $1', values: [account] }]);
    expect(rows?.[0]?.['hash']).to.include('m=19456');
  });
});
