import { expect } from 'chai';
import { type Statement, oneStatement } from '#hub/database/index.js';
import { freshDatabase, type FreshDatabase } from '../support/database.ts';

const put = (name: string, value: string, told?: string): Statement => ({
  name: 'test.fact.put',
  text: 'insert into instance_fact (name, value) values ($1, $2) returning name, value',
  values: [name, value],
  ...(told === undefined ? {} : { told: [told] }),
});
const raise: Statement = { name: 'test.fact.raise', text: 'update instance_fact set value = $2 where name = $1 returning value', values: ['kept', 'raised'] };

describe('one statement of several', () => {
  let fresh: FreshDatabase;
  before(async () => {
    fresh = await freshDatabase();
    await fresh.database.batch([put('kept', 'as it was')]);
  });
  after(() => fresh.drop());

  it('carries out every part with its own values, and answers with the last', async () => {
    const [rows] = await fresh.database.batch([oneStatement('test.two', [put('first', '$1'), put('second', 'b')])]);
    expect(rows).to.deep.equal([{ name: 'second', value: 'b' }]);
    const [all] = await fresh.database.batch([{ name: '', text: `select name, value from instance_fact where name in ('first', 'second') order by 1`, values: [] }]);
    expect(all).to.deep.equal([{ name: 'first', value: '$1' }, { name: 'second', value: 'b' }]);
  });

  it('leaves nothing of any part when one fails', async () => {
    const failed = await fresh.database.batch([oneStatement('test.failing', [raise, put('kept', 'again')])]).then(() => false, () => true);
    const [rows] = await fresh.database.batch([{ name: '', text: `select value from instance_fact where name = 'kept'`, values: [] }]);
    expect([failed, rows]).to.deep.equal([true, [{ value: 'as it was' }]]);
  });

  it('tells what its parts tell', () => {
    expect(oneStatement('test.told', [put('a', 'b', 'one'), put('a', 'b', 'two')]).told).to.deep.equal(['one', 'two']);
  });

  it('refuses a part whose rows say what it tells: they may not be seen', () => {
    expect(() => oneStatement('test.tells', [{ ...put('a', 'b', 'one'), tells: () => true }, put('a', 'b')])).to.throw('test.fact.put');
  });

  it('refuses a part in front that only reads: it would not be carried out', () => {
    const read: Statement = { name: 'test.read', text: 'select 1', values: [] };
    expect(() => oneStatement('test.idle', [read, put('a', 'b')])).to.throw('test.read');
    expect(oneStatement('test.last', [put('a', 'b'), read]).text).to.match(/select 1$/);
  });

  it('refuses other parts under the same name', () => {
    oneStatement('test.name', [raise]);
    expect(() => oneStatement('test.name', [raise, raise])).to.throw('test.name');
    expect(() => oneStatement('test.name', [put('a', 'b')])).to.throw('test.name');
  });
});
