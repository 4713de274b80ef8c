import { expect } from 'chai';
import { uniqueViolation } from '#hub/database/index.js';
import type { DirectoryUser } from '#hub/domain/directory/index.js';
import { userFields } from '#hub/endpoints/scim/user-resource.js';
import { type Feed, type ProvisioningOptions, RecentUsers, deleteUser, updateUser } from '#hub/provisioning/index.js';
import { DirectoryFeed } from '../support/directory-feed.ts';

const someone = (id: string, version = 1, resource = '{}'): DirectoryUser => ({
  id, accountId: 'account', active: true, resource, version, createdAt: new Date(0), updatedAt: new Date(0), groups: [],
});

describe('users as they were last seen', () => {
  it('are a memory of one holder, and of nobody without one', () => {
    const recent = new RecentUsers();
    recent.remember({ holder: 'a' }, someone('1'));
    recent.remember({}, someone('2'));
    expect([recent.take({ holder: 'b' }, '1'), recent.take({}, '1'), recent.take({}, '2')]).to.deep.equal([undefined, undefined, undefined]);
    expect(recent.take({ holder: 'a' }, '1')?.id).to.equal('1');
  });

  it('are taken once', () => {
    const recent = new RecentUsers();
    recent.remember({ holder: 'a' }, someone('1'));
    recent.take({ holder: 'a' }, '1');
    expect(recent.take({ holder: 'a' }, '1')).to.equal(undefined);
  });

  it('are not put back to an earlier version by an answer that came late', () => {
    const recent = new RecentUsers();
    recent.remember({ holder: 'a' }, someone('1', 3));
    recent.remember({ holder: 'a' }, someone('1', 2));
    expect(recent.take({ holder: 'a' }, '1')?.version).to.equal(3);
  });

  it('are forgotten, the longest unseen first, beyond a number and beyond an amount of text', () => {
    const recent = new RecentUsers();
    for (let n = 0; n < 10_001; n += 1) recent.remember({ holder: 'a' }, someone(String(n)));
    expect([recent.take({ holder: 'a' }, '0'), recent.take({ holder: 'a' }, '1')?.id]).to.deep.equal([undefined, '1']);
    const large = 'x'.repeat(3 * 1024 * 1024);
    for (const id of ['p', 'q', 'r']) recent.remember({ holder: 'a' }, someone(id, 1, large));
    expect(['p', 'q', 'r'].map((id) => recent.take({ holder: 'a' }, id)?.id)).to.deep.equal([undefined, 'q', 'r']);
  });
});

const edit = (more: object) => (current: DirectoryUser) => userFields(current.id, { ...(JSON.parse(current.resource) as object), ...more });
const shape = (one: DirectoryUser | undefined) => ({ active: one?.active, version: one?.version, groups: one?.groups, nick: (JSON.parse(one?.resource ?? '{}') as { nickName?: string }).nickName });

/** Every change is made twice on two users: by what is remembered, and by lock and read. */
describe('a change of a user who was seen before', () => {
  let directory: DirectoryFeed;
  let options: ProvisioningOptions;
  let feed: Feed;
  let trips: string[];
  const seen = async (more: object = {}): Promise<DirectoryUser> => {
    const id = await directory.user({ userName: `u${Math.random()}`, ...more });
    const user = await updateUser(options, feed, id, edit({ title: 'seen' }));
    if (!user) throw new Error('there is nobody');
    trips = [];
    return user;
  };
  const stored = async (id: string): Promise<Record<string, unknown>> => JSON.parse((await directory.reader.user(directory.open, id))?.resource ?? '{}') as Record<string, unknown>;

  before(async () => {
    directory = await DirectoryFeed.start();
    trips = [];
    const { database } = directory.provisioning;
    const watched = {
      ...database,
      shared: (...given: Parameters<typeof database.shared>) => (trips.push(given[0]), database.shared(...given)),
      lockThenApply: ((...given: Parameters<typeof database.lockThenApply>) => (trips.push('lock'), database.lockThenApply(...given))) as typeof database.lockThenApply,
    };
    options = { ...directory.provisioning, database: watched, recent: new RecentUsers() };
    feed = { open: directory.open, requestId: 'test', holder: 'a' };
  });
  after(() => directory.fresh.drop());

  it('takes one round trip, and comes to what lock and read come to', async () => {
    const [user, other] = [await seen(), await seen()];
    const group = await directory.group('all', [user.id, other.id]);
    trips = [];
    const known = await updateUser(options, feed, user.id, edit({ active: false, nickName: 'Nick' }));
    const locked = await updateUser(options, { ...feed, holder: 'b' }, other.id, edit({ active: false, nickName: 'Nick' }));
    expect(trips).to.deep.equal(['write', 'read', 'write']);
    expect(shape(known)).to.deep.equal(shape(locked));
    expect(known?.groups.map(({ id }) => id)).to.deep.equal([group]);
    const told = await directory.fresh.database.batch([directory.open, { name: '', text: `select action, details from audit_event where action = 'user.updated' and target_id = any($1) order by target_id, at`, values: [[user.id, other.id]] }]);
    expect((told[1] ?? []).filter(({ details }) => 'active' in (details as object))).to.have.length(2);
    const [, statuses] = await directory.fresh.database.batch([directory.open, { name: '', text: 'select status from membership where account_id = any($1)', values: [[user.accountId, other.accountId]] }]);
    expect(statuses).to.deep.equal([{ status: 'suspended' }, { status: 'suspended' }]);
  });

  it('that changes nothing is read and not written, and found out where something did change meanwhile', async () => {
    const user = await seen();
    const same = await updateUser(options, feed, user.id, () => undefined);
    expect([trips, same?.version]).to.deep.equal([['read'], user.version]);
    await updateUser(options, { ...feed, holder: 'b' }, user.id, edit({ title: 'other' }));
    trips = [];
    const titled = (current: DirectoryUser) => ((JSON.parse(current.resource) as { title: string }).title === 'seen' ? undefined : edit({ title: 'seen' })(current));
    expect((await updateUser(options, feed, user.id, titled))?.version).to.equal(user.version + 2);
    expect(trips).to.deep.equal(['read', 'write']);
  });

  it('loses nothing of what somebody else wrote meanwhile', async () => {
    const user = await seen();
    await updateUser(options, { ...feed, holder: 'b' }, user.id, edit({ nickName: 'Theirs' }));
    trips = [];
    const after = await updateUser(options, feed, user.id, edit({ title: 'Ours' }));
    expect(trips).to.deep.equal(['write', 'read', 'write']);
    expect(after?.version).to.equal(user.version + 2);
    expect(await stored(user.id)).to.include({ nickName: 'Theirs', title: 'Ours' });
  });

  it('is decided under lock where somebody is always faster', async () => {
    const user = await seen();
    let n = 0;
    const meddle = async (): Promise<unknown> => updateUser({ ...directory.provisioning }, { ...feed, holder: 'b' }, user.id, edit({ nickName: `n${n++}` }));
    const { database } = options;
    const overtaken = { ...options, database: { ...database, shared: async (...given: Parameters<typeof database.shared>) => (given[0] === 'write' && (await meddle()), database.shared(...given)) } };
    expect((await updateUser(overtaken, feed, user.id, edit({ title: 'Ours' })))?.version).to.equal(user.version + 3);
    expect(trips).to.deep.equal(['write', 'read', 'write', 'lock']);
    expect(await stored(user.id)).to.include({ nickName: 'n1', title: 'Ours' });
  });

  it('loses nothing when many change one user at a time', async () => {
    const user = await seen();
    await Promise.all(Array.from({ length: 24 }, (_, n) => updateUser(options, { ...feed, holder: `h${n % 3}` }, user.id, edit({ [`k${n}`]: n }))));
    expect(Object.keys(await stored(user.id)).filter((key) => /^k\d/.test(key))).to.have.length(24);
  });

  it('reaches whose user it is now, also when the account was joined with another meanwhile', async () => {
    const [user, other] = [await seen(), await seen()];
    await directory.fresh.database.batch([directory.open, { name: '', text: 'update directory_user set account_id = $2 where id = $1', values: [user.id, other.accountId] }]);
    expect((await updateUser(options, feed, user.id, edit({ active: false })))?.accountId).to.equal(other.accountId);
    const [, statuses] = await directory.fresh.database.batch([directory.open, { name: '', text: 'select status from membership where account_id = $1', values: [other.accountId] }]);
    expect(statuses).to.deep.equal([{ status: 'suspended' }]);
  });

  it('is told of nobody who is gone', async () => {
    const user = await seen();
    await deleteUser(options, { ...feed, holder: 'b' }, user.id, () => undefined);
    expect(await updateUser(options, feed, user.id, edit({ title: 'x' }))).to.equal(undefined);
  });

  it('is refused for what stands there, not for what was remembered', async () => {
    const user = await seen();
    await updateUser(options, { ...feed, holder: 'b' }, user.id, edit({ nickName: 'Later' }));
    const refusal = await updateUser(options, feed, user.id, (current) => {
      throw new Error(`version ${current.version}`);
    }).catch((error: Error) => error.message);
    expect(refusal).to.equal(`version ${user.version + 1}`);
  });

  it('leaves nothing behind when it is refused by the database', async () => {
    const [user, other] = [await seen(), await seen({ userName: 'taken' })];
    const refused: unknown = await updateUser(options, feed, user.id, edit({ userName: 'TAKEN', title: 'never' })).catch((error: unknown) => error);
    expect(uniqueViolation(refused)).to.be.a('string');
    expect((await stored(user.id))['title']).to.equal('seen');
    expect((await stored(other.id))['userName']).to.equal('taken');
  });
});
