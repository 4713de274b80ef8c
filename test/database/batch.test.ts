import { expect } from 'chai';
import { organizationContext, sqlState, uniqueViolation, type Statement } from '#hub/database/index.js';
import { asSuperuser, freshDatabase, type FreshDatabase } from '../support/database.ts';
import { asOwner } from '../support/owner.ts';

const A = '00000000-0000-4000-8000-00000000000a';
const B = '00000000-0000-4000-8000-00000000000b';
const inside = (orgId: string): Statement => organizationContext({ orgId, actor: 'system' });
const put = (orgId: string, id: number, note = ''): Statement => ({ name: 't.put', text: 'insert into scratch (org_id, id, note) values ($1, $2, $3) returning id', values: [orgId, id, note] });
const change = (note: string): Statement => ({ name: 't.change', text: 'update scratch set note = $1 where id = 1 returning note', values: [note] });
const touch = (id: number): Statement => ({ name: 't.touch', text: `update scratch set note = note || 'x' where id = $1`, values: [id] });
const unnamed = (text: string, ...values: unknown[]): Statement => ({ name: '', text, values });
const all: Statement = { name: 't.all', text: 'select * from scratch order by id', values: [] };

describe('batch', () => {
  let fresh: FreshDatabase;
  const { batch, lockThenApply } = {
    batch: (...statements: Statement[]) => fresh.database.batch(statements),
    lockThenApply: <T>(...parameters: Parameters<typeof fresh.database.lockThenApply<T>>) => fresh.database.lockThenApply(...parameters),
  };

  before(async () => {
    fresh = await freshDatabase();
    await asOwner(
      fresh.ownerUrl,
      `create table scratch (org_id uuid not null, id bigint primary key, note text not null, at timestamptz not null default '2026-01-02T03:04:05Z', doc jsonb not null default '{"a": [1]}')`,
      'alter table scratch enable row level security, force row level security',
      `create policy organization on scratch using (org_id = nullif(current_setting('app.org_id', true), '')::uuid)`,
      'grant select, insert, update, delete on scratch to gatehouse_app',
    );
  });
  after(() => fresh.drop());
  afterEach(() => asOwner(fresh.ownerUrl, 'truncate scratch'));

  it('answers with the rows of each statement, as values', async () => {
    const rows = await batch(inside(A), put(A, 1, 'x'), all, all);
    expect(rows[1]).to.deep.equal([{ id: 1 }]);
    const row = { org_id: A, id: 1, note: 'x', at: new Date('2026-01-02T03:04:05Z'), doc: { a: [1] } };
    expect(rows[2]).to.deep.equal([row]);
    expect(rows[3]).to.deep.equal([row]);
    const [, empty] = await batch(inside(B), all);
    expect(empty).to.deep.equal([]);
  });

  it('runs statements without a name, several in one batch, and keeps none of them prepared', async () => {
    const [, first, second] = await batch(inside(A), unnamed('select $1::int as n', 1), unnamed('select $1::text as t, 2 as n', 'x'));
    expect([first, second]).to.deep.equal([[{ n: 1 }], [{ t: 'x', n: 2 }]]);
    expect((await batch(inside(A), unnamed('select $1::bool as b', true)))[1]).to.deep.equal([{ b: true }]);
    await batch(inside(A), unnamed('select 1 / 0')).catch(() => undefined);
    expect((await batch(inside(A), all, unnamed('select count(*)::int as n from pg_prepared_statements where name = $1', '')))[2]).to.deep.equal([{ n: 0 }]);
  });

  it('undoes the first statement when the second fails, and keeps the server\'s own error', async () => {
    const error = await batch(inside(A), put(A, 1), put(A, 1)).catch((reason: unknown) => reason);
    expect(uniqueViolation(error)).to.equal('scratch_pkey');
    expect((await batch(inside(A), all))[1]).to.deep.equal([]);
  });

  it('shows nothing and takes nothing when the context was forgotten', async () => {
    await batch(inside(A), put(A, 1));
    expect((await batch(all))[0]).to.deep.equal([]);
    expect(sqlState(await batch(put(A, 2)).catch((reason: unknown) => reason))).to.equal('42501');
    expect(sqlState(await batch(inside(B), put(A, 2)).catch((reason: unknown) => reason))).to.equal('42501');
  });

  it('leaves no context behind on any connection', async () => {
    await batch(inside(A), put(A, 1));
    const seen = await Promise.all(Array.from({ length: 200 }, (_, n) => (n % 2 === 0 ? batch(inside(A), all).then((rows) => rows[1]?.length) : batch(all).then((rows) => rows[0]?.length))));
    expect(seen.filter((_, n) => n % 2 === 0).every((length) => length === 1)).to.equal(true);
    expect(seen.filter((_, n) => n % 2 === 1).every((length) => length === 0)).to.equal(true);
  });

  it('refuses a value that cannot be bound before anything is sent, and goes on', async () => {
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    expect(await batch(inside(A), { name: 't.bad', text: 'select $1::jsonb', values: [loop] }).catch((error: unknown) => error)).to.be.instanceOf(Error);
    expect(sqlState(await batch(inside(A), put(A, 1, 'NUL \0')).catch((error: unknown) => error))).to.equal('22021');
    expect((await batch(inside(A), put(A, 1)))[1]).to.deep.equal([{ id: 1 }]);
  });

  it('refuses a second text under one name', async () => {
    await batch(inside(A), all);
    const error = await batch({ ...all, text: 'select 1' }).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(Error).with.property('message', 'two statements are named t.all');
  });

  it('recovers from an error in parsing, binding or running, and a statement is then prepared once', async () => {
    const typo: Statement = { name: 't.typo', text: 'selec 1', values: [] };
    const cast: Statement = { name: 't.cast', text: 'select $1::int as n', values: ['x'] };
    const later: Statement = { name: 't.later', text: 'select 2 as n', values: [] };
    for (let round = 0; round < 3; round++) {
      expect(sqlState(await batch(inside(A), typo, later).catch((reason: unknown) => reason))).to.equal('42601');
      expect(sqlState(await batch(inside(A), cast, later).catch((reason: unknown) => reason))).to.equal('22P02');
    }
    expect(await batch({ ...cast, values: [1] }, later)).to.deep.equal([[{ n: 1 }], [{ n: 2 }]]);
  });

  it('recovers when a change of schema outdates the plans of every connection', async () => {
    await Promise.all(Array.from({ length: 32 }, () => batch(inside(A), all)));
    await asOwner(fresh.ownerUrl, 'alter table scratch add column extra int');
    const rows = await Promise.all(Array.from({ length: 32 }, () => batch(inside(A), put(A, Math.floor(Math.random() * 1e12)), all)));
    expect(rows[0]?.[2]?.[0]).to.have.property('extra', null);
  });

  it('carries ten thousand callers at once over its few connections', async () => {
    const one: Statement = { name: 't.one', text: 'select $1::int as n', values: [] };
    const rows = await Promise.all(Array.from({ length: 10_000 }, (_, n) => batch({ ...one, values: [n] })));
    expect(rows.every((row, n) => row[0]?.[0]?.['n'] === n)).to.equal(true);
    const [connections] = await batch({ name: 't.count', text: `select count(*)::int as n from pg_stat_activity where application_name = 'gatehouse batch' and datname = current_database()`, values: [] });
    expect(connections?.[0]?.['n']).to.be.at.most(8);
  });

  it('tells of a lost connection, and the next batch has a new one', async () => {
    const sleep: Statement = { name: 't.sleep', text: 'select pg_sleep(5)', values: [] };
    const interrupted = batch(inside(A), put(A, 1), sleep).catch((reason: unknown) => reason);
    await batch({ name: 't.nap', text: 'select pg_sleep(0.05)', values: [] });
    await asSuperuser(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'gatehouse batch'`);
    expect(await interrupted).to.have.property('code', 'database.unavailable');
    // the farewell of each idle connection arrives by its own socket
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect((await batch(inside(A), all))[1]).to.deep.equal([]);
  });

  it('does not notice that the server ended its idle connections', async () => {
    await Promise.all(Array.from({ length: 16 }, () => batch(inside(A), all)));
    await asSuperuser(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'gatehouse batch'`);
    const rows = await Promise.all(Array.from({ length: 16 }, () => batch(inside(A), all)));
    expect(rows).to.have.length(16);
  });

  it('locks, decides and applies in one transaction', async () => {
    await batch(inside(A), put(A, 1, 'old'));
    const lock: Statement = { name: 't.lock', text: 'select id, note from scratch where id = $1 for update', values: [1] };
    const written = await lockThenApply([inside(A), lock], ([, rows]) => ({ apply: [change(`${String(rows?.[0]?.['note'])}, new`)], result: ([row]) => row?.[0]?.['note'] }));
    expect(written).to.equal('old, new');
    const nothing = await lockThenApply([inside(A), lock], () => ({ apply: [], result: () => 'nothing' }));
    expect(nothing).to.equal('nothing');
    expect((await batch(inside(A), all))[1]?.[0]?.['note']).to.equal('old, new');
  });

  it('rolls back when the decision or a write refuses, and frees the locks', async () => {
    const first = put(A, 1);
    const refused = await lockThenApply([inside(A), first], () => {
      throw new Error('no');
    }).catch((reason: unknown) => reason);
    expect(refused).to.have.property('message', 'no');
    const failed = await lockThenApply([inside(A), first], () => ({ apply: [put(A, 2), put(A, 2)], result: () => 'never' })).catch((reason: unknown) => reason);
    expect(uniqueViolation(failed)).to.equal('scratch_pkey');
    expect((await batch(inside(A), all))[1]).to.deep.equal([]);
    expect((await batch(inside(A), first))[1]).to.deep.equal([{ id: 1 }]);
  });

  it('tries a deadlock again until everyone is through', async () => {
    await batch(inside(A), put(A, 1), put(A, 2));
    await Promise.all(Array.from({ length: 8 }, (_, n) => batch(inside(A), touch(1 + (n % 2)), touch(2 - (n % 2)))));
    expect((await batch(inside(A), all))[1]?.map((row) => row['note'])).to.deep.equal(['xxxxxxxx', 'xxxxxxxx']);
  });

  it('sees only the provider\'s schema under the provider\'s role', async () => {
    const [rows] = await fresh.database.provider.batch([{ name: 't.who', text: 'select current_user::text as who', values: [] }]);
    expect(rows).to.deep.equal([{ who: 'gatehouse_provider' }]);
    expect(sqlState(await fresh.database.provider.batch([all]).catch((reason: unknown) => reason))).to.equal('42501');
  });
});
