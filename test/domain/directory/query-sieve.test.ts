import { expect } from 'chai';
import * as fc from 'fast-check';
import type { Comparison, Condition, Operand } from '#hub/domain/directory/index.js';
import { type Sieve, sieveOf } from '#hub/domain/directory/query-sieve.js';
import { foldKey } from '#hub/platform/fold.js';

const path = (folded: boolean, ...names: string[]): Operand => ({ kind: 'path', path: names, type: 'text', folded, searchable: false, keyed: false });
const says = (operand: Operand, comparison: Comparison, value: string | boolean): Condition => ({ kind: 'compare', operand, comparison, value });

const passes = (sieve: Sieve | undefined, text: string): boolean => {
  if (!sieve) return true;
  if (sieve.kind !== 'text') return sieve.kind === 'all' ? sieve.of.every((one) => passes(one, text)) : sieve.of.some((one) => passes(one, text));
  return (sieve.lowered ? text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()) : text).includes(sieve.text);
};

const title = (comparison: Comparison, value: string, folded = true): Sieve | undefined => sieveOf(says(path(folded, 'title'), comparison, value));
const stored = (value: string): string => JSON.stringify({ id: 'x', title: value });

describe('query sieve', () => {
  it('lets everything pass that a text comparison holds for', () => {
    const text = fc.string({ unit: fc.oneof(fc.constantFrom('a', 'K', '\u212a', 'i', 'I', '\u0130', '\u0307', '"', '\\', ';', '\u037e', '\n', '\u1fef', 'e', '\u0301', '9', ' '), fc.string({ unit: 'binary', minLength: 1, maxLength: 1 })), maxLength: 12 });
    fc.assert(
      fc.property(text, fc.nat(12), fc.nat(12), fc.boolean(), (value, from, length, folded) => {
        const whole = folded ? foldKey(value) : value;
        const points = Array.from(whole);
        const cut = (start: number, end: number): string => points.slice(start, end).join('');
        for (const sieve of [title('equals', whole, folded), title('begins', cut(0, length), folded), title('ends', cut(from, 99), folded), title('contains', cut(from, from + length), folded)]) {
          expect(passes(sieve, stored(value)), JSON.stringify(sieve)).to.equal(true);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('lets every character pass that folds to what is looked for', () => {
    for (let code = 1; code < 0x3000; code += 1) {
      const value = `ab${String.fromCharCode(code)}cd`;
      expect(passes(title('equals', foldKey(value)), stored(value)), code.toString(16)).to.equal(true);
    }
  });

  it('keeps back who does not say the word, and who does not have the attribute', () => {
    expect(passes(title('equals', 'manager'), stored('Manager'))).to.equal(true);
    expect(passes(title('equals', 'manager'), stored('Manager II'))).to.equal(false);
    expect(passes(title('begins', 'manager'), stored('The Manager'))).to.equal(false);
    expect(passes(title('equals', '+49 30 1'), stored('+49 30 2'))).to.equal(false);
    expect(passes(title('equals', 'Manager', false), stored('manager'))).to.equal(false);
    expect(passes(title('above', 'a'), '{"id":"b"}')).to.equal(false);
    expect(passes(sieveOf({ kind: 'present', operand: path(true, 'title') }), '{"id":"title"}')).to.equal(false);
  });

  it('sees into the elements of lists', () => {
    const primary = sieveOf({ kind: 'element', list: { kind: 'path', path: ['roles'] }, condition: says({ kind: 'path', path: ['primary'], type: 'boolean', folded: false, searchable: false, keyed: false }, 'equals', true) });
    expect(passes(primary, '{"roles":[{"primary":true}]}')).to.equal(true);
    expect(passes(primary, '{"emails":[{"primary":true}]}')).to.equal(false);
  });

  it('takes all of what must hold, one of what may, and nothing of what must not', () => {
    const [one, other] = [says(path(false, 'a'), 'equals', 'one'), says(path(false, 'b'), 'equals', 'two')];
    const active = says({ kind: 'column', column: 'active' }, 'equals', true);
    expect(passes(sieveOf({ kind: 'all', of: [one, active] }), '{"a":"two"}')).to.equal(false);
    expect(passes(sieveOf({ kind: 'any', of: [one, other] }), '{"b":"two"}')).to.equal(true);
    expect(passes(sieveOf({ kind: 'any', of: [one, other] }), '{"b":"three"}')).to.equal(false);
    const silents: readonly Condition[] = [active, says(path(false, 'a'), 'differs', 'one'), { kind: 'not', of: one }, { kind: 'any', of: [one, active] }, { kind: 'all', of: [] }, { kind: 'any', of: Array.from({ length: 9 }, () => one) }];
    for (const silent of silents) expect(sieveOf(silent), JSON.stringify(silent)).to.equal(undefined);
  });
});
