import { expect } from 'chai';
import * as fc from 'fast-check';
import { type Statement, appended, columns, oneStatement } from '#hub/database/index.js';
import { together } from '#hub/database/several.js';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';

/** What PostgreSQL's notation of arrays gives a meaning to, and what a text of it may hold: anything but NUL. */
const text = fc.oneof(
  fc.constantFrom('', 'NULL', 'null', '{}', '{"a"}', '\\', '"', ',', ' ', "'", '{', '}', '\\N', '\n', '\u{1F600}'),
  fc.string({ unit: 'binary', maxLength: 20 }).map((value) => value.replaceAll('\0', '').toWellFormed()),
);
const row = fc.tuple(fc.option(text), fc.option(fc.boolean()), fc.array(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), { maxLength: 4 }), fc.json());

const say = (values: readonly unknown[]): Statement => ({
  name: 'several.say',
  text: 'select $1::text as a, $2::boolean as b, $3::int4[] as c, $4::jsonb as d',
  values,
  several: { text: 'select s.a, s.b, s.c::int4[] as c, s.d from unnest($1::text[], $2::boolean[], $3::text[], $4::jsonb[]) s (a, b, c, d)', values: columns },
});

const put = (name: string, value: string): Statement => ({
  name: 'several.put',
  text: 'insert into instance_fact (name, value) values ($1, $2)',
  values: [name, value],
  told: [name],
  several: { text: 'insert into instance_fact (name, value) select * from unnest($1::text[], $2::text[])', values: columns },
});
const list = (names: readonly string[]): Statement => ({
  name: 'several.list',
  text: 'select name from unnest($1::text[]) n (name)',
  values: [names],
  several: { text: 'select name from unnest($1::text[]) n (name)', values: appended },
});

describe('several statements as one', () => {
  let fresh: FreshDatabase;
  before(async () => {
    fresh = await freshDatabase();
  });
  after(() => fresh.drop());

  it('mean what each of them means alone, whatever the values are', () =>
    fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 5 }), async (rows) => {
        const [first = say([]), ...others] = rows.map(say);
        const alone = await fresh.database.batch([first, ...others]);
        const [several] = await fresh.database.batch([together([first, ...others])]);
        expect(several).to.deep.equal(alone.flat());
      }),
    ));

  it('of combinations are the combination of several of each part', async () => {
    const one = oneStatement('several.both', [put('a', '1'), put('b', '2'), list(['x', 'y'])]);
    const other = oneStatement('several.both', [put('c', '3'), put('d', '4'), list(['z'])]);
    const statement = together([one, other]);
    expect(statement.told).to.deep.equal(['a', 'b', 'c', 'd']);
    const [rows] = await fresh.database.batch([statement]);
    expect(rows).to.deep.equal([{ name: 'x' }, { name: 'y' }, { name: 'z' }]);
    const [kept] = await fresh.database.batch([{ name: '', text: `select name, value from instance_fact where name in ('a', 'b', 'c', 'd') order by 1`, values: [] }]);
    expect(kept).to.deep.equal(['a', 'b', 'c', 'd'].map((name, index) => ({ name, value: String(index + 1) })));
  });

  it('are not made of what stands for one alone', () => {
    const { several: _, ...alone } = put('a', '1');
    expect(() => together([alone])).to.throw('several.put');
    expect(oneStatement('several.half', [put('a', '1'), alone])).not.to.have.property('several');
  });
});
