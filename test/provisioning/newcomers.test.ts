import { expect } from 'chai';
import { uniqueViolation } from '#hub/database/index.js';
import { userFields } from '#hub/endpoints/scim/user-resource.js';
import { type Feed, type ProvisioningOptions, createUser } from '#hub/provisioning/index.js';
import { DirectoryFeed } from '../support/directory-feed.ts';

const times = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

describe('people who are announced at the same time', () => {
  let directory: DirectoryFeed;
  let options: ProvisioningOptions;
  let feed: Feed;
  const announce = (userName: string, more: object = {}): Promise<{ readonly id: string; readonly accountId: string }> =>
    createUser(options, feed, (id) => userFields(id, { userName, displayName: `Name of ${userName}`, emails: [{ value: `${userName}@example.com`, primary: true }], title: 'Boss', ...more }));
  const rows = async (text: string): Promise<unknown[]> => (await directory.fresh.database.batch([directory.open, { name: '', text, values: [] }]))[1] ?? [];

  before(async () => {
    directory = await DirectoryFeed.start();
    const expiring = { ...directory.provisioning.roles, defaults: ['employee', 'guest'] };
    options = { ...directory.provisioning, roles: expiring };
    feed = { open: directory.open, requestId: 'test', holder: 'a' };
  });
  after(() => directory.fresh.drop());

  it('each become one account, membership, directory row and event, with the default roles of their own', async () => {
    const made = await Promise.all(times(25).map((n) => announce(`p${n}`, { active: n % 5 !== 0, nickName: `"{\\,'${n}`, externalId: n % 2 === 0 ? `x${n}` : undefined })));
    const found = await rows(
      `select u.id, u.account_id, u.active, u.external_id, m.status, m.user_name, m.display_name, m.email, u.resource::json ->> 'nickName' as nick, u.value_keys <> '{0}' as searchable,
              (select count(*)::int from account a where a.id = u.account_id) as accounts,
              (select array_agg(g.role order by g.role) from role_grant g where g.account_id = u.account_id) as roles,
              (select array_agg(e.details ->> 'account') from audit_event e where e.target_id = u.id::text and e.action = 'user.created') as told
         from directory_user u join membership m on m.account_id = u.account_id order by u.id`,
    );
    const expected = made
      .map(({ id, accountId }, n) => ({
        id,
        account_id: accountId,
        active: n % 5 !== 0,
        external_id: n % 2 === 0 ? `x${n}` : null,
        status: n % 5 === 0 ? 'suspended' : 'active',
        user_name: `p${n}`,
        display_name: `Name of p${n}`,
        email: `p${n}@example.com`,
        nick: `"{\\,'${n}`,
        searchable: true,
        accounts: 1,
        roles: ['employee', 'guest'],
        told: [accountId],
      }))
      .toSorted((a, b) => (a.id < b.id ? -1 : 1));
    expect(found).to.deep.equal(expected);
    expect(await rows(`select sum(amount)::int as total from directory_count where kind = 'User'`)).to.deep.equal([{ total: 25 }]);
  });

  it('are announced all but the one whose name is taken, and nothing of that one is left', async () => {
    await announce('taken');
    const outcomes = await Promise.allSettled(times(12).map((n) => announce(n === 6 ? 'TAKEN' : `q${n}`)));
    const refused = outcomes.flatMap((one, n) => (one.status === 'rejected' ? [[n, uniqueViolation(one.reason)]] : []));
    expect(refused).to.deep.equal([[6, 'directory_user_user_name']]);
    expect(await rows(`select count(*)::int as people from directory_user where user_name_key like 'q%' or user_name_key = 'taken'`)).to.deep.equal([{ people: 12 }]);
    expect(await rows('select count(*)::int as strays from account a where not exists (select from membership m where m.account_id = a.id)')).to.deep.equal([{ strays: 0 }]);
  });
});
