import { expect } from 'chai';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DomainError } from '#hub/platform/errors.js';
import { ensureSecret } from '#hub/platform/secret-file.js';

describe('secret file', () => {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-secret-'));
  after(() => rmSync(directory, { recursive: true }));

  it('is made once, for its owner alone, and read from then on', () => {
    const dataDir = join(directory, 'new', 'data');
    const secret = ensureSecret(dataDir);
    expect(Buffer.from(secret, 'base64')).to.have.length(32);
    expect(statSync(join(dataDir, 'secret')).mode & 0o777).to.equal(0o600);
    expect(ensureSecret(dataDir)).to.equal(secret);
    expect(readdirSync(dataDir)).to.deep.equal(['secret']);
  });

  it('is never replaced when it is damaged', () => {
    writeFileSync(join(directory, 'secret'), 'short');
    expect(() => ensureSecret(directory)).to.throw(DomainError, 'not 32 bytes');
  });

  it('says what is wrong with the directory', () => {
    expect(() => ensureSecret('/dev/null/data')).to.throw(DomainError).with.property('code', 'config.secret_file');
  });
});
