import { expect } from 'chai';
import * as fc from 'fast-check';
import { parseGroupRoleMap, parseRoleDefaults, printGroupRoleMap, readGroupRoleMap, readRoleDefaults, type GroupRoleMap } from '#hub/domain/access/group-role-map.js';
import { describeFault } from '#hub/domain/access/text-fault.js';
import { DomainError } from '#hub/platform/errors.js';

const pairs = (map: GroupRoleMap): [string, readonly string[]][] => map.map(({ group, roles }) => [group, roles]);
const faults = (text: string): string[] => readGroupRoleMap(text).faults.map(({ line, column, text: token }) => `${line}:${column} ${token}`);

const role = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.:-]{0,12}$/);
const group = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(...'aAß İ=,"\\n|{}[]:'.split('')), minLength: 1, maxLength: 12 }),
  fc.constantFrom('__proto__', 'constructor', 'CN=Smith\\, John,OU=Groups', 'CORP\\networking', '{x}'),
);
const written = fc.array(fc.tuple(group, fc.array(role, { minLength: 1, maxLength: 3 })), { maxLength: 8 });
const quoted = (name: string): string => `"${name.replace(/["\\]/g, '\\$&')}"`;
/** Any sequence of UTF-16 units: control characters and broken surrogate pairs too. */
const anyText = fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) });

describe('group to role map', () => {
  it('separates pairs by comma, line break and the two characters backslash-n alike', () => {
    const expected = [
      ['eng', ['developer']],
      ['ops', ['operator']],
    ];
    for (const text of ['eng=developer,ops=operator', 'eng=developer\nops=operator', 'eng=developer\\nops=operator', ' eng = developer ,\r\n\tops=operator\\n,\n'])
      expect(pairs(parseGroupRoleMap(text)), text).to.deep.equal(expected);
  });

  it('gives a group several roles, by | or by repeating it, and compares groups without regard to case', () => {
    expect(pairs(parseGroupRoleMap('Eng=viewer|developer, ENG = admin'))).to.deep.equal([['Eng', ['admin', 'developer', 'viewer']]]);
  });

  it('takes LDAP names in quotes, with their own backslashes', () => {
    const text = String.raw`"CN=Admins,OU=x"=admin,"CN=Smith\, John"=viewer,"say \"hi\" \\ bye"=guest`;
    expect(parseGroupRoleMap(text).map(({ group }) => group).sort()).to.deep.equal([String.raw`CN=Admins,OU=x`, String.raw`CN=Smith\, John`, String.raw`say "hi" \ bye`]);
  });

  it('takes a JSON object, joins equal keys, and knows no prototype', () => {
    const map = parseGroupRoleMap(' {"eng": ["developer", "viewer"], "ENG": "admin", "__proto__": ["viewer"], "constructor": "x"} ');
    expect(pairs(map)).to.deep.equal([
      ['__proto__', ['viewer']],
      ['constructor', ['x']],
      ['eng', ['admin', 'developer', 'viewer']],
    ]);
    expect(parseGroupRoleMap('{}')).to.deep.equal([]);
  });

  it('names every fault by line, column and text, never the first only', () => {
    expect(faults('eng=developer,broken\n=admin, ops=2nd , x=\n"open=y')).to.deep.equal(['1:15 broken', '2:1 =admin', '2:13 2nd', '2:19 x=', '3:1 "open=y']);
    expect(faults('a=ok|not ok|b!\n"q"x=r')).to.deep.equal(['1:6 not ok', '1:13 b!', '2:1 "q"x=r']);
    expect(faults('CN=Admins,OU=x=admin')).to.deep.equal(['1:14 x=admin']);
    expect(faults('CORP\\networking=x')).to.deep.equal(['1:1 CORP']);
    expect(faults('a=x||y')).to.have.length(1);
  });

  it('names the faults of the JSON form by their place too', () => {
    expect(faults('{"a": ["1st", "ok", "2nd"],\n "": "x"}')).to.deep.equal(['1:8 "1st"', '1:21 "2nd"', '2:2 ""']);
    for (const text of ['{', '{"a"', '{"a":}', '{"a": []}', '{"a": ["x",]}', '{"a": "x",}', '{"a": {"b": "x"}}', '{"a": 1}', '{"a": "x"} y', '{"a": "x', '{{'])
      expect(faults(text), text).to.have.length(1);
  });

  it('says in one error what is wrong and where', () => {
    expect(() => parseGroupRoleMap('eng=dev!,ops'))
      .to.throw(DomainError, '1:5 "dev!" is not a role name')
      .with.property('message')
      .that.contains('1:10 "ops" is not of the form group=role');
  });

  it('prints what it reads back to the same map', () => {
    fc.assert(
      fc.property(written, (list) => {
        const { map, faults: wrong } = readGroupRoleMap(list.map(([name, roles]) => `${quoted(name)}=${roles.join('|')}`).join('\n'));
        fc.pre(wrong.length === 0);
        expect(parseGroupRoleMap(printGroupRoleMap(map))).to.deep.equal(map);
      }),
    );
  });

  it('means the same in pairs and in JSON', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(group, fc.array(role, { minLength: 1, maxLength: 3 })), { selector: ([name]) => name }), (list) => {
        const inPairs = readGroupRoleMap(list.map(([name, roles]) => `${quoted(name)}=${roles.join('|')}`).join(','));
        fc.pre(inPairs.faults.length === 0);
        const inJson = `{${list.map(([name, roles]) => `${JSON.stringify(name)}:${JSON.stringify(roles)}`).join(',')}}`;
        expect(parseGroupRoleMap(inJson)).to.deep.equal(inPairs.map);
      }),
    );
  });

  it('survives any text, quickly, with faults inside it', () => {
    const text = fc.oneof(anyText, fc.string({ unit: fc.constantFrom(...'a=|,\n"\\n{}[]: '.split('')) }));
    fc.assert(
      fc.property(fc.boolean(), text, (json, body) => {
        for (const fault of readGroupRoleMap(json ? `{${body}` : body).faults) {
          expect(fault.line * fault.column).to.be.greaterThan(0);
          expect(describeFault(fault)).to.contain(fault.reason);
        }
      }),
    );
    for (const unit of ['"', '\\', '{', '{"', 'a=', 'a,', '{"a":["x",', '|', '\n', '"\\'])
      expect(readGroupRoleMap(unit.repeat(30_000)).faults.length, unit).to.be.lessThan(101);
    expect(readGroupRoleMap('x'.repeat(1 << 20)).faults).to.have.length(1);
  });
});

describe('default roles', () => {
  it('are read from a list in any of its forms', () => {
    for (const text of ['viewer,guest', 'viewer\nguest', 'viewer\\nguest', ' guest | viewer ,'])
      expect(parseRoleDefaults(text), text).to.deep.equal(['guest', 'viewer']);
  });

  it('name every fault', () => {
    expect(readRoleDefaults('viewer, a=b,\n2nd').faults.map(({ line, column, text }) => `${line}:${column} ${text}`)).to.deep.equal(['1:9 a=b', '2:1 2nd']);
    expect(() => parseRoleDefaults('x y')).to.throw(DomainError, 'default roles');
  });
});
