import { expect } from 'chai';
import * as fc from 'fast-check';
import { parseFilter } from '#hub/endpoints/scim/filter.js';
import { checkFilter } from '#hub/endpoints/scim/filter-check.js';
import { evaluateFilter } from '#hub/endpoints/scim/filter-evaluate.js';
import type { JsonObject } from '#hub/endpoints/scim/resource-json.js';
import { extendRegistry } from '#hub/endpoints/scim/schema-registry.js';
import { ENTERPRISE, barbara, refusal, registry } from './samples.js';

const matches = (text: string, resource: JsonObject = barbara()): boolean => evaluateFilter(checkFilter(parseFilter(text), registry.user), resource);

/** Expectations by example: what matches Barbara, and what does not. */
const MATCHING = [
  'userName eq "bjensen@EXAMPLE.com"', 'userName ne "x"', 'userName co "JENSEN"', 'userName sw "bj"', 'userName ew ".COM"', 'userName pr', 'userName gt "a"', 'userName le "z"',
  'id eq "2819c223"', 'externalId eq "bjensen"', 'name.familyName eq "jensen"', 'name pr', 'active eq true', 'active ne false', 'active eq "True"',
  'emails eq "babs@jensen.org"', 'emails co "jensen.org"', 'emails.type eq "home"', 'emails.type ne "home"', 'emails[type eq "work" and value co "example"]', 'emails[primary eq true].type eq "work"',
  'emails[not (type eq "work")]', 'nickName eq null', 'userName ne null', 'nickName ne "x"', 'not (nickName pr)', 'not (nickName eq "x")', 'title pr or userName pr and active eq true',
  `${ENTERPRISE}:department eq "tours"`, `${ENTERPRISE}:manager eq "26118915"`, 'id eq "2819c223" and manager eq "26118915"', 'schemas eq "urn:ietf:params:scim:schemas:core:2.0:User"',
  'meta.lastModified eq "2026-02-01T08:00:00Z"', 'meta.lastModified gt "2026-02-01T08:30:00+01:00"', 'meta.created lt "2026-02-01"', 'meta.resourceType eq "User"',
];
const MISSING = [
  'id eq "2819C223"', 'externalId eq "BJENSEN"', 'userName gt "z"', 'emails[type eq "home" and value co "example"]', 'emails[type eq "work"].value eq "babs@jensen.org"', 'nickName pr', 'nickName eq "x"',
  'userName eq null', 'nickName ne null', 'nickName co ""', 'active eq false', '(title pr or userName pr) and active eq false', 'manager eq "x"', 'not (userName pr)', 'addresses[type eq "work"]',
];

describe('filter evaluation', () => {
  for (const text of MATCHING) it(`matches ${text}`, () => expect(matches(text)).to.equal(true));
  for (const text of MISSING) it(`does not match ${text}`, () => expect(matches(text)).to.equal(false));

  it('takes empty values for absent ones', () => {
    expect(matches('nickName pr', barbara({ nickName: '' }))).to.equal(false);
    expect(matches('emails pr', barbara({ emails: [] }))).to.equal(false);
    expect(matches('name pr', barbara({ name: { familyName: '' } }))).to.equal(false);
  });

  it('orders text by code point, as the database does', () => {
    expect(matches('id gt "\u{ffee}"', barbara({ id: '\u{1f600}' }))).to.equal(true);
    expect(matches('id lt "\u{1f600}"', barbara({ id: '\u{ffee}' }))).to.equal(true);
  });

  it('orders a text after its own beginning', () => {
    expect(matches('userName gt "bjensen"')).to.equal(true);
    expect(matches('userName lt "bjensen@example.com.au"')).to.equal(true);
    expect(matches('userName ge "BJENSEN@example.com" and userName le "bjensen@EXAMPLE.com"')).to.equal(true);
  });

  it('compares numbers as numbers', () => {
    const { user } = extendRegistry(registry, [{ id: 'urn:example:2.0:Badge', extends: 'User', attributes: [{ name: 'number', type: 'integer' }] }]);
    const badge = { 'urn:example:2.0:Badge': { number: 10 } };
    expect(evaluateFilter(checkFilter(parseFilter('urn:example:2.0:Badge:number gt 9'), user), badge)).to.equal(true);
    expect(evaluateFilter(checkFilter(parseFilter('number eq 1e1'), user), badge)).to.equal(true);
    expect(refusal(() => checkFilter(parseFilter('number eq "10"'), user))).to.equal('invalidFilter');
  });

  it('agrees with a plain reading of the RFC for combinations of conditions', () => {
    const types = fc.constantFrom('work', 'home', 'other');
    const users = fc.record({ nickName: fc.constantFrom('', 'a', 'B', 'ab'), emails: fc.array(fc.record({ type: types, value: fc.constantFrom('x@a', 'y@b') }), { maxLength: 3 }) });
    type User = { nickName: string; emails: { type: string; value: string }[] };
    type Case = { text: string; holds: (user: User) => boolean };
    const condition: fc.Arbitrary<Case> = fc.oneof(
      fc.constantFrom('a', 'b', 'AB').map((wanted) => ({ text: `nickName eq "${wanted}"`, holds: (user: User) => user.nickName.toLowerCase() === wanted.toLowerCase() })),
      fc.constantFrom('a', 'b').map((wanted) => ({ text: `nickName co "${wanted}"`, holds: (user: User) => user.nickName.toLowerCase().includes(wanted) })),
      types.map((wanted) => ({ text: `emails.type ne "${wanted}"`, holds: (user: User) => user.emails.length === 0 || user.emails.some((email) => email.type !== wanted) })),
      fc.tuple(types, fc.constantFrom('x@a', 'y@b')).map(([type, value]) => ({
        text: `emails[type eq "${type}"].value eq "${value}"`,
        holds: (user: User) => user.emails.some((email) => email.type === type && email.value === value),
      })),
      fc.constant({ text: 'emails pr', holds: (user: User) => user.emails.length > 0 }),
    );
    const cases = fc.letrec<{ all: Case }>((tie) => ({
      all: fc.oneof(
        { maxDepth: 3 },
        condition,
        fc.tuple(tie('all'), tie('all')).map(([a, b]) => ({ text: `(${a.text}) and (${b.text})`, holds: (user: User) => a.holds(user) && b.holds(user) })),
        fc.tuple(tie('all'), tie('all')).map(([a, b]) => ({ text: `(${a.text}) or (${b.text})`, holds: (user: User) => a.holds(user) || b.holds(user) })),
        tie('all').map((a) => ({ text: `not (${a.text})`, holds: (user: User) => !a.holds(user) })),
      ),
    })).all;
    fc.assert(fc.property(cases, users, ({ text, holds }, user) => matches(text, user) === holds(user)), { numRuns: 500 });
  });
});
