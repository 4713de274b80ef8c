import { expect } from 'chai';
import { organizationContext } from '#hub/database/index.js';
import { userFields } from '#hub/endpoints/scim/user-resource.js';
import { uuidv7 } from '#hub/platform/uuid.js';
import { deleteUser, updateUser } from '#hub/provisioning/index.js';
import { DirectoryFeed } from '../support/directory-feed.ts';

/** Two feeds of one organization speak of one person: the second row is bound by hand, as linking accounts does. */
describe('the status of a membership', () => {
  let feed: DirectoryFeed;
  let account: string;
  let first: string;
  let second: string;

  const rows = async (text: string, ...values: unknown[]) => {
    const [, found = []] = await feed.fresh.database.batch([organizationContext({ orgId: feed.orgId, actor: 'test' }), { name: '', text, values }]);
    return found;
  };
  const openAt = (connectionId: string) => ({ open: { ...feed.open, values: [feed.orgId, connectionId] }, requestId: 'test' });
  const standing = async () => (await rows('select status, epoch::int as epoch from membership where account_id = $1', account))[0];
  const told = async () => (await rows(`select kind from outbox_event where payload ->> 'account' = $1 order by id`, account)).map(({ kind }) => kind);
  const say = (connectionId: string, id: string, active: boolean) =>
    updateUser(feed.provisioning, openAt(connectionId), id, (current) => userFields(current.id, { ...(JSON.parse(current.resource) as object), active }));

  let other: string;
  beforeEach(async () => {
    feed = await DirectoryFeed.start();
    other = uuidv7();
    await rows(`insert into connection (org_id, id, name, protocol) values ($1, $2, 'other', 'scim-only')`, feed.orgId, other);
    first = await feed.user({ userName: 'ann' });
    account = String((await rows('select account_id from directory_user where id = $1', first))[0]?.['account_id']);
    second = uuidv7();
    await rows(
      `insert into directory_user (org_id, connection_id, id, account_id, user_name_key, active, resource) values ($1, $2, $3, $4, 'ann', true, '{"schemas":[]}')`,
      feed.orgId, other, second, account,
    );
  });
  afterEach(() => feed.fresh.drop());

  it('is suspended while one feed holds the person inactive, and active again when none does', async () => {
    await say(feed.connectionId, first, false);
    expect(await standing()).to.deep.equal({ status: 'suspended', epoch: 2 });
    await say(other, second, false);
    await say(feed.connectionId, first, true);
    expect(await standing()).to.deep.equal({ status: 'suspended', epoch: 2 });
    await say(other, second, true);
    expect(await standing()).to.deep.equal({ status: 'active', epoch: 3 });
    expect(await told()).to.deep.equal(['membership.suspended', 'membership.activated']);
  });

  it('comes back when the feed that held the person back lets go', async () => {
    await say(other, second, false);
    expect(await deleteUser(feed.provisioning, openAt(other), second, () => undefined)).to.equal(true);
    expect(await standing()).to.deep.equal({ status: 'active', epoch: 3 });
  });

  it('is right whichever of two feeds speaks last', async () => {
    for (let round = 0; round < 8; round += 1) {
      await Promise.all([say(feed.connectionId, first, round % 2 === 0), say(other, second, round % 4 < 2)]);
      const [{ active } = { active: undefined }] = await rows('select bool_and(active) as active from directory_user where account_id = $1', account);
      expect((await standing())?.['status']).to.equal(active === true ? 'active' : 'suspended');
    }
  });

  it('is left alone by changes that switch nobody on or off', async () => {
    await rows(`update membership set status = 'suspended' where account_id = $1`, account);
    await updateUser(feed.provisioning, openAt(feed.connectionId), first, (current) => userFields(current.id, { ...(JSON.parse(current.resource) as object), userName: 'ann', title: 'Lead' }));
    expect(await standing()).to.deep.equal({ status: 'suspended', epoch: 1 });
    expect(await told()).to.deep.equal([]);
  });
});
