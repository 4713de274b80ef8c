import { expect } from 'chai';
import { organizationContext } from '#hub/database/index.js';
import { grantManually, parseGroupRoleMap, parseRoleOverrides, replaceRoleMappings, rulesFrom, writeOverrides } from '#hub/domain/access/index.js';
import { findMember, reconcileRoles, settleOwed, type ProvisioningOptions } from '#hub/provisioning/index.js';
import { DirectoryFeed } from '../support/directory-feed.ts';
import { pushPerson } from '../support/pushed.ts';

describe('roles that wait to be resolved', () => {
  let feed: DirectoryFeed;
  let other: DirectoryFeed;
  let options: ProvisioningOptions;
  /** Of the first test, not of the moment at which the file was read: the database's clock goes on meanwhile. */
  let now = 0;
  let alice: string;
  let bob: string;
  const context = () => ({ orgId: feed.orgId, actor: 'test' });

  const rows = async (text: string, ...values: unknown[]) => {
    const [, found = []] = await feed.fresh.database.batch([organizationContext(context()), { name: '', text, values }]);
    return found;
  };
  const storedRoles = async (account: string): Promise<unknown> => (await rows('select role from role_grant where account_id = $1 order by 1', account)).map(({ role }) => role);
  const epoch = async (account: string): Promise<number> => Number((await rows('select epoch from membership where account_id = $1', account))[0]?.['epoch']);
  const waiting = async (): Promise<unknown[]> => ((await feed.fresh.database.batch([{ name: '', text: 'select org_id from organizations_to_settle()', values: [] }]))[0] ?? []).map((row) => row['org_id']);
  const tell = (work: Parameters<typeof feed.fresh.database.withOrganization<unknown>>[1]) => feed.fresh.database.withOrganization(context(), work);

  before(async () => {
    now = Date.now();
    feed = await DirectoryFeed.start();
    other = await DirectoryFeed.start(feed.fresh);
    options = { ...feed.provisioning, clock: { now: () => now } };
    alice = (await pushPerson(feed.fresh.database, feed.orgId, feed.connectionId, 'alice', ['Engineers'])).accountId;
    bob = (await pushPerson(feed.fresh.database, feed.orgId, feed.connectionId, 'bob', [])).accountId;
  });
  after(() => feed.fresh.drop());

  it('are resolved wherever a process that died has left them, and then nothing is on the list', async () => {
    await tell((tx) => replaceRoleMappings(tx, rulesFrom(parseGroupRoleMap('Engineers=developer'), 'organization')));
    expect(await waiting()).to.have.members([feed.orgId, other.orgId]);
    expect(await settleOwed(options)).to.equal(1);
    expect(await storedRoles(alice)).to.deep.equal(['developer']);
    expect(await waiting()).to.deep.equal([]);
    expect(await settleOwed(options)).to.equal(0);
  });

  it('are found again when only one member was marked', async () => {
    await tell((tx) => grantManually(tx, { accountId: bob, role: 'auditor', expiresAt: null, grantedBy: 'test' }));
    expect(await waiting()).to.deep.equal([feed.orgId]);
    await settleOwed(options);
    expect(await waiting()).to.deep.equal([]);
  });

  it('end when a role given until then expires: the row goes, the epoch rises, the trail tells', async () => {
    await tell((tx) => grantManually(tx, { accountId: bob, role: 'admin', expiresAt: new Date(now + 60_000), grantedBy: 'test' }));
    await reconcileRoles(options, organizationContext(context()), [bob]);
    expect(await storedRoles(bob)).to.deep.equal(['admin', 'auditor']);
    const before = await epoch(bob);
    // The list is the database's, which has no clock of ours: what is due is made so.
    now += 120_000;
    await rows(`update membership set due_at = now() - interval '1 second' where account_id = $1 and due_at is not null`, bob);
    expect(await waiting()).to.deep.equal([feed.orgId]);
    expect(await settleOwed(options)).to.equal(1);
    expect(await storedRoles(bob)).to.deep.equal(['auditor']);
    expect(await epoch(bob)).to.equal(before + 1);
    expect(await waiting()).to.deep.equal([]);
    const [event] = await rows(`select details from audit_event where target_id = $1 order by at desc, id desc limit 1`, bob);
    expect(event?.['details']).to.deep.equal({ added: [], removed: [{ role: 'admin', cause: 'manual', causeRef: '' }] });
  });

  it('come back when a suppression expires, and what was issued before is known to be older', async () => {
    await tell((tx) => writeOverrides(tx, alice, parseRoleOverrides({ suppressed: ['developer'], expires_at: new Date(now + 60_000).toISOString() })));
    await reconcileRoles(options, organizationContext(context()), [alice]);
    expect((await findMember(options, feed.orgId, alice))?.roles).to.deep.equal([]);
    const before = await epoch(alice);
    now += 120_000;
    await rows(`update membership set due_at = now() - interval '1 second' where account_id = $1 and due_at is not null`, alice);
    expect(await settleOwed(options)).to.equal(1);
    expect((await findMember(options, feed.orgId, alice))?.roles).to.deep.equal(['developer']);
    expect(await epoch(alice)).to.equal(before + 1);
    expect(await waiting()).to.deep.equal([]);
    expect(await settleOwed(options)).to.equal(0);
  });

  it('of one organization do not wait for another one that fails', async () => {
    await tell((tx) => tx.sql(`update membership set claims = '{"role_overrides": 7}', resolved_generation = 0 where account_id = $1`, [alice]));
    const carol = (await pushPerson(feed.fresh.database, other.orgId, other.connectionId, 'carol', [])).accountId;
    const failure = await settleOwed({ ...options, roles: { rules: [], defaults: ['viewer'] } }).catch((error: unknown) => error);
    expect(failure).to.have.property('code', 'access.role_overrides_invalid');
    expect((await findMember(options, other.orgId, carol))?.roles).to.deep.equal(['viewer']);
  });
});
