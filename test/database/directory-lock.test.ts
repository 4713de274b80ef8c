import { expect } from 'chai';
import fs, { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockDirectory } from '#hub/database/directory-lock.js';
import { DomainError } from '#hub/platform/errors.js';

const refusal = (directory: string): unknown => {
  try {
    lockDirectory(directory)();
    return 'locked';
  } catch (error) {
    return error instanceof DomainError ? error.code : error;
  }
};

/** As on a file system that has no hard links. */
function refuseLinks(code: string): void {
  fs.linkSync = () => {
    throw Object.assign(new Error(`${code}: not here`), { code });
  };
  syncBuiltinESMExports();
}

describe('lock of the data directory', () => {
  const { linkSync } = fs;
  let directory: string;
  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'gatehouse-lock-'))));
  afterEach(() => {
    fs.linkSync = linkSync;
    syncBuiltinESMExports();
    rmSync(directory, { recursive: true, force: true });
  });

  it('is held until it is let go, and leaves nothing behind', () => {
    const unlock = lockDirectory(directory);
    expect(refusal(directory)).to.equal('database.directory_in_use');
    expect(readdirSync(directory)).to.deep.equal(['gatehouse.pid']);
    unlock();
    expect([refusal(directory), readdirSync(directory)]).to.deep.equal(['locked', []]);
  });

  it('is taken over from a process that is gone', () => {
    writeFileSync(join(directory, 'gatehouse.pid'), '1 long-ago\n');
    expect(refusal(directory)).to.equal('locked');
  });

  it('says so, once, where the file system has no hard links', () => {
    for (const code of ['EPERM', 'ENOTSUP', 'EMLINK']) {
      refuseLinks(code);
      expect(() => lockDirectory(directory)).to.throw(DomainError, code).with.property('code', 'database.directory_not_lockable');
      expect(readdirSync(directory)).to.deep.equal([]);
    }
  });

  it('says so where the directory cannot be written, or something else has the name', () => {
    expect(refusal(join(directory, 'missing'))).to.equal('database.directory_not_lockable');
    mkdirSync(join(directory, 'gatehouse.pid'));
    expect(refusal(directory)).to.equal('database.directory_not_lockable');
    expect(existsSync(join(directory, 'gatehouse.pid'))).to.equal(true);
  });
});
