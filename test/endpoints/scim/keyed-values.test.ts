import { expect } from 'chai';
import { EVERY_VALUE, valueKey } from '#hub/domain/directory/index.js';
import { isKeyed, valueKeysOf } from '#hub/endpoints/scim/keyed-values.js';
import { ENTERPRISE } from './samples.js';

describe('keyed values', () => {
  it('are those that only the resource holds, wherever they stand in it', () => {
    const resource = {
      schemas: ['x'], userName: 'anna', displayName: 'Anna', emails: [{ value: 'a@x' }], locale: 'de-DE', active: true,
      title: 'Boss', nickName: '', phoneNumbers: [{ value: '1', type: 'work', primary: true }, { value: '2' }],
      [ENTERPRISE]: { department: 'Sales', manager: { value: 'm', displayName: null } },
    };
    const expected = [[['title'], 'boss'], [['phoneNumbers', 'value'], '1'], [['phoneNumbers', 'value'], '2'], [[ENTERPRISE, 'department'], 'SALES'], [[ENTERPRISE, 'manager', 'value'], 'm']] as const;
    expect(valueKeysOf(resource)).to.deep.equal(expected.map(([path, value]) => valueKey(path, value)));
    for (const [path] of expected) expect(isKeyed(path)).to.equal(true);
    for (const path of [['userName'], ['emails', 'value'], ['roles', 'primary'], ['phoneNumbers', 'type']]) expect(isKeyed(path), path.join('.')).to.equal(false);
  });

  it('are the same number in any case and form of the letters, and another one at another attribute', () => {
    expect(valueKey(['title'], '\u00dcnal')).to.equal(valueKey(['title'], 'u\u0308nal'));
    expect(valueKey(['title'], 'x')).not.to.equal(valueKey(['nickName'], 'x'));
    expect(valueKey(['a', 'b'], 'x')).not.to.equal(valueKey(['a'], 'b.x'));
    expect(valueKey(['lost'], true)).to.equal(valueKey(['lost'], 'true'));
  });

  it('are given up where somebody has very many: then any is possible', () => {
    expect(valueKeysOf({ ims: Array.from({ length: 100 }, (_, n) => ({ value: `im${n}` })) })).to.deep.equal([EVERY_VALUE]);
  });
});
