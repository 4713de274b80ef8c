import { expect } from 'chai';
import * as fc from 'fast-check';
import { OPERATORS, parseFilter } from '#hub/endpoints/scim/filter.js';
import type { Filter } from '#hub/endpoints/scim/filter.js';
import { printFilter } from '#hub/endpoints/scim/filter-print.js';
import { ScimError } from '#hub/endpoints/scim/scim-error.js';
import { refusal } from './samples.js';

const compare = (path: string, value: string | number | boolean | null, operator: (typeof OPERATORS)[number] = 'eq'): Filter => ({ kind: 'compare', path, operator, value });

const names = fc.constantFrom('userName', 'name.familyName', 'emails', 'emails.value', 'urn:ietf:params:scim:schemas:core:2.0:User:userName', 'meta.created', 'x-y_1', 'members.$ref');
const condition: fc.Arbitrary<Filter> = fc.oneof(
  fc.record({ kind: fc.constant('present' as const), path: names }),
  fc.record({
    kind: fc.constant('compare' as const),
    path: names,
    operator: fc.constantFrom(...OPERATORS),
    value: fc.oneof(fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')), fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (n === 0 ? 0 : n)), fc.boolean(), fc.constant(null)),
  }),
);
/** Any filter; `element` only outside of brackets. */
const filters = (inElement: boolean): fc.Arbitrary<Filter> =>
  fc.letrec<{ filter: Filter }>((tie) => ({
    filter: fc.oneof(
      { maxDepth: 4 },
      condition,
      fc.record({ kind: fc.constantFrom('and' as const, 'or' as const), operands: fc.array(tie('filter'), { minLength: 2, maxLength: 4 }) }),
      fc.record({ kind: fc.constant('not' as const), operand: tie('filter') }),
      ...(inElement ? [] : [fc.record({ kind: fc.constant('element' as const), path: fc.constantFrom('emails', 'addresses'), filter: filters(true) })]),
    ),
  })).filter;

describe('filter', () => {
  it('reads what it prints, for every filter', () => {
    fc.assert(
      fc.property(filters(false), (filter) => {
        const wide = { length: 1_000_000, depth: 64, terms: 10_000 };
        expect(parseFilter(printFilter(filter), wide)).to.deep.equal(filter);
      }),
      { numRuns: 200 },
    );
  });

  it('lets not bind tighter than and, and tighter than or', () => {
    expect(parseFilter('a eq 1 or b eq 2 and not (c pr)')).to.deep.equal({
      kind: 'or',
      operands: [compare('a', 1), { kind: 'and', operands: [compare('b', 2), { kind: 'not', operand: { kind: 'present', path: 'c' } }] }],
    });
  });

  it('lets parentheses group', () => {
    expect(parseFilter('(a eq 1 or b eq 2) and c eq 3')).to.deep.equal({
      kind: 'and',
      operands: [{ kind: 'or', operands: [compare('a', 1), compare('b', 2)] }, compare('c', 3)],
    });
  });

  it('reads operators and keywords in any case', () => {
    expect(parseFilter('A EQ "x" AND NOT(b PR) Or c Eq TRUE')).to.deep.equal(parseFilter('A eq "x" and not (b pr) or c eq true'));
    for (const operator of OPERATORS) expect(parseFilter(`a ${operator.toUpperCase()} "x"`)).to.deep.equal(compare('a', 'x', operator));
  });

  it('reads strings with JSON escapes, numbers, booleans and null', () => {
    expect(parseFilter(String.raw`a eq "q\"\\\/\n\u00e9\uD83D\uDE00)"`)).to.deep.equal(compare('a', 'q"\\/\né😀)'));
    expect(parseFilter('a eq -1.5e3')).to.deep.equal(compare('a', -1500));
    expect(parseFilter('a eq null')).to.deep.equal(compare('a', null));
  });

  it('reads names with URN, whose version has dots', () => {
    const name = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value';
    expect(parseFilter(`${name} eq "x"`)).to.deep.equal(compare(name, 'x'));
  });

  it('binds all conditions inside brackets, and a condition behind them, to one value', () => {
    const within: Filter = { kind: 'element', path: 'emails', filter: { kind: 'and', operands: [compare('type', 'work'), compare('value', '@x', 'co')] } };
    expect(parseFilter('emails[type eq "work" and value co "@x"]')).to.deep.equal(within);
    expect(parseFilter('emails[type eq "work"].value co "@x"')).to.deep.equal(within);
  });

  it('refuses with the position what is no filter', () => {
    const wrong = [
      '', ' ', 'userName', 'userName eq', 'userName eq bob', "userName eq 'bob'", 'userName eq "bob', 'userName xx "bob"', 'eq "bob"', 'a eq 1 and', 'a eq 1 b eq 2', '(a eq 1', 'a eq 1)',
      'not a eq 1', 'a eq 01', 'a eq 1.', 'a eq 1e999', 'a eq "\\x"', 'a eq "\\u0000"', 'a eq "\\ud800"', 'a[b eq 1', 'a[]', 'a[b[c eq 1]]', 'a.b.c eq 1', '1a eq 1', 'a..b pr', 'a pr eq 1', 'a eq {}', 'a;b eq 1',
      'emails[type eq "work"] eq "x"', '\u{1f600} eq 1', '__proto__ eq 1',
    ];
    for (const text of wrong) expect(refusal(() => parseFilter(text)), text).to.equal('invalidFilter');
    expect(() => parseFilter('userName xx "bob"')).to.throw(ScimError, 'position 10');
  });

  it('bounds length, depth and the number of conditions', () => {
    expect(refusal(() => parseFilter(`a eq "${'x'.repeat(9000)}"`))).to.equal('invalidFilter');
    expect(refusal(() => parseFilter(`${'('.repeat(40)}a pr${')'.repeat(40)}`))).to.equal('invalidFilter');
    expect(refusal(() => parseFilter(`${'not ('.repeat(40)}a pr${')'.repeat(40)}`))).to.equal('invalidFilter');
    expect(refusal(() => parseFilter(Array.from({ length: 300 }, () => 'a pr').join(' or ')))).to.equal('invalidFilter');
    expect(parseFilter(Array.from({ length: 256 }, () => 'a pr').join(' or ')).kind).to.equal('or');
  });

  it('answers any text with a filter or invalidFilter, in time that grows with its length', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.array(fc.constantFrom('(', ')', '[', ']', '"', '\\', ' and ', ' or ', 'not ', 'a', ' eq ', '1', '.', ':', 'urn:', '-', '$ref', '.value')).map((parts) => parts.join(''))), (text) => {
        try {
          parseFilter(text);
        } catch (error) {
          expect(error).to.be.instanceOf(ScimError).and.to.have.property('scimType', 'invalidFilter');
        }
      }),
      { numRuns: 500 },
    );
    // Of this process alone: what else the machine does proves nothing.
    const start = process.cpuUsage();
    for (const bomb of ['a'.repeat(8000), `urn${':a'.repeat(4000)}`, `urn${':a'.repeat(4000)}!`, `"${'\\'.repeat(8000)}`, '1'.repeat(8000)]) refusal(() => parseFilter(bomb));
    expect(process.cpuUsage(start).user / 1000).to.be.lessThan(500);
  });
});
