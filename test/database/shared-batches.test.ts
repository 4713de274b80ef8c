import { expect } from 'chai';
import { Client } from 'pg';
import { columns, organizationContext, type Row, sqlState, type Statement, uniqueViolation } from '#hub/database/index.js';
import { SharedBatches } from '#hub/database/shared-batches.js';
import { DomainError } from '#hub/platform/errors.js';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';
import { asOwner } from '../support/owner.ts';

const A = '00000000-0000-4000-8000-00000000000a';
const B = '00000000-0000-4000-8000-00000000000b';
const opening = (token: string): Statement => ({ name: 'open', text: 'open', values: [Buffer.from(token), 'users', true] });
const work = (name: string): Statement => ({ name, text: name, values: [] });
const insert = (id: string, told: string): Statement => ({ name: 'insert', text: 'one $1', values: [id], told: [told], several: { text: 'several $1', values: columns } });
const answered = (statement: Statement): Row[] => [{ to: statement.name }];
const IMPATIENT = 'database.impatient';
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const inside = (orgId: string): Statement => organizationContext({ orgId, actor: 'system' });
const put = (orgId: string, id: number): Statement => ({ name: 's.put', text: 'insert into scratch (org_id, id) values ($1, $2) returning id, pg_current_xact_id()::text as tx', values: [orgId, id] });
const outcome = (sent: Promise<Row[][]>): Promise<unknown> => sent.then(
  (rows) => rows[1]?.[0]?.['to'],
  (error: unknown) => error,
);

const touching = (actor: string, id: number): Statement[] => [organizationContext({ orgId: A, actor }), { name: 's.touch', text: 'update scratch set id = id where id = $1', values: [id] }];

/** A database that holds back every trip until it is let through, and notes what travelled together. */
class Gate {
  readonly trips: string[][] = [];
  statements: readonly Statement[] = [];
  readonly impatient: boolean[] = [];
  readonly alone: string[][] = [];
  readonly #held: (() => void)[] = [];
  fails: (names: readonly string[]) => unknown = () => undefined;

  async once(board: () => readonly Statement[]): Promise<Row[][]> {
    const statements = board();
    this.statements = statements.filter(({ name }) => name !== IMPATIENT);
    this.impatient.push(this.statements.length < statements.length);
    this.trips.push(this.statements.map(({ name }) => name));
    await new Promise<void>((resolve) => this.#held.push(resolve));
    return this.#answer(statements);
  }

  async batch(statements: readonly Statement[]): Promise<Row[][]> {
    this.alone.push(statements.map(({ name }) => name));
    return this.#answer(statements);
  }

  /** Lets the oldest trip return. */
  async letThrough(): Promise<void> {
    this.#held.shift()?.();
    await turn();
  }

  #answer(statements: readonly Statement[]): Row[][] {
    const error = this.fails(statements.map(({ name }) => name));
    if (error !== undefined) throw error;
    return statements.map(answered);
  }
}

describe('batches that share a trip', () => {
  let gate: Gate;
  let shared: SharedBatches;
  const send = (name: string, token = 'a', kind: 'read' | 'write' = 'write'): Promise<Row[][]> => shared.batch([opening(token), work(name)], kind);
  const lock = (name: string): Promise<Row[][]> => shared.batch([opening('a'), work(name)], 'write', 'the same');

  beforeEach(() => {
    gate = new Gate();
    shared = new SharedBatches(gate);
  });

  it('send the first one at once, and those that come meanwhile together behind one opening', async () => {
    const first = send('one');
    const rest = [send('two'), shared.batch([opening('a'), work('three'), work('four')], 'write'), send('five')];
    expect(gate.trips).to.deep.equal([['open', 'one']]);
    await gate.letThrough();
    expect(await first).to.deep.equal([[{ to: 'open' }], [{ to: 'one' }]]);
    expect(gate.trips[1]).to.deep.equal(['open', 'two', 'three', 'four', 'five']);
    await gate.letThrough();
    expect((await Promise.all(rest)).map((rows) => rows.map(([row]) => row?.['to']))).to.deep.equal([['open', 'two'], ['open', 'three', 'four'], ['open', 'five']]);
  });

  it('keep apart who opens differently, and reads from writes', async () => {
    const sent = [send('one'), send('two', 'b'), send('three', 'a', 'read'), shared.batch([{ ...opening('a'), values: [Buffer.from('a'), 'groups', true] }, work('four')], 'write')];
    expect(gate.trips).to.deep.equal([['open', 'one'], ['open', 'two'], ['open', 'three'], ['open', 'four']]);
    for (const _ of sent) await gate.letThrough();
    expect(await Promise.all(sent.map(outcome))).to.deep.equal(['one', 'two', 'three', 'four']);
  });

  it('never join openings that only look alike', async () => {
    const one = shared.batch([{ name: 'open', text: 'open', values: [Buffer.from('a b')] }, work('one')], 'write');
    const other = shared.batch([{ name: 'open', text: 'open', values: ['a b'] }, work('other')], 'write');
    expect(gate.alone).to.deep.equal([['open', 'other']]);
    await gate.letThrough();
    expect(await Promise.all([one, other].map(outcome))).to.deep.equal(['one', 'other']);
  });

  it('leave alone whoever brings much: nobody else holds it, copies it, or waits for it', async () => {
    const first = send('one');
    const large = ['x'.repeat(40_000), Array.from({ length: 40_000 }, () => 1)].map((value, n) => shared.batch([opening('a'), { ...work(`large ${n}`), values: [null, value] }], 'write'));
    const next = send('two');
    expect(gate.alone).to.deep.equal([['open', 'large 0'], ['open', 'large 1']]);
    expect(await Promise.all(large.map(outcome))).to.deep.equal(['large 0', 'large 1']);
    await gate.letThrough();
    expect(gate.trips).to.deep.equal([['open', 'one'], ['open', 'two']]);
    await gate.letThrough();
    expect(await Promise.all([first, next].map(outcome))).to.deep.equal(['one', 'two']);
  });

  it('wait for locks no longer than a moment where they write in company', async () => {
    const sent = (['write', 'read'] as const).flatMap((kind) => ['one', 'two', 'three'].map((name) => outcome(send(name, 'a', kind))));
    for (let n = 0; n < 4; n++) await gate.letThrough();
    expect(gate.trips).to.deep.equal([['open', 'one'], ['open', 'one'], ['open', 'two', 'three'], ['open', 'two', 'three']]);
    expect(gate.impatient).to.deep.equal([false, false, true, false]);
    expect(await Promise.all(sent)).to.deep.equal(['one', 'two', 'three', 'one', 'two', 'three']);
  });

  it('are sent one by one when one of them fails: each hears its own answer', async () => {
    const refusal = new Error('refused');
    gate.fails = (names) => (names.includes('bad') ? refusal : undefined);
    const first = send('one');
    const rest = [send('two'), send('bad'), send('three')].map(outcome);
    await gate.letThrough();
    await gate.letThrough();
    expect(await first).to.be.an('array');
    expect(await Promise.all(rest)).to.deep.equal(['two', refusal, 'three']);
    expect(gate.alone).to.deep.equal([['open', 'two'], ['open', 'bad'], ['open', 'three']]);
  });

  it('are not sent again where nobody knows what became of them', async () => {
    const lost = new DomainError('unavailable', 'database.unavailable', 'lost');
    const first = outcome(send('one'));
    const rest = [send('two'), send('three')].map(outcome);
    await gate.letThrough();
    gate.fails = () => lost;
    await gate.letThrough();
    expect([await first, ...(await Promise.all(rest))]).to.deep.equal(['one', lost, lost]);
    expect(gate.alone).to.deep.equal([]);
  });

  it('are all refused when no connection is to be had, and go on afterwards', async () => {
    const busy = new DomainError('unavailable', 'database.busy', 'busy');
    const refusing = new SharedBatches({ once: () => Promise.reject(busy), batch: () => Promise.reject(new Error('sent')) });
    const both = ['one', 'two'].map((name) => outcome(refusing.batch([opening('a'), work(name)], 'write')));
    expect(await Promise.all(both)).to.deep.equal([busy, busy]);
    expect(await outcome(refusing.batch([opening('a'), work('three')], 'write'))).to.equal(busy);
  });

  it('forget what those who were refused would have locked', async () => {
    const busy = new DomainError('unavailable', 'database.busy', 'busy');
    let refusing = true;
    const changing = new SharedBatches({ once: (board) => (refusing ? Promise.reject(busy) : gate.once(board)), batch: (statements) => gate.batch(statements) });
    const lock = (name: string): Promise<Row[][]> => changing.batch([opening('a'), work(name)], 'write', 'the same');
    const again = lock('refused').catch(() => {
      refusing = false;
      return Promise.all([changing.batch([opening('a'), work('next')], 'write'), lock('again')]);
    });
    await turn();
    expect(gate.alone).to.deep.equal([]);
    await gate.letThrough();
    await gate.letThrough();
    expect(await again).to.have.length(2);
  });

  it('no longer wait for a trip that is long away', async () => {
    const [stuck, next] = [send('stuck'), send('next')];
    expect(gate.trips).to.have.length(1);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(gate.trips).to.deep.equal([['open', 'stuck'], ['open', 'next']]);
    await gate.letThrough();
    await gate.letThrough();
    expect(await Promise.all([stuck, next].map(outcome))).to.deep.equal(['stuck', 'next']);
    const later = send('later');
    await gate.letThrough();
    expect(await outcome(later)).to.equal('later');
  });

  it('are at most so many that what one of them breaks is soon done again', async () => {
    const sent = Array.from({ length: 70 }, (_, n) => outcome(send(`w${n}`)));
    for (let n = 0; n < 4; n++) await gate.letThrough();
    expect(gate.trips.map((names) => names.length - 1)).to.deep.equal([1, 32, 32, 5]);
    expect(await Promise.all(sent)).to.deep.equal(sent.map((_, n) => `w${n}`));
  });

  it('travel in the order of what they lock', async () => {
    const first = send('first');
    const rest = ['c', 'a', '', 'b'].map((locks) => shared.batch([opening('a'), work(`locks ${locks}`)], 'write', locks));
    await gate.letThrough();
    expect(gate.trips[1]).to.deep.equal(['open', 'locks ', 'locks a', 'locks b', 'locks c']);
    await gate.letThrough();
    expect(await Promise.all([first, ...rest].map(outcome))).to.deep.equal(['first', 'locks c', 'locks a', 'locks ', 'locks b']);
  });

  it('leave alone who would lock the same as one of them, until that one is back', async () => {
    const sent = [send('first'), lock('one'), lock('two')];
    expect(gate.alone).to.deep.equal([['open', 'two']]);
    await gate.letThrough();
    sent.push(lock('three'));
    expect(gate.alone).to.deep.equal([['open', 'two'], ['open', 'three']]);
    await gate.letThrough();
    sent.push(lock('four'));
    expect(gate.trips.at(-1)).to.deep.equal(['open', 'four']);
    await gate.letThrough();
    expect(await Promise.all(sent.map(outcome))).to.deep.equal(['first', 'one', 'two', 'three', 'four']);
  });

  it('write the same as one statement, of which each hears, and leave alone what only one writes', async () => {
    const first = shared.batch([opening('a'), insert('1', 'x')], 'write');
    const rest = [
      shared.batch([opening('a'), insert('2', 'y'), work('own')], 'write'),
      shared.batch([opening('a'), { ...insert('3', ''), name: 'other' }], 'write'),
      shared.batch([opening('a'), work('before'), insert('4', 'z')], 'write'),
    ];
    expect(gate.statements.map(({ text }) => text)).to.deep.equal(['open', 'one $1']);
    await gate.letThrough();
    expect(gate.statements.map(({ name, text, values, told }) => [name, text, values, told])).to.deep.equal([
      ['open', 'open', opening('a').values, undefined],
      ['insert several', 'several $1', [['2', '4']], ['y', 'z']],
      ['own', 'own', [], undefined],
      ['other', 'one $1', ['3'], ['']],
      ['before', 'before', [], undefined],
    ]);
    await gate.letThrough();
    const heard = (await Promise.all([first, ...rest])).map((rows) => rows.map(([row]) => row?.['to']));
    expect(heard).to.deep.equal([['open', 'insert'], ['open', 'insert several', 'own'], ['open', 'other'], ['open', 'before', 'insert several']]);
  });

  it('write what they wrote together each for itself when one of them fails', async () => {
    const refusal = new Error('refused');
    gate.fails = (names) => (names.includes('insert several') ? refusal : undefined);
    const sent = ['1', '2', '3'].map((id) => outcome(shared.batch([opening('a'), insert(id, '')], 'write')));
    await gate.letThrough();
    await gate.letThrough();
    expect(await Promise.all(sent)).to.deep.equal(['insert', 'insert', 'insert']);
    expect(gate.alone).to.deep.equal([['open', 'insert'], ['open', 'insert']]);
  });

  describe('on a database', () => {
    let fresh: FreshDatabase;
    const all: Statement = { name: 's.all', text: 'select id from scratch order by id', values: [] };
    const write = (orgId: string, id: number): Promise<Row[][]> => fresh.database.shared('write', [inside(orgId), put(orgId, id)]);

    before(async () => {
      fresh = await freshDatabase();
      await asOwner(
        fresh.ownerUrl,
        'create table scratch (org_id uuid not null, id bigint primary key)',
        'alter table scratch enable row level security, force row level security',
        `create policy organization on scratch using (org_id = nullif(current_setting('app.org_id', true), '')::uuid)`,
        'grant select, insert, update on scratch to gatehouse_app',
      );
    });
    after(() => fresh.drop());
    afterEach(() => asOwner(fresh.ownerUrl, 'truncate scratch'));

    it('share transactions, and each finds its own row', async () => {
      const rows = await Promise.all(Array.from({ length: 50 }, (_, n) => write(A, n)));
      expect(rows.map(([, found]) => found?.[0]?.['id'])).to.deep.equal(rows.map((_, n) => n));
      expect(new Set(rows.map(([, found]) => found?.[0]?.['tx'])).size).to.be.lessThan(10);
    });

    it('keep everything that was acknowledged and nothing that was refused', async () => {
      await write(A, 25);
      const outcomes = await Promise.allSettled(Array.from({ length: 50 }, (_, n) => write(A, n)));
      const refused = outcomes.flatMap((one, n) => (one.status === 'rejected' ? [[n, uniqueViolation(one.reason)]] : []));
      expect(refused).to.deep.equal([[25, 'scratch_pkey']]);
      const [, rows = []] = await fresh.database.batch([inside(A), all]);
      expect(rows.map(({ id }) => id)).to.deep.equal(Array.from({ length: 50 }, (_, n) => n));
    });

    it('do not wait for each other for ever, whoever comes in which order', async () => {
      for (const n of Array.from({ length: 10 }, (_, index) => index)) await write(A, n);
      const began = performance.now();
      for (let round = 0; round < 10; round++) {
        const upwards = Array.from({ length: 10 }, (_, n) => fresh.database.shared('write', touching('one', n), String(n)));
        await Promise.all([...upwards, ...Array.from({ length: 10 }, (_, n) => fresh.database.shared('write', touching('other', 9 - n), String(9 - n)))]);
      }
      expect(performance.now() - began, 'a deadlock is found after a second').to.be.below(1_000);
    });

    it('are not held up by the one that waits for somebody else', async () => {
      for (const n of [1, 2, 3]) await write(A, n);
      const holder = new Client(fresh.ownerUrl);
      await holder.connect();
      await holder.query(`begin; select set_config('app.org_id', '${A}', true); update scratch set id = id where id = 3`);
      const touch = (n: number): Promise<Row[][]> => fresh.database.shared('write', touching('one', n), String(n));
      const sent = [touch(1), touch(2), touch(3)];
      await Promise.all(sent.slice(0, 2));
      await touch(2);
      const held = await Promise.race([sent[2], new Promise((resolve) => setTimeout(() => resolve('waits'), 50))]);
      expect(held).to.equal('waits');
      await holder.query('rollback');
      await holder.end();
      expect(await sent[2]).to.have.length(2);
    });

    it('see their own organization alone', async () => {
      await Promise.all(Array.from({ length: 40 }, (_, n) => write(n % 2 === 0 ? A : B, n)));
      const seen = await Promise.all(Array.from({ length: 40 }, (_, n) => fresh.database.shared('read', [inside(n % 2 === 0 ? A : B), all])));
      for (const [n, [, rows = []]] of seen.entries()) expect(rows.map(({ id }) => Number(id) % 2)).to.deep.equal(Array<number>(20).fill(n % 2));
      const foreign = await write(A, 100).then(() => fresh.database.shared('write', [inside(A), put(B, 101)])).catch((error: unknown) => error);
      expect(sqlState(foreign)).to.equal('42501');
    });
  });
});
