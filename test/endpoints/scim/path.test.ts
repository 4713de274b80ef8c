import { expect } from 'chai';
import { findTarget, resolvePath } from '#hub/endpoints/scim/path.js';
import { ENTERPRISE, USER, refusal, registry } from './samples.js';

const whereIs = (path: string): string => {
  const target = resolvePath(path, registry.user);
  if (target.kind !== 'attribute') return target.kind === 'extension' ? target.extension.schema : 'resource';
  return `${target.attribute.path}${target.filter ? '[…]' : ''}${target.part ? ` → ${target.part.name}` : ''}`;
};

describe('PATCH path', () => {
  it('leads to attributes, parts, selected values and extensions, in any case', () => {
    expect(whereIs('USERNAME')).to.equal('userName');
    expect(whereIs('name.familyname')).to.equal('name → familyName');
    expect(whereIs('Emails[Type eq "work"]')).to.equal('emails[…]');
    expect(whereIs('emails[type eq "work" and (value co "]" or primary eq "True")].VALUE')).to.equal('emails[…] → value');
    expect(whereIs(ENTERPRISE)).to.equal(ENTERPRISE);
    expect(whereIs(USER)).to.equal('resource');
  });

  it('reads what follows a URN after a colon, a dot, or with a part', () => {
    for (const path of [`${ENTERPRISE}:manager.value`, `${ENTERPRISE}.manager.value`, 'manager.value', `${ENTERPRISE.toLowerCase()}:MANAGER.Value`]) {
      expect(whereIs(path), path).to.equal(`${ENTERPRISE}:manager → value`);
    }
    expect(whereIs(`${USER}:emails[type eq "work"].value`)).to.equal('emails[…] → value');
  });

  it('is refused as invalidPath when it is malformed or leads nowhere', () => {
    const wrong = ['nothing', 'name.nothing', 'name.familyName.x', 'emails[type eq "work"', 'emails]', 'emails[type eq "work"]value', 'emails[type eq "work"].nothing', 'emails[type eq "work"].value.x', 'userName[type eq "x"]', 'name[familyName eq "x"]',
      'a b', '', '.', '$ref', '__proto__', 'constructor', 'constructor.prototype', 'urn:unknown:2.0:User:x', '/emails/0', 'emails.value[type eq "x"]'];
    for (const path of wrong) expect(refusal(() => resolvePath(path, registry.user)), path).to.equal('invalidPath');
    expect(findTarget('nothing', registry.user)).to.equal(undefined);
  });

  it('is refused as invalidFilter when its brackets hold no filter that makes sense', () => {
    for (const path of ['emails[]', 'emails[type]', 'emails[nothing eq "x"]', 'emails[type eq "a"][type eq "b"]', 'emails[primary gt true]']) expect(refusal(() => resolvePath(path, registry.user)), path).to.equal('invalidFilter');
  });
});
