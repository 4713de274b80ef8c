import { expect } from 'chai';
import * as fc from 'fast-check';
import { type Comparison, type Condition, type KeyColumn, type Operand, valueKey } from '#hub/domain/directory/index.js';
import { ShapeNames } from '#hub/domain/directory/query-bindings-store.js';
import { afterPrefix } from '#hub/domain/directory/query-condition-store.js';
import { narrow } from '#hub/domain/directory/query-narrowing.js';
import { compareText } from '#hub/endpoints/scim/comparable-value.js';

const is = (column: KeyColumn, comparison: Comparison, value: string): Condition => ({ kind: 'compare', operand: { kind: 'column', column }, comparison, value });
const keyed = (...path: string[]): Operand => ({ kind: 'path', path, type: 'text', folded: true, searchable: false, keyed: true });
const says = (operand: Operand, comparison: Comparison): Condition => ({ kind: 'compare', operand, comparison, value: 'Boss' });
const byValue = (...path: string[]): object => ({ kind: 'searches', searches: [{ kind: 'value', key: valueKey(path, 'boss') }] });
const texts = (...found: (string | readonly [text: string, piece: string])[]): object => ({ kind: 'searches', searches: found.map((one) => (typeof one === 'string' ? { kind: 'text', text: one, piece: one } : { kind: 'text', text: one[0], piece: one[1] })) });
const all = (...of: Condition[]): Condition => ({ kind: 'all', of });
const any = (...of: Condition[]): Condition => ({ kind: 'any', of });

describe('query narrowing', () => {
  it('prefers an index, then a text that few have, then everything', () => {
    const [exact, part, rest] = [is('userName', 'equals', 'anna@x'), is('familyName', 'contains', 'smith'), is('active', 'equals', 'true')];
    expect(narrow(all(rest, part, exact), 'User')).to.deep.equal({ kind: 'index' });
    expect(narrow(all(rest, part), 'User')).to.deep.equal(texts('smith'));
    expect(narrow(rest, 'User')).to.deep.equal({ kind: 'everything' });
    expect(narrow(part, 'Group')).to.deep.equal({ kind: 'everything' });
  });

  it('needs the same of every alternative', () => {
    expect(narrow(any(is('userName', 'equals', 'anna'), is('externalId', 'begins', 'x')), 'User')).to.deep.equal({ kind: 'index' });
    expect(narrow(any(is('userName', 'equals', 'anna'), is('givenName', 'ends', 'berta')), 'User')).to.deep.equal(texts('anna', 'berta'));
    expect(narrow(any(is('userName', 'contains', 'anna'), is('active', 'equals', 'true')), 'User')).to.deep.equal({ kind: 'everything' });
    expect(narrow(any(), 'User')).to.deep.equal({ kind: 'everything' });
    expect(narrow(any(...Array.from({ length: 9 }, (_, n) => is('userName', 'contains', `name${n}`))), 'User')).to.deep.equal({ kind: 'everything' });
  });

  it('looks a keyed value up by its number, also below the element of a list', () => {
    expect(narrow(says(keyed('title'), 'equals'), 'User')).to.deep.equal(byValue('title'));
    const inRoles: Condition = { kind: 'element', list: { kind: 'path', path: ['roles'] }, condition: all(is('active', 'equals', 'true'), says(keyed('value'), 'equals')) };
    expect(narrow(inRoles, 'User')).to.deep.equal(byValue('roles', 'value'));
    expect(narrow(any(says(keyed('title'), 'equals'), is('userName', 'ends', 'berta')), 'User')).to.have.property('searches').of.length(2);
    expect(narrow(says(keyed('title'), 'contains'), 'User')).to.deep.equal({ kind: 'everything' });
    expect(narrow(says(keyed('title'), 'equals'), 'Group')).to.deep.equal({ kind: 'everything' });
    expect(narrow(says({ ...keyed('since'), type: 'instant' } as Operand, 'equals'), 'User')).to.deep.equal({ kind: 'everything' });
  });

  it('never narrows by what must not hold, nor by a text too short for trigrams', () => {
    expect(narrow({ kind: 'not', of: is('userName', 'equals', 'anna') }, 'User')).to.deep.equal({ kind: 'everything' });
    for (const short of ['', 'ab', 'a-b-c', '@@@@']) expect(narrow(is('userName', 'contains', short), 'User'), short).to.deep.equal({ kind: 'everything' });
    expect(narrow(is('userName', 'differs', 'anna'), 'User')).to.deep.equal({ kind: 'everything' });
  });

  it('asks the index for a short piece of what people differ in', () => {
    const pieces: Record<string, string> = {
      'person.abcdefghij@example.com': 'efghij',
      'x@example.com': 'xample',
      'given12345 family123': 'n12345',
      'u777.branch@example.com': 'u777',
      'anna schmidt': 'chmidt',
      '\u{1f600}abc': 'abc',
      'x \u{10400}\u{10401}\u{10402}\u{10403}\u{10404}\u{10405}\u{10406}': '\u{10401}\u{10402}\u{10403}\u{10404}\u{10405}\u{10406}',
    };
    for (const [text, piece] of Object.entries(pieces)) expect(narrow(is('userName', 'ends', text), 'User'), text).to.deep.equal(texts([text, piece]));
  });
});

describe('the end of a range of prefixes', () => {
  it('lies above every text with the prefix, and not above any other text that follows', () => {
    const text = fc.string({ unit: 'binary', maxLength: 4 });
    fc.assert(
      fc.property(text.filter((prefix) => prefix !== ''), text, (prefix, other) => {
        const end = afterPrefix(prefix);
        if (end === undefined) return;
        expect(compareText(prefix + other, end)).to.be.lessThan(0);
        if (compareText(other, prefix) >= 0 && compareText(other, end) < 0) expect(other.startsWith(prefix)).to.equal(true);
      }),
    );
    expect(afterPrefix('\u{10ffff}')).to.equal(undefined);
    expect(afterPrefix('a\u{10ffff}')).to.equal('b');
    expect(afterPrefix('\ud7ff')).to.equal('\ue000');
  });
});

describe('names of statements', () => {
  it('are the same for the same shape, and run out', () => {
    const names = new ShapeNames();
    expect(names.statement('select $1', [1]).name).to.match(/^directory\.query\.\w{20}$/);
    expect(names.statement('select $1', [2]).name).to.equal(names.statement('select $1', [1]).name);
    expect(names.statement(`select '${'x'.repeat(9000)}'`, []).name).to.equal('');
    const later = Array.from({ length: 300 }, (_, n) => names.statement(`select ${n}`, []).name);
    expect(later.filter((name) => name !== '').length).to.equal(127);
    expect(names.statement('select $1', [1]).name).not.to.equal('');
  });
});
