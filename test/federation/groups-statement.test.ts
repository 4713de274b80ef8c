import { expect } from 'chai';
import { anything, assert, dictionary, property, string } from 'fast-check';
import { readGroups } from '#hub/federation/groups-statement.js';
import { keepClaims, textClaim } from '#hub/federation/plain-claims.js';
import { failureOf } from '../support/upstream-failure.js';

describe('statement about groups', () => {
  const table: [string, Record<string, unknown>, object][] = [
    ['a list', { groups: ['A', 'B', 'A'] }, { state: 'present', groups: ['A', 'B'] }],
    ['one name', { groups: 'A' }, { state: 'present', groups: ['A'] }],
    ['an empty list', { groups: [] }, { state: 'empty' }],
    ['an empty name', { groups: '' }, { state: 'empty' }],
    ['silence', {}, { state: 'unknown', because: 'absent' }],
    ['null', { groups: null }, { state: 'unknown', because: 'absent' }],
    ['a number', { groups: 7 }, { state: 'unknown', because: 'malformed' }],
    ['a list with something else in it', { groups: ['A', 7] }, { state: 'unknown', because: 'malformed' }],
    ['a name with NUL', { groups: ['A\0'] }, { state: 'unknown', because: 'malformed' }],
    ['a lone surrogate', { groups: ['\ud800'] }, { state: 'unknown', because: 'malformed' }],
    ['too many', { groups: Array.from({ length: 10_001 }, (_, index) => `g${index}`) }, { state: 'unknown', because: 'malformed' }],
    ['Entra’s reference to another source', { _claim_names: { groups: 'src1' }, _claim_sources: { src1: {} } }, { state: 'unknown', because: 'overage' }],
    ['Entra’s short form', { hasgroups: true }, { state: 'unknown', because: 'overage' }],
    ['Entra’s short form as a word', { hasgroups: 'true' }, { state: 'unknown', because: 'overage' }],
    ['a middleware’s form', { 'groups:src1': 'x' }, { state: 'unknown', because: 'overage' }],
    ['a reference and yet the list', { groups: ['A'], _claim_names: { groups: 'src1' } }, { state: 'present', groups: ['A'] }],
  ];
  for (const [what, claims, expected] of table) it(`reads ${what}`, () => expect(readGroups(claims, 'groups')).to.deep.equal(expected));

  it('reads silence as "none" only where the connection says so, and never an overage', () => {
    expect(readGroups({}, 'groups', 'empty')).to.deep.equal({ state: 'empty' });
    expect(readGroups({ hasgroups: true }, 'groups', 'empty')).to.deep.equal({ state: 'unknown', because: 'overage' });
  });

  it('never finds groups on a prototype', () => {
    expect(readGroups(Object.create({ groups: ['admin'] }) as Record<string, unknown>, 'groups')).to.deep.equal({ state: 'unknown', because: 'absent' });
  });
});

describe('kept claims', () => {
  it('are the allowed ones alone, as plain JSON', () => {
    const source = JSON.parse('{"a":1,"b":2,"__proto__":{"x":1},"c":{"__proto__":{"y":1},"z":[1,{"constructor":2,"ok":3}]}}') as Record<string, unknown>;
    expect(keepClaims(source, ['a', 'c', '__proto__', 'toString'])).to.deep.equal({ a: 1, c: { z: [1, { ok: 3 }] } });
    expect(({} as { y?: number }).y).to.equal(undefined);
  });

  it('are refused when there is too much of them', async () => {
    expect((await failureOf(() => keepClaims({ a: 'x'.repeat(70_000) }, ['a']))).code).to.equal('federation.claims_too_large');
  });

  it('are always JSON that PostgreSQL can store, whatever comes', () => {
    assert(
      property(dictionary(string({ unit: 'binary' }), anything({ maxDepth: 12 })), (claims) => {
        const kept = keepClaims(claims, Object.keys(claims));
        expect(JSON.parse(JSON.stringify(kept))).to.deep.equal(kept);
        expect(JSON.stringify(kept)).to.not.match(/(?<!\\)\\u(0000|d[89a-f])/i);
      }),
      { numRuns: 300 },
    );
  });

  it('give text only where text is', () => {
    expect(textClaim({ n: ' Amina ' }, 'n')).to.equal('Amina');
    for (const value of [7, null, '', '  ', 'a\u0000', 'a\nb', 'x'.repeat(600), ['a']]) expect(textClaim({ n: value }, 'n')).to.equal(undefined);
  });
});
