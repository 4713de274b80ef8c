import { expect } from 'chai';
import * as fc from 'fast-check';
import { constantTimeEquals, hashToken, mintToken, tokenLooksValid } from '#hub/platform/token.js';

/** Any sequence of UTF-16 units: control characters and broken surrogate pairs too. */
const anyText = fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) });

describe('token', () => {
  it('has a prefix, 43 characters of chance and a checksum, all selected by one double click', () => {
    for (let round = 0; round < 200; round += 1) expect(mintToken('gh_scim')).to.match(/^gh_scim_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/);
  });

  it('is recognised by its checksum and its prefix', () => {
    const token = mintToken('gh_scim');
    expect(tokenLooksValid(token)).to.equal(true);
    expect(tokenLooksValid(token, 'gh_scim')).to.equal(true);
    expect(tokenLooksValid(token, 'gh_user')).to.equal(false);
  });

  it('is not recognised with any one character changed', () => {
    const token = mintToken('gh_scim');
    for (let index = 0; index < token.length; index += 1) {
      const other = token[index] === 'x' ? 'y' : 'x';
      expect(tokenLooksValid(token.slice(0, index) + other + token.slice(index + 1))).to.equal(false);
    }
  });

  it('is told from any other text', () => {
    fc.assert(fc.property(anyText, (text) => !tokenLooksValid(text)));
    expect(tokenLooksValid('a_'.repeat(1_000_000))).to.equal(false);
  });

  it('is stored as 32 bytes that do not contain it', () => {
    expect(hashToken('abc').toString('hex')).to.equal('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  it('is compared whole', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (left, right) => constantTimeEquals(left, right) === (left === right)));
  });
});
