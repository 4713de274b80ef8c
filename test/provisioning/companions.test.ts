import { expect } from 'chai';
import type { DirectoryUser } from '#hub/domain/directory/index.js';
import { userFields } from '#hub/endpoints/scim/user-resource.js';
import { type Feed, type ProvisioningOptions, RecentUsers, updateUser } from '#hub/provisioning/index.js';
import { DirectoryFeed } from '../support/directory-feed.ts';

const times = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
const edit = (more: object) => (current: DirectoryUser) => userFields(current.id, { ...(JSON.parse(current.resource) as object), ...more });

describe('people who are changed at the same time', () => {
  let directory: DirectoryFeed;
  let options: ProvisioningOptions;
  let feed: Feed;
  let ids: string[];
  let trips: string[][];
  const rows = async (text: string, ...values: unknown[]): Promise<Record<string, unknown>[]> => (await directory.fresh.database.batch([directory.open, { name: '', text, values }]))[1] ?? [];

  before(async () => {
    directory = await DirectoryFeed.start();
    const { database } = directory.provisioning;
    const batch: typeof database.shared = (kind, statements, locks) => {
      if (kind === 'write') trips.push(statements.map(({ name }) => name));
      return database.shared(kind, statements, locks);
    };
    options = { ...directory.provisioning, database: { ...database, shared: batch }, recent: new RecentUsers() };
    feed = { open: directory.open, requestId: 'test', holder: 'a' };
  });
  beforeEach(async () => {
    trips = [];
    ids = await Promise.all(times(24).map((n) => directory.user({ userName: `u${Math.random()}`, title: `t${n}` })));
  });
  after(() => directory.fresh.drop());

  it('each become what their own change says: row, groups, membership, event', async () => {
    const group = await directory.group(`g${Math.random()}`, ids.filter((_, n) => n % 2 === 0));
    const changed = await Promise.all(ids.map((id, n) => updateUser(options, feed, id, edit({ nickName: `"{\\,'${n}`, displayName: n % 3 === 0 ? null : `D${n}`, active: n % 4 !== 0 }))));
    expect(changed.map((user) => [user?.id, user?.version, user?.active, user?.groups.map(({ id }) => id)])).to.deep.equal(
      ids.map((id, n) => [id, 2, n % 4 !== 0, n % 2 === 0 ? [group] : []]),
    );
    const found = await rows(
      `select u.id, u.version::int as version, u.active, u.resource::json ->> 'nickName' as nick, u.display_name_key as name, m.status, m.display_name,
              (select count(*)::int from audit_event e where e.target_id = u.id::text and e.action = 'user.updated') as told,
              (select count(*)::int from outbox_event o where o.payload ->> 'account' = u.account_id::text) as heard
         from directory_user u join membership m on m.account_id = u.account_id where u.id = any($1) order by array_position($1, u.id)`,
      ids,
    );
    expect(found).to.deep.equal(
      ids.map((id, n) => ({
        id,
        version: 2,
        active: n % 4 !== 0,
        nick: `"{\\,'${n}`,
        name: n % 3 === 0 ? null : `d${n}`,
        status: n % 4 === 0 ? 'suspended' : 'active',
        display_name: n % 3 === 0 ? null : `D${n}`,
        told: 1,
        heard: n % 4 === 0 ? 1 : 0,
      })),
    );
  });

  it('are changed all but the one whose new name is taken, and whoever was changed by somebody else is looked at again', async () => {
    await directory.user({ userName: 'taken' });
    for (const id of ids) await updateUser(options, feed, id, edit({ nickName: 'seen' }));
    await updateUser(options, { ...feed, holder: 'b' }, ids[5] ?? '', edit({ title: 'theirs' }));
    const outcomes = await Promise.allSettled(ids.map((id, n) => updateUser(options, feed, id, edit(n === 3 ? { userName: 'TAKEN' } : { nickName: `n${n}` }))));
    expect(outcomes.flatMap(({ status }, n) => (status === 'rejected' ? [n] : []))).to.deep.equal([3]);
    const found = await rows(`select u.version::int as version, u.resource::json ->> 'nickName' as nick, u.resource::json ->> 'title' as title from directory_user u where u.id = any($1) order by array_position($1, u.id)`, ids);
    expect(found).to.deep.equal(ids.map((_, n) => ({ version: n === 3 ? 2 : n === 5 ? 4 : 3, nick: n === 3 ? 'seen' : `n${n}`, title: n === 5 ? 'theirs' : `t${n}` })));
  });

  it('may be one and the same, who is then changed once by each', async () => {
    const [one = ''] = ids;
    await Promise.all(times(12).map((n) => updateUser(options, feed, one, edit({ [`k${n}`]: n }))));
    const [found] = await rows('select u.version::int as version, u.resource as text from directory_user u where u.id = $1', one);
    expect(found?.['version']).to.equal(13);
    expect(Object.keys(JSON.parse(String(found?.['text'])) as object).filter((key) => /^k\d/.test(key))).to.have.length(12);
  });
});
