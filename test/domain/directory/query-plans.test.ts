import { expect } from 'chai';
import { Client } from 'pg';
import type { Statement } from '#hub/database/index.js';
import { changeMembers } from '#hub/domain/access/index.js';
import * as directory from '#hub/domain/directory/index.js';
import type { Condition, PageRequest, Sort } from '#hub/domain/directory/index.js';
import { countMatches, findPage } from '#hub/domain/directory/query-page-store.js';
import { DirectoryFeed } from '../../support/directory-feed.ts';
import { fillWithUsers, numberedUser } from '../../support/many-users.ts';
import { asOwner } from '../../support/owner.ts';

const PEOPLE = 100_000;
const SOMEBODY = numberedUser(777);
const FIRST: PageRequest = { kind: 'offset', offset: 0, limit: 100 };
const following = (value: string | null): PageRequest => ({ kind: 'after', position: { value, id: SOMEBODY }, limit: 100, total: 1 });

const column = (name: directory.KeyColumn, comparison: directory.Comparison, value: string): Condition => ({ kind: 'compare', operand: { kind: 'column', column: name }, comparison, value });
const displayName: directory.PathOperand = { kind: 'path', path: ['displayName'], type: 'text', folded: true, searchable: true, keyed: false };
const byUserName = (descending: boolean): Sort => ({ operand: { kind: 'column', column: 'userName' }, descending });
const edge = (part: 'id' | 'name', value: string): Condition => ({ kind: 'compare', operand: { kind: 'edge', part }, comparison: 'equals', value });

const users = (condition: Condition | undefined, page: PageRequest = FIRST, sort?: Sort): Statement => findPage({ ...(condition && { condition }), ...(sort && { sort }) }, 'User', page);
const groups = (condition: Condition): Statement => findPage({ condition }, 'Group', FIRST);

const FIELDS: directory.DirectoryUserFields = {
  userName: 'new@example.com', externalId: null, displayName: null, givenName: null, familyName: null, email: null, otherEmails: [], valueKeys: [], active: true, profile: {}, resource: '{}',
};

/** Every statement that a feed's ordinary requests run over its directory, and the index that each must use. */
const HOT: Readonly<Record<string, readonly [Statement, string]>> = {
  'read a user': [directory.readUser(SOMEBODY), 'directory_user_pkey'],
  'lock a user': [directory.lockUser(SOMEBODY), 'directory_user_pkey'],
  'change a user': [directory.updateUser(SOMEBODY, FIELDS), 'directory_user_pkey'],
  'delete a user': [directory.deleteUser(SOMEBODY), 'directory_user_pkey'],
  'a user by userName': [directory.findUsersByUserName('person1@example.com'), 'directory_user_user_name'],
  'a user by externalId': [directory.findUsersByExternalId('x'), 'directory_user_external_id'],
  'a page of users': [directory.listUsers({ offset: 0, limit: 100 }), 'directory_user_page'],
  'read a group': [directory.readGroup(SOMEBODY), 'directory_group_(pkey|page)'],
  'share a group': [directory.shareGroup(SOMEBODY), 'directory_group_(pkey|page)'],
  'lock a group': [directory.lockGroup(SOMEBODY), 'directory_group_(pkey|page)'],
  'a group by displayName': [directory.findGroupsByDisplayName('team'), 'directory_group_display_name'],
  'a group by externalId': [directory.findGroupsByExternalId('x'), 'directory_group_external_id'],
  'a page of groups': [directory.listGroups({ offset: 0, limit: 100 }), 'directory_group_page'],
  'members of a group': [directory.readMembers(SOMEBODY), 'directory_member_live'],
  'members of groups': [directory.readMembersOfGroups([SOMEBODY]), 'directory_member_live'],
  'remove a user from groups': [directory.removeUserFromGroups(SOMEBODY), 'directory_member_user'],
  'how many there are': [directory.readCount('User'), 'directory_count_connection'],
  'userName equals, in a query': [users(column('userName', 'equals', 'a')), 'directory_user_user_name'],
  'userName begins': [users(column('userName', 'begins', 'person7')), 'directory_user_names'],
  'userName above': [users(column('userName', 'above', 'person7')), 'directory_user_names'],
  'externalId equals, in a query': [users({ kind: 'all', of: [column('externalId', 'equals', 'x'), column('userName', 'contains', 'abc')] }), 'directory_user_external_id'],
  'id equals, in a query': [users(column('id', 'equals', SOMEBODY)), 'directory_user_pkey'],
  'one of two names': [users({ kind: 'any', of: [column('userName', 'equals', 'a'), column('userName', 'equals', 'b')] }), 'directory_user_user_name'],
  'userName contains': [users(column('userName', 'contains', 'abcd')), 'directory_user_pkey'],
  'userName contains, counted': [countMatches({ condition: column('userName', 'contains', 'abcd') }, 'User'), 'directory_user_pkey'],
  'displayName ends': [users({ kind: 'compare', operand: displayName, comparison: 'ends', value: 'abcd' }), 'directory_user_pkey'],
  'a value of the resource': [users({ kind: 'compare', operand: { ...displayName, path: ['title'], searchable: false, keyed: true }, comparison: 'equals', value: 'boss' }), 'directory_user_pkey'],
  'a part of the JSON': [users({ kind: 'all', of: [{ kind: 'compare', operand: { ...displayName, path: ['title'], searchable: false }, comparison: 'equals', value: 'engineer' }] }), 'directory_user_(page|names)'],
  'members of a group, as users': [users(edge('id', SOMEBODY)), 'directory_member_live'],
  'members of a group by its name': [users(edge('name', 'team')), 'directory_group_display_name'],
  'groups with a member': [groups(edge('id', SOMEBODY)), 'directory_member_user'],
  'walk by id': [users(undefined, following(null)), 'directory_user_page'],
  'first page by userName': [users(undefined, FIRST, byUserName(false)), 'directory_user_names'],
  'walk by userName': [users(undefined, following('person7'), byUserName(false)), 'directory_user_names'],
  'walk by userName, downwards': [users(undefined, following('person7'), byUserName(true)), 'directory_user_names'],
};

const literal = (value: unknown): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `'{${value.join(',')}}'`;
  return `'${(typeof value === 'string' ? value : JSON.stringify(value)).replaceAll("'", "''")}'`;
};

/** A session as the hub's are, which stays in one feed. */
async function sessionOf({ fresh, orgId, connectionId }: DirectoryFeed): Promise<Client> {
  const names = `'enable_seqscan', 'enable_hashjoin', 'enable_mergejoin', 'enable_sort', 'jit', 'plan_cache_mode'`;
  const [settings = []] = await fresh.database.batch([{ name: 'test.settings', text: `select name, setting from pg_settings where name in (${names})`, values: [] }]);
  const session = new Client({ connectionString: fresh.ownerUrl });
  await session.connect();
  for (const { name, setting } of settings) await session.query(`set ${String(name)} = ${String(setting)}`);
  await session.query('set role gatehouse_app');
  await session.query(`select set_config('app.org_id', $1, false), set_config('app.connection_id', $2, false), set_config('app.actor', 'test', false)`, [orgId, connectionId]);
  return session;
}

/** How often each index of the directory was read in this transaction, of those that were. */
async function scansOf(session: Client, tables: string): Promise<Record<string, number>> {
  const { rows } = await session.query<{ name: string; scans: number }>(
    `select indexrelid::regclass::text as name, pg_stat_get_xact_numscans(indexrelid)::int as scans
       from pg_index where indrelid::regclass::text like $1 and pg_stat_get_xact_numscans(indexrelid) > 0`,
    [tables],
  );
  return Object.fromEntries(rows.map(({ name, scans }) => [name, scans]));
}

describe('query plans of a young directory', () => {
  let feed: DirectoryFeed;
  let session: Client;
  let people: string[];
  before(async () => {
    feed = await DirectoryFeed.start();
    // one by one, as feeds do: whoever fills tables at once builds their indexes anew, in another order
    people = await Promise.all(Array.from({ length: 200 }, (_, index) => feed.user({ userName: `person${index}@example.com` })));
    session = await sessionOf(feed);
  });
  after(async () => {
    await session?.end();
    await feed?.fresh.drop();
  });

  it('find a user by id as one row, although nobody has analyzed the table', async () => {
    const [somebody = ''] = people;
    for (const { text, values } of [directory.readUser(somebody), directory.lockUser(somebody), directory.deleteUser(somebody)]) {
      const { rows } = await session.query<{ 'QUERY PLAN': string }>(`explain (costs off) ${text}`, [...values]);
      expect(rows.map((row) => row['QUERY PLAN']).join('\n')).to.match(/using directory_user_(page|pkey)\b/);
    }
  });

  it('find who comes to a group, or goes, in the same way, and so do the foreign keys', async () => {
    const group = await feed.group('few', people.slice(50));
    await session.query('begin');
    for (const ids of [people.slice(0, 1), people.slice(1, 3)]) {
      for (const change of [{ add: ids, remove: [] }, { add: [], remove: ids }]) {
        const { text, values } = changeMembers({ groupId: group, ...change, environmentKeys: [], requestId: 'test' });
        expect((await session.query(text, [...values])).rows).to.deep.equal([{ outcome: 'changed' }]);
      }
    }
    expect(Object.keys(await scansOf(session, 'directory_member')).filter((name) => !/_(live|group)$/.test(name))).to.deep.equal([]);
    expect(Object.keys(await scansOf(session, 'directory_user')).filter((name) => !/_(page|pkey)$/.test(name))).to.deep.equal([]);
    await session.query('rollback');
  });
});

describe('query plans at 100,000 users', function () {
  this.timeout(60_000);
  let feed: DirectoryFeed;
  let session: Client;
  let team: string;

  before(async () => {
    feed = await DirectoryFeed.start();
    const neighbour = await DirectoryFeed.start(feed.fresh);
    await fillWithUsers(feed, PEOPLE);
    await fillWithUsers(neighbour, 1_000, { from: 1_000_000_000 });
    team = await feed.group('team', [SOMEBODY]);
    session = await sessionOf(feed);
  });
  after(async () => {
    await session?.end();
    await feed?.fresh.drop();
  });

  async function planOf({ text, values }: Statement, mode: string): Promise<string> {
    await session.query(`set plan_cache_mode = ${mode}`);
    await session.query(`prepare hot as ${text}`);
    try {
      const execute = values.length === 0 ? 'execute hot' : `execute hot (${values.map(literal).join(', ')})`;
      const { rows } = await session.query<{ 'QUERY PLAN': string }>(`explain (costs off) ${execute}`);
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    } finally {
      await session.query('deallocate hot');
    }
  }

  /** How often each index of users was read in this transaction. */
  async function scans(): Promise<Record<string, number>> {
    const { rows } = await session.query<{ name: string; scans: number }>(
      `select indexrelid::regclass::text as name, pg_stat_get_xact_numscans(indexrelid)::int as scans from pg_index where indrelid = 'directory_user'::regclass`,
    );
    return Object.fromEntries(rows.map(({ name, scans }) => [name, scans]));
  }

  for (const [what, [statement, index]] of Object.entries(HOT)) {
    it(`${what}: uses ${index}, reads no table as a whole`, async () => {
      for (const mode of ['force_generic_plan', 'force_custom_plan']) {
        const plan = await planOf(statement, mode);
        expect(plan, `${mode}\n${plan}`).not.to.match(/Seq Scan on directory_/);
        expect(plan, `${mode}\n${plan}`).to.match(new RegExp(`(?:using|on) (?:${index})\\b`));
        expect(plan, `an index read for the whole organization, ${mode}\n${plan}`).not.to.match(/Index (?:Only )?Scan using .*\n *Index Cond: \(org_id = \(NULLIF\([^()]*(?:\([^()]*\))?[^()]*\)\)::uuid\)$/m);
      }
    });
  }

  /** How many entries of indexes of members were read in this transaction. */
  async function memberEntries(): Promise<number> {
    const { rows } = await session.query<{ read: number }>(
      `select sum(pg_stat_get_xact_tuples_returned(indexrelid))::int as read from pg_index where indrelid = 'directory_member'::regclass`,
    );
    return rows[0]?.read ?? 0;
  }

  it('changes members by keys alone, one or several', async () => {
    await session.query('set plan_cache_mode = force_generic_plan');
    await feed.group('many', Array.from({ length: 500 }, (_, n) => numberedUser(1_000 + n)));
    for (const [add, remove] of [[[numberedUser(5)], [SOMEBODY]], [[5, 6].map(numberedUser), [SOMEBODY, numberedUser(7)]]] as const) {
      await session.query('begin');
      try {
        const { text, values } = changeMembers({ groupId: team, add, remove, environmentKeys: [], requestId: 'test' });
        expect((await session.query(text, [...values])).rows).to.deep.equal([{ outcome: 'changed' }]);
        const removal = directory.removeMembers(team, add);
        expect((await session.query(removal.text, [...removal.values])).rows).to.have.length(add.length);
        expect(Object.keys(await scansOf(session, 'directory_user')).filter((name) => !/_(page|pkey)$/.test(name))).to.deep.equal([]);
        expect(Object.keys(await scansOf(session, 'directory_member')).filter((name) => !/_(live|group)$/.test(name))).to.deep.equal([]);
        expect(await memberEntries(), 'entries read').to.be.below(20);
        const { rows } = await session.query(`select relname from pg_class where relname like 'directory_%' and relkind = 'r' and pg_stat_get_xact_numscans(oid) > 0`);
        expect(rows, 'read as a whole').to.deep.equal([]);
      } finally {
        await session.query('rollback');
      }
    }
  });

  it('finds substrings by the search index and no other, also when the table has been analyzed', async () => {
    for (const prepare of ['', 'analyze directory_user']) {
      await asOwner(feed.fresh.ownerUrl, prepare);
      await session.query('begin');
      try {
        const before = await scans();
        const { rows } = await session.query<{ ids: string[] }>(`select directory_users_containing('person777.', 'son777', 200) as ids`);
        expect(rows[0]?.ids).to.deep.equal([numberedUser(777)]);
        expect(await scans()).to.deep.equal({ ...before, directory_user_search: (before['directory_user_search'] ?? 0) + 1 });
      } finally {
        await session.query('rollback');
      }
    }
  });

  it('parses no resource whose text does not say what is looked for', async () => {
    const title: directory.PathOperand = { ...displayName, path: ['title'], searchable: false };
    const { text, values } = users({ kind: 'compare', operand: title, comparison: 'equals', value: 'engineer 77' });
    await session.query(`prepare hot as ${text}`);
    try {
      const { rows } = await session.query<{ 'QUERY PLAN': string }>(`explain (analyze, timing off, costs off) execute hot (${values.map(literal).join(', ')})`);
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      // one title in a hundred is this one; the parsed document is the row that no table gives
      expect(plan).to.match(/Result \(actual rows=1(?:\.00)? loops=1000\)/);
    } finally {
      await session.query('deallocate hot');
    }
  });

  it('finds who has a value by the search index and no other, of the asking feed alone', async () => {
    const branch = await DirectoryFeed.start(feed.fresh);
    const boss = await branch.user({ userName: 'boss@example.com', title: 'Boss' });
    await branch.user({ userName: 'clerk@example.com', title: 'Clerk' });
    const ask = async ({ orgId, connectionId }: DirectoryFeed, bound: number): Promise<string[] | null> => {
      await session.query(`select set_config('app.org_id', $1, false), set_config('app.connection_id', $2, false)`, [orgId, connectionId]);
      return (await session.query<{ ids: string[] | null }>('select directory_users_with_value($1, $2) as ids', [directory.valueKey(['title'], 'BOSS'), bound])).rows[0]?.ids ?? null;
    };
    await session.query('begin');
    try {
      const before = await scans();
      expect(await ask(branch, 100)).to.deep.equal([boss]);
      expect(await scans()).to.deep.equal({ ...before, directory_user_search: (before['directory_user_search'] ?? 0) + 1 });
    } finally {
      await session.query('rollback');
    }
    expect(await ask(branch, 0)).to.equal(null);
    expect(await ask(feed, 100), 'whose values nobody knows may have any').to.equal(null);
  });

  it('names candidates of the asking feed alone, and gives up when there are too many', async () => {
    const ask = async (needle: string, bound: number, piece = needle): Promise<string[] | null> =>
      (await session.query<{ ids: string[] | null }>('select directory_users_containing($1, $2, $3) as ids', [needle, piece, bound])).rows[0]?.ids ?? null;
    expect(await ask('person1000000', 100)).to.deep.equal([]);
    expect(await ask('@example.com', 100)).to.equal(null);
    expect(await ask('person777.', 100, 'example'), 'too many have the piece: the whole is looked for').to.deep.equal([numberedUser(777)]);
    expect(await ask('person777.', 200, 'son777'), 'who has the piece alone is none').to.deep.equal([numberedUser(777)]);
    expect(await ask('100%_\\', 100)).to.deep.equal([]);
    await session.query(`select set_config('app.connection_id', '', false)`);
    expect(await ask('person777.', 100)).to.deep.equal([]);
    await session.query(`select set_config('app.connection_id', $1, false)`, [feed.connectionId]);
  });

  it('looks at everybody where a text is everybody\'s, and at few where it is one person\'s', async () => {
    const everybody = await feed.reader.findUsers(feed.open, { condition: column('userName', 'contains', '@example.com') }, { kind: 'offset', offset: 10, limit: 2 });
    expect(everybody.total).to.equal(PEOPLE);
    expect(everybody.resources.map(({ id }) => id)).to.deep.equal([numberedUser(11), numberedUser(12)]);
    const one = await feed.reader.findUsers(feed.open, { condition: column('userName', 'contains', 'person777.') }, FIRST);
    expect(one).to.deep.include({ total: 1 });
  });

  it('answers the last page by number from the end', async () => {
    const { total, resources } = await feed.reader.users(feed.open, { offset: PEOPLE - 3, limit: 100 });
    expect(total).to.equal(PEOPLE);
    expect(resources.map(({ id }) => id)).to.deep.equal([PEOPLE - 2, PEOPLE - 1, PEOPLE].map(numberedUser));
    expect((await feed.reader.users(feed.open, { offset: PEOPLE - 150, limit: 100 })).resources.map(({ id }) => id)).to.deep.equal(Array.from({ length: 100 }, (_, n) => numberedUser(PEOPLE - 149 + n)));
    expect((await feed.reader.users(feed.open, { offset: PEOPLE, limit: 100 })).resources).to.deep.equal([]);
    expect((await feed.reader.users(feed.open, { offset: PEOPLE - 3, limit: 0 })).resources).to.deep.equal([]);
  });
});
