import { expect } from 'chai';
import * as fc from 'fast-check';
import { MAX_JSON_DEPTH, equalJson, isStorable, memberOf, parseJson } from '#hub/endpoints/scim/resource-json.js';
import type { JsonObject, JsonValue } from '#hub/endpoints/scim/resource-json.js';
import { refusal } from './samples.js';

describe('resource JSON', () => {
  it('parses what JSON.parse does, and gives the last of repeated keys', () => {
    expect(parseJson('{"a":1,"a":[2,"]}\\"{"]}')).to.deep.equal({ a: [2, ']}"{'] });
    const values = fc.jsonValue({ maxDepth: 5 }).filter((value) => !JSON.stringify(value).includes('"__proto__"'));
    fc.assert(fc.property(values, (value) => equalJson(parseJson(JSON.stringify(value)), JSON.parse(JSON.stringify(value)) as JsonValue)));
  });

  it('refuses what is not JSON', () => {
    for (const text of ['', '{', '{"a"}', 'undefined', "{'a':1}", '[1,]', '\u{feff}{}', 'NaN']) expect(refusal(() => parseJson(text)), text).to.equal('invalidSyntax');
  });

  it('refuses depth bombs before it parses them', () => {
    expect(parseJson('['.repeat(MAX_JSON_DEPTH) + ']'.repeat(MAX_JSON_DEPTH))).to.be.an('array');
    for (const bomb of ['['.repeat(65) + ']'.repeat(65), '['.repeat(1_000_000), '{"a":'.repeat(100_000)]) expect(refusal(() => parseJson(bomb))).to.equal('invalidSyntax');
    expect(parseJson(JSON.stringify('['.repeat(1000)))).to.have.length(1000);
  });

  it('drops __proto__, also in escapes and in depth', () => {
    const parsed = parseJson('{"__proto__":{"x":1},"a":[{"\\u005f\\u005fproto\\u005f\\u005f":{"x":1},"b":1}]}');
    expect(Object.keys(parsed as JsonObject)).to.deep.equal(['a']);
    expect(parsed).to.deep.equal({ a: [{ b: 1 }] });
    expect(Object.getPrototypeOf(parsed)).to.equal(Object.prototype);
  });

  it('compares regardless of the order of keys', () => {
    expect(equalJson({ a: 1, b: [{ c: null }] }, { b: [{ c: null }], a: 1 })).to.equal(true);
    for (const [left, right] of [[{ a: 1 }, { a: 1, b: 2 }], [[1, 2], [2, 1]], [{}, []], [null, {}], [{ toString: 1 }, { x: 1 }]] as [JsonValue, JsonValue][]) expect(equalJson(left, right)).to.equal(false);
  });

  it('finds members in any case, own ones only', () => {
    expect(memberOf({ OPERATIONS: 1 }, 'Operations')).to.equal(1);
    expect(memberOf({ Path: 'a', PATH: 'b' }, 'path')).to.equal('b');
    expect(memberOf({}, 'constructor')).to.equal(undefined);
  });

  it('knows what PostgreSQL can hold', () => {
    for (const text of ['', 'é😀', '\u{ffff}']) expect(isStorable(text)).to.equal(true);
    for (const text of ['\0', 'a\0b', '\ud83d', '\ude00\ud83d']) expect(isStorable(text)).to.equal(false);
  });
});
