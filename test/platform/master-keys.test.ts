import { expect } from 'chai';
import * as fc from 'fast-check';
import { DomainError } from '#hub/platform/errors.js';
import { MasterKeys, checkCanary, secretCanary } from '#hub/platform/master-keys.js';

const secret = (fill: number): string => Buffer.alloc(32, fill).toString('base64');
const keys = new MasterKeys(secret(1));
const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    return error instanceof DomainError ? error.code : String(error);
  }
  return 'nothing';
};

describe('master keys', () => {
  it('open what they sealed, bytes and text', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.string(), (bytes, purpose) => {
        expect([...keys.openBytes(keys.seal(bytes, purpose), purpose)]).to.deep.equal([...bytes]);
      }),
    );
    expect(keys.open(keys.seal('päss 🔑', 'x'), 'x')).to.equal('päss 🔑');
  });

  it('never seal the same twice alike', () => {
    expect(keys.seal('x', 'p')).not.to.equal(keys.seal('x', 'p'));
  });

  it('do not open for another purpose', () => {
    expect(codeOf(() => keys.open(keys.seal('x', 'connection:1'), 'connection:2'))).to.equal('crypto.damaged');
  });

  it('notice every changed bit', () => {
    const [version, keyId, body] = keys.seal('secret', 'p').split('.');
    const bytes = Buffer.from(body ?? '', 'base64url');
    for (let index = 0; index < bytes.length * 8; index += 5) {
      const changed = Buffer.from(bytes);
      changed[index >> 3] = (changed[index >> 3] ?? 0) ^ (1 << (index & 7));
      expect(codeOf(() => keys.open(`${version}.${keyId}.${changed.toString('base64url')}`, 'p'))).to.equal('crypto.damaged');
    }
  });

  it('refuse what is not an envelope', () => {
    const [version, keyId, body] = keys.seal('x', 'p').split('.');
    for (const text of ['', 'v1', 'v1..', `v2.${keyId}.${body}`, `${version}.${keyId}`, `${version}.${keyId}.AAAA`, `${version}.${keyId}.${body}.x`, '__proto__'])
      expect(codeOf(() => keys.open(text, 'p')), text).to.equal('crypto.damaged');
  });

  it('open with a previous secret after a rotation, and say what to seal anew', () => {
    const rotated = new MasterKeys(secret(2), [secret(1)]);
    const old = keys.seal('x', 'p');
    expect(rotated.open(old, 'p')).to.equal('x');
    expect(rotated.needsReseal(old)).to.equal(true);
    expect(rotated.needsReseal(rotated.seal('x', 'p'))).to.equal(false);
    expect(codeOf(() => keys.open(rotated.seal('x', 'p'), 'p'))).to.equal('crypto.wrong_secret');
  });

  it('derive keys per purpose, the current secret first, so that what the previous one signed stays good', () => {
    const rotated = new MasterKeys(secret(2), [secret(1)]);
    expect(rotated.derivedKeys('cookies')).to.deep.equal([...new MasterKeys(secret(2)).derivedKeys('cookies'), ...keys.derivedKeys('cookies')]);
    expect(keys.derivedKeys('cookies')).not.to.deep.equal(keys.derivedKeys('other'));
  });

  it('know a wrong secret by the canary before anything is written with it', () => {
    const stored = secretCanary(keys);
    expect(checkCanary(keys, stored)).to.equal(false);
    expect(checkCanary(new MasterKeys(secret(2), [secret(1)]), stored)).to.equal(true);
    expect(codeOf(() => checkCanary(new MasterKeys(secret(2)), stored))).to.equal('crypto.wrong_secret');
  });

  it('show nothing of themselves in a log', () => {
    expect(JSON.stringify(keys)).to.equal('{}');
  });

  it('take 32 bytes only', () => {
    expect(() => new MasterKeys('c2hvcnQ=')).to.throw(TypeError);
  });
});
