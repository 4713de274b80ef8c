import { expect } from 'chai';
import { STRICT } from '#hub/endpoints/scim/dialects.js';
import { parseFilter } from '#hub/endpoints/scim/filter.js';
import { checkFilter } from '#hub/endpoints/scim/filter-check.js';
import type { ResolvedFilter } from '#hub/endpoints/scim/filter-check.js';
import { ENTERPRISE, USER, refusal, registry } from './samples.js';

const check = (text: string): ResolvedFilter => checkFilter(parseFilter(text), registry.user);
const valueIn = (text: string): unknown => {
  const filter = check(text);
  return filter.kind === 'compare' ? filter.value : undefined;
};
const pathIn = (text: string): unknown => {
  const filter = check(text);
  return filter.kind === 'compare' ? filter.attribute.path : undefined;
};

describe('checked filter', () => {
  it('knows attributes in any case, with URN and by part', () => {
    expect(pathIn('USERNAME eq "x"')).to.equal('userName');
    expect(pathIn(`${USER}:Name.FamilyName eq "x"`)).to.equal('name.familyName');
    expect(pathIn(`${ENTERPRISE.toUpperCase().replace('URN', 'urn')}:department eq "x"`)).to.equal(`${ENTERPRISE}:department`);
  });

  it('takes a complex attribute as a whole for its value', () => {
    expect(pathIn('emails co "@x"')).to.equal('emails.value');
    expect(pathIn('manager eq "26118915"')).to.equal(`${ENTERPRISE}:manager.value`);
  });

  it('folds text unless case matters for the attribute', () => {
    expect(valueIn('userName eq "BJensen"')).to.equal('bjensen');
    expect(valueIn('id eq "AbC"')).to.equal('AbC');
    expect(valueIn('externalId eq "AbC"')).to.equal('AbC');
  });

  it('compares dates as instants, with their offsets', () => {
    expect(valueIn('meta.lastModified gt "2026-02-01T10:00:00+02:00"')).to.equal(Date.parse('2026-02-01T08:00:00Z'));
    expect(valueIn('meta.created ge "2026-02-01T08:00:00.123Z"')).to.equal(Date.parse('2026-02-01T08:00:00.123Z'));
    expect(refusal(() => check('meta.created gt "yesterday"'))).to.equal('invalidFilter');
    expect(refusal(() => check('meta.created gt "2026-13-45T00:00:00Z"'))).to.equal('invalidFilter');
  });

  it('understands "True" and "False" for booleans, unless it must be strict', () => {
    expect(valueIn('active eq "True"')).to.equal(true);
    expect(valueIn('active eq "false"')).to.equal(false);
    expect(refusal(() => checkFilter(parseFilter('active eq "True"'), registry.user, STRICT))).to.equal('invalidFilter');
  });

  it('refuses what makes no sense', () => {
    const senseless = [
      'active gt true', 'active co "t"', 'active eq "maybe"', 'active eq 1', 'userName eq 5', 'userName eq true', 'userName gt null', 'nothing eq "x"', 'name eq "x"', 'emails.nothing eq "x"', 'userName[a eq "x"]',
      'emails[nothing eq "x"]', 'emails[emails.type eq "x"]', 'x509Certificates.value gt "x"', 'meta.created co "2026"', 'constructor eq "x"', 'toString pr', 'name.constructor pr', 'urn:unknown:User:userName eq "x"',
    ];
    for (const text of senseless) expect(refusal(() => check(text)), text).to.equal('invalidFilter');
  });

  it('is no oracle for passwords', () => {
    for (const text of ['password eq "x"', 'password sw "x"', 'password pr', 'not (password pr)', 'userName pr and password co "a"']) expect(refusal(() => check(text)), text).to.equal('invalidFilter');
  });
});
