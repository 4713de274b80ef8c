import { expect } from 'chai';
import { printTable } from '#hub/cli/output.js';
import { expiryFrom } from '#hub/cli/scim-token.js';
import { settingPairs } from '#hub/cli/settings-file.js';

describe('what the command prints', () => {
  it('stands in columns, also with accents and emoji', () => {
    const table = printTable([{ a: 'é🙂', b: 1 }, { a: 'long', b: [] }], [['A', (row) => row['a']], ['B', (row) => row['b']]]);
    expect(table).to.equal('A     B\né🙂    1\nlong  -');
  });

  it('cannot move the cursor or recolour the terminal, whatever a name holds', () => {
    const table = printTable([{ a: '\u001b[31mred\u0007\n\u202e' }], [['A', (row) => row['a']]]);
    expect(table.split('\n')).to.have.length(2);
    // oxlint-disable-next-line no-control-regex -- control characters are exactly what is looked for
    expect(table).not.to.match(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });
});

describe('what the command reads', () => {
  it('takes spans and times for an expiry, and nothing else', () => {
    expect(expiryFrom('2d', 0)).to.equal('1970-01-03T00:00:00.000Z');
    expect(expiryFrom('12h', 0)).to.equal('1970-01-01T12:00:00.000Z');
    expect(expiryFrom('2030-01-01T00:00:00+01:00', 0)).to.equal('2029-12-31T23:00:00.000Z');
    for (const text of ['', 'soon', '5', '-1d', '1w']) expect(() => expiryFrom(text, 0), text).to.throw('neither a span');
  });

  it('takes JSON in settings for JSON and the rest for text', () => {
    expect(settingPairs(['a=b=c', 'list=["x"]', 'flag=true', 'text=true story'])).to.deep.equal({ a: 'b=c', list: ['x'], flag: true, text: 'true story' });
    expect(() => settingPairs(['novalue'])).to.throw('name=value');
  });
});
