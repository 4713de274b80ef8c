import { expect } from 'chai';
import { DatabaseError } from 'pg';
import type { Database } from '#hub/database/index.js';
import type { DirectoryUser, UniqueChange } from '#hub/domain/directory/index.js';
import { userFields } from '#hub/endpoints/scim/user-resource.js';
import { type Feed, type ProvisioningOptions, RecentUsers, createGroup, createUser, updateGroup, updateUser } from '#hub/provisioning/index.js';
import { DirectoryFeed } from '../support/directory-feed.ts';

const claim = (digit: string): UniqueChange => ({ claim: [{ digest: digit.repeat(64), attribute: 'urn:example:number', wide: false }], release: [] });

const edit = (more: object, unique?: UniqueChange) => (current: DirectoryUser) => ({
  ...userFields(current.id, { ...(JSON.parse(current.resource) as object), ...more }),
  ...(unique && { unique }),
});

/** Cannot tell whose roles are to be resolved. */
const failing = (database: Database, error: Error): Database => ({
  ...database,
  async batch(statements) {
    if (statements.some(({ name }) => name === 'accounts.membership.stale')) throw error;
    return database.batch(statements);
  },
});

/** What goes to the database for a change, by name and in its order. */
describe('a write of a resource', () => {
  let directory: DirectoryFeed;
  let options: ProvisioningOptions;
  let sent: string[][];
  let feed: Feed;
  before(async () => {
    directory = await DirectoryFeed.start();
    const { database } = directory.fresh;
    const watched: Database = {
      ...database,
      shared: (kind, statements) => (sent.push(statements.map(({ name }) => name)), database.shared(kind, statements)),
      batch: (statements) => (sent.push(statements.map(({ name }) => name)), database.batch(statements)),
      lockThenApply: (lock, decide) => {
        sent.push(lock.map(({ name }) => name));
        return database.lockThenApply(lock, (rows) => {
          const decision = decide(rows);
          sent.push(decision.apply.map(({ name }) => name));
          return decision;
        });
      },
    };
    options = { ...directory.provisioning, database: watched, recent: new RecentUsers() };
    feed = { open: directory.open, requestId: 'test', holder: 'a' };
  });
  beforeEach(() => {
    sent = [];
  });
  after(() => directory.fresh.drop());


  it('sends no statement more than ever while nothing of it is unique', async () => {
    const { id } = await createUser(options, feed, (one) => userFields(one, { userName: 'plain' }));
    await updateUser(options, feed, id, edit({ title: 'a' }));
    await updateUser(options, feed, id, edit({ title: 'b' }));
    const group = await createGroup(options, feed, (one) => ({ displayName: 'g', externalId: null, resource: `{"id":"${one}"}` }), []);
    await updateGroup(options, feed, group.id, { fields: (current) => ({ ...current, displayName: 'h' }), members: [] });
    expect(sent).to.deep.equal([
      ['test.open-feed', 'provisioning.user.create'],
      ['test.open-feed', 'directory.user.read'],
      ['test.open-feed', 'directory.user.update-at', 'provisioning.user.changed'],
      ['test.open-feed', 'directory.user.update-at', 'provisioning.user.changed'],
      ['test.open-feed', 'access.lock-members'],
      ['directory.group.insert', 'directory.count.append', 'audit.append-one'],
      ['test.open-feed', 'directory.group.lock', 'access.lock-members'],
      ['directory.group.update audit.append-one'],
    ]);
  });

  it('is done once it is committed, also where what is unique changes before roles have followed', async () => {
    const inner = await directory.group('inner');
    const changed = Object.assign(new DatabaseError('what is unique has changed', 1, 'error'), { code: 'GH410' });
    const make = (error: Error, displayName: string): Promise<{ id: string }> =>
      createGroup({ ...options, database: failing(options.database, error) }, feed, (one) => ({ displayName, externalId: null, resource: `{"id":"${one}"}` }), [inner]);
    expect((await make(changed, 'outer')).id).to.be.a('string');
    expect(await make(new Error('lost'), 'other').catch((error: Error) => error.message)).to.equal('lost');
  });

  it('takes no round trip more where a value is unique', async () => {
    const { id } = await createUser(options, feed, (one) => ({ ...userFields(one, { userName: 'own' }), unique: claim('1') }));
    await updateUser(options, feed, id, edit({ title: 'a' }, claim('2')));
    await updateUser(options, feed, id, edit({ title: 'b' }, { claim: claim('3').claim, release: claim('2').claim }));
    expect(sent).to.deep.equal([
      ['test.open-feed', 'provisioning.user.create', 'directory.unique-value.claim-User'],
      ['test.open-feed', 'directory.user.read'],
      ['test.open-feed', 'directory.user.update-at', 'provisioning.user.changed', 'directory.unique-value.claim-User'],
      ['test.open-feed', 'directory.user.update-at', 'provisioning.user.changed', 'directory.unique-value.release-User', 'directory.unique-value.claim-User'],
    ]);
  });
});
