import { expect } from 'chai';
import * as fc from 'fast-check';
import { organizationContext, type Row } from '#hub/database/index.js';
import { parseGroupRoleMap, replaceRoleMappings, rulesFrom } from '#hub/domain/access/index.js';
import { updateGroup, type MemberDelta } from '#hub/provisioning/index.js';
import { DirectoryFeed } from '../support/directory-feed.ts';

const PEOPLE = 6;
const UNKNOWN = '00000000-0000-7000-8000-000000000000';

const failure = (work: Promise<unknown>): Promise<string> => work.then(() => 'done', (error: { code?: string }) => String(error.code));

describe('a change of members', () => {
  let feed: DirectoryFeed;
  let people: string[];
  let serial = 0;

  const rows = async (text: string, ...values: unknown[]): Promise<Row[]> => {
    const context = organizationContext({ orgId: feed.orgId, actor: 'test' });
    return (await feed.fresh.database.batch([context, { name: '', text, values }]))[1] ?? [];
  };
  /** In one statement where the database sees that nothing is to be decided. */
  const change = (group: string, ...members: MemberDelta[]) => updateGroup(feed.provisioning, { open: feed.open, requestId: 'r' }, group, { members });
  /** As though the group's own fields might change too: decided here, always. */
  const decide = (group: string, ...members: MemberDelta[]) =>
    updateGroup(feed.provisioning, { open: feed.open, requestId: 'r' }, group, { fields: () => undefined, members });

  const live = async (group: string) => (await rows('select member_id, user_ref, group_ref from directory_member where group_id = $1 and valid_to is null order by 1', group));
  const periods = async (group: string) =>
    (await rows('select member_id, count(*)::int as ended from directory_member where group_id = $1 and valid_to is not null group by 1 order by 1', group));
  const told = async (group: string) =>
    (await rows(`select actor, action, target_type, details, request_id from audit_event where target_id = $1 and action <> 'group.created' order by at, id`, group))
      .map((event) => {
        const { added, removed } = event['details'] as Record<'added' | 'removed', { count: number; ids: string[] }>;
        return { ...event, details: { added: { ...added, ids: added.ids.toSorted() }, removed: { ...removed, ids: removed.ids.toSorted() } } };
      });
  const versionOf = async (group: string) => (await feed.reader.group(feed.open, group, false))?.group.version;
  const group = (...members: string[]): Promise<string> => feed.group(`group ${(serial += 1)}`, members);
  const roles = async (person: string): Promise<unknown[]> =>
    (await rows('select r.role from role_grant r join directory_user u on u.account_id = r.account_id where u.id = $1 order by 1', person)).map(({ role }) => role);

  const mapTo = (text: string) =>
    feed.fresh.database.withOrganization({ orgId: feed.orgId, actor: 'test' }, (tx) => replaceRoleMappings(tx, rulesFrom(parseGroupRoleMap(text), 'organization')));

  before(async () => {
    feed = await DirectoryFeed.start();
    people = await Promise.all(Array.from({ length: PEOPLE }, (_, index) => feed.user({ userName: `person${index}@example.com` })));
  });
  after(() => feed.fresh.drop());

  it('comes to the same rows, events and version whether the database or the hub decides', async () => {
    const ids = fc.subarray(Array.from({ length: PEOPLE }, (_, index) => index), { minLength: 1 });
    const delta = fc.oneof(
      fc.record({ kind: fc.constantFrom('add' as const, 'remove' as const, 'replaceAll' as const), ids }),
      fc.constant({ kind: 'removeAll' as const }),
    );
    const steps = fc.array(fc.array(delta, { maxLength: 3 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const [one, other] = [await group(), await group()];
        for (const deltas of sequence) {
          const members = deltas.map((step): MemberDelta => (step.kind === 'removeAll' ? step : { ...step, ids: step.ids.map((index) => people[index] ?? '') }));
          expect([await change(one, ...members), await decide(other, ...members)]).to.deep.equal([true, true]);
          expect(await live(one)).to.deep.equal(await live(other));
        }
        expect(await periods(one)).to.deep.equal(await periods(other));
        expect(await told(one)).to.deep.equal(await told(other));
        expect(await versionOf(one)).to.equal(await versionOf(other));
      }),
      { numRuns: 15 },
    );
  });

  it('names at most a hundred in the trail, the same ones', async function () {
    this.timeout(20_000);
    const many = await Promise.all(Array.from({ length: 103 }, (_, index) => feed.user({ userName: `many${index}@example.com` })));
    const [one, other] = [await group(), await group()];
    await change(one, { kind: 'add', ids: many });
    await decide(other, { kind: 'add', ids: many });
    await change(one, { kind: 'remove', ids: many });
    await decide(other, { kind: 'remove', ids: many });
    const [added, removed] = await told(one);
    expect(added?.details.added.count).to.equal(103);
    expect(removed?.details.removed).to.deep.equal({ count: 103, ids: many.slice(0, 100).toSorted() });
    expect([added, removed]).to.deep.equal(await told(other));
  });

  it('says that there is no such group, and of somebody unknown that there is nobody', async () => {
    expect(await change(UNKNOWN, { kind: 'add', ids: [people[0] ?? ''] })).to.equal(false);
    const one = await group();
    const [somebody = ''] = people;
    for (const ids of [[UNKNOWN], [somebody, UNKNOWN]]) expect(await failure(change(one, { kind: 'add', ids }))).to.equal('directory.member_unknown');
    for (const ids of [[one], [somebody, one]]) expect(await failure(change(one, { kind: 'add', ids }))).to.equal('directory.group_in_itself');
    expect(await live(one)).to.deep.equal([]);
    expect(await change(one, { kind: 'remove', ids: [UNKNOWN] }, { kind: 'remove', ids: people })).to.equal(true);
    expect(await told(one)).to.deep.equal([]);
  });

  it('sees nothing of another feed', async () => {
    const neighbour = await DirectoryFeed.start(feed.fresh);
    const [theirs, stranger] = [await neighbour.group('theirs'), await neighbour.user({ userName: 'stranger@example.com' })];
    expect(await change(theirs, { kind: 'add', ids: people })).to.equal(false);
    expect(await failure(change(await group(), { kind: 'add', ids: [stranger] }))).to.equal('directory.member_unknown');
  });

  it('takes groups in and out, and knows who stands under them', async () => {
    const [outer, inner] = [await group(), await group()];
    const [somebody = '', another = ''] = people;
    await change(outer, { kind: 'add', ids: [inner, somebody] });
    await change(inner, { kind: 'add', ids: [another] });
    expect((await live(outer)).filter((row) => row['group_ref'] === inner)).to.have.length(1);
    const closure = () => rows('select ancestor_id from directory_group_closure where descendant_id = $1', inner);
    expect(await closure()).to.deep.equal([{ ancestor_id: outer }]);
    await change(outer, { kind: 'remove', ids: [inner] }, { kind: 'remove', ids: [somebody] });
    expect([await live(outer), await closure()]).to.deep.equal([[], []]);
    await change(outer, { kind: 'add', ids: [inner] });
    await change(outer, { kind: 'remove', ids: [inner] });
    expect([await live(outer), await closure()]).to.deep.equal([[], []]);
  });

  describe('while something else makes it give roles', () => {
    it('is a rule of the organization that came before: the roles are there at once', async () => {
      const [one, [somebody = '', another = '']] = [await group(), people];
      await mapTo(`group ${serial}=reader`);
      await change(one, { kind: 'add', ids: [somebody] });
      await change(one, { kind: 'add', ids: [another] }, { kind: 'remove', ids: [somebody] });
      expect([await roles(somebody), await roles(another)]).to.deep.equal([[], ['reader']]);
      await change(one, { kind: 'removeAll' });
      await mapTo('');
    });

    it('is a rule of the operator: the roles are there at once', async () => {
      const [one, [somebody = '']] = [await group(), people];
      const provisioning = { ...feed.provisioning, roles: { rules: rulesFrom(parseGroupRoleMap(`group ${serial}=operator`), 'environment'), defaults: [] } };
      const set = (kind: 'add' | 'remove') => updateGroup(provisioning, { open: feed.open, requestId: 'r' }, one, { members: [{ kind, ids: [somebody] }] });
      await set('add');
      expect(await roles(somebody)).to.deep.equal(['operator']);
      await set('remove');
      expect(await roles(somebody)).to.deep.equal([]);
    });

    it('is a group above it: the roles of that one are there at once', async () => {
      const [inner, outer, [somebody = '']] = [await group(), await group(), people];
      await mapTo(`group ${serial}=reader`);
      await change(outer, { kind: 'add', ids: [inner] });
      await change(inner, { kind: 'add', ids: [somebody] });
      expect(await roles(somebody)).to.deep.equal(['reader']);
      await change(outer, { kind: 'remove', ids: [inner] });
      expect(await roles(somebody)).to.deep.equal([]);
      await mapTo('');
    });

    it('is a rule that goes and comes: each time the roles are those of the moment', async () => {
      const [one, [somebody = '', another = '']] = [await group(), people];
      const name = `group ${serial}`;
      for (const map of ['', `${name}=reader`, '', `${name}=writer`]) {
        await mapTo(map);
        for (const person of [somebody, another]) {
          await change(one, { kind: 'add', ids: [person] });
          expect(await roles(person)).to.deep.equal(map === '' ? [] : [map.slice(name.length + 1)]);
          await change(one, { kind: 'remove', ids: [person] });
          expect(await roles(person)).to.deep.equal([]);
        }
      }
      await mapTo('');
    });

    it('is a group that comes above it at the same time: whoever is in has the roles of that one in the end', async () => {
      const [inner, outer] = [await group(), await group()];
      await mapTo(`group ${serial}=reader`);
      await Promise.all([...people.map((person) => change(inner, { kind: 'add', ids: [person] })), change(outer, { kind: 'add', ids: [inner] })]);
      expect(await Promise.all(people.map(roles))).to.deep.equal(people.map(() => ['reader']));
      await Promise.all([change(outer, { kind: 'remove', ids: [inner] }), ...people.slice(1).map((person) => change(inner, { kind: 'remove', ids: [person] }))]);
      expect(await Promise.all(people.map(roles))).to.deep.equal(people.map(() => []));
      await mapTo('');
    });

    it('waits for a rule that is being written, and gives what it says', async () => {
      const [one, [somebody = '']] = [await group(), people];
      const name = `group ${serial}`;
      let waiting: Promise<boolean> | undefined;
      await feed.fresh.database.withOrganization({ orgId: feed.orgId, actor: 'test' }, async (tx) => {
        await replaceRoleMappings(tx, rulesFrom(parseGroupRoleMap(`${name}=late`), 'organization'));
        waiting = change(one, { kind: 'add', ids: [somebody] });
        const settled = await Promise.race([waiting.then(() => true), new Promise<boolean>((done) => setTimeout(() => done(false), 100))]);
        expect(settled).to.equal(false);
      });
      expect(await waiting).to.equal(true);
      expect(await roles(somebody)).to.deep.equal(['late']);
      await mapTo('');
    });
  });
});
