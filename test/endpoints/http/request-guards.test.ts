import { expect } from 'chai';
import * as fc from 'fast-check';
import { bodyGuard, cursorKey, pageOf, parameterGuard, refuseHostile } from '#hub/endpoints/http/index.js';
import { DomainError } from '#hub/platform/errors.js';

const codeOf = (run: () => unknown): string | undefined => {
  try {
    run();
    return undefined;
  } catch (error) {
    return error instanceof DomainError ? error.code : `defect: ${String(error)}`;
  }
};

describe('hostile bodies', () => {
  it('are refused for keys that reach prototypes, at any depth', () => {
    for (const text of ['{"__proto__":1}', '{"a":[{"constructor":{}}]}', '{"a":{"prototype":1}}']) expect(codeOf(() => refuseHostile(JSON.parse(text)))).to.equal('http.body_hostile');
  });

  it('are refused for text that cannot be stored, and other text is not', () => {
    for (const text of ['a\0b', '\uD800', 'x\uDC00y']) {
      expect(codeOf(() => refuseHostile({ a: text }))).to.equal('http.body_hostile');
      expect(codeOf(() => refuseHostile({ [text]: 1 }))).to.equal('http.body_hostile');
    }
    expect(codeOf(() => refuseHostile({ a: '𝒳 and 🙂 and \u0301' }))).to.equal(undefined);
  });

  it('are refused for endless nesting, without recursion', () => {
    let deep: unknown = 1;
    for (let depth = 0; depth < 100_000; depth++) deep = [deep];
    expect(codeOf(() => refuseHostile(deep))).to.equal('http.body_hostile');
  });

  it('end in one of our errors or pass, whatever they are', () => {
    fc.assert(fc.property(fc.json({ maxDepth: 5 }), (text) => [undefined, 'http.body_hostile'].includes(codeOf(() => refuseHostile(JSON.parse(text))))));
  });
});

describe('the guard of bodies and parameters', () => {
  const schema = {
    type: 'object',
    additionalProperties: false,
    required: ['name'],
    properties: { name: { type: 'string', minLength: 1, maxLength: 5 }, count: { type: 'integer', default: 3 }, flag: { type: 'boolean' } },
  } as const;

  it('fills in defaults and types what it passes', () => {
    const body = bodyGuard(schema)({ name: 'a' });
    expect(body).to.deep.equal({ name: 'a', count: 3 });
  });

  it('reads numbers and flags from the text of parameters, but not from that of bodies', () => {
    expect(parameterGuard(schema)({ name: 'a', count: '7', flag: 'true' })).to.deep.equal({ name: 'a', count: 7, flag: true });
    expect(codeOf(() => bodyGuard(schema)({ name: 'a', count: '7' }))).to.equal('http.body_invalid');
  });

  it('leaves the parameters that it was given as they were', () => {
    const given = Object.freeze({ name: 'a', count: '7' });
    parameterGuard(schema)(given);
    expect(given.count).to.equal('7');
  });

  it('names every fault, and not the values', () => {
    try {
      bodyGuard(schema)({ count: 'hunter2', colour: 'hunter2' });
      expect.fail('passed');
    } catch (error) {
      expect((error as DomainError).details['faults']).to.have.length(3);
      expect((error as DomainError).message).not.to.include('hunter2');
    }
  });

  it('ends in one of our errors or passes, whatever is sent', () => {
    const guard = bodyGuard(schema);
    fc.assert(fc.property(fc.anything(), (value) => [undefined, 'http.body_invalid'].includes(codeOf(() => guard(value)))));
  });
});

describe('pages', () => {
  it('end with a cursor that leads to the next key, and the last with none', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 20 }), (keys, limit) => {
        const page = pageOf(keys, limit, (key) => key, (key) => key);
        const next = cursorKey(page.next);
        return keys.length > limit ? next === keys[limit - 1] : next === undefined && page.items.length === keys.length;
      }),
    );
  });

  it('lead on from names of every kind of character', () => {
    for (const key of ['\uFFFD', '\uFEFFa', '\u{1F600}', 'e\u0301']) expect(cursorKey(pageOf([key, 'z'], 1, (name) => name, (name) => name).next)).to.equal(key);
  });

  it('refuse cursors that were never given out', () => {
    for (const cursor of ['', 'x', 'AAAA', '////', Buffer.from('k:a\0b').toString('base64url'), Buffer.from([107, 58, 0xff]).toString('base64url')])
      expect([cursor, codeOf(() => cursorKey(cursor))]).to.deep.equal([cursor, 'http.cursor_invalid']);
  });
});
