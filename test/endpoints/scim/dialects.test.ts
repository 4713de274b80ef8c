import { expect } from 'chai';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { QUIRKS, QUIRK_NAMES, STRICT, TOLERANT, dialectOf } from '#hub/endpoints/scim/dialects.js';

const source = join(import.meta.dirname, '../../../../src/endpoints/scim');

describe('dialects', () => {
  it('say of every quirk who needs it, when it shows and what it means', () => {
    for (const name of QUIRK_NAMES) {
      expect(QUIRKS[name].vendors, name).not.to.deep.equal([]);
      expect(QUIRKS[name].when, name).to.match(/^[A-Z].*\.$/);
      expect(QUIRKS[name].what, name).to.match(/^[A-Z].*\.$/);
    }
  });

  it('are all or none by default, or those of a vendor', () => {
    expect(TOLERANT.size).to.equal(QUIRK_NAMES.length);
    expect(STRICT.size).to.equal(0);
    expect([...dialectOf('okta')]).to.include('unchanged-id').and.not.to.include('boolean-as-text');
    expect([...dialectOf('entra')]).to.include('create-on-absent');
  });

  it('name no quirk that no code asks for', () => {
    const code = readdirSync(source).filter((file) => file !== 'dialects.ts').map((file) => readFileSync(join(source, file), 'utf8')).join('\n');
    expect(QUIRK_NAMES.filter((name) => !code.includes(`has('${name}')`))).to.deep.equal([]);
  });
});
