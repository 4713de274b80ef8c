import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeDataDirectory } from '#hub/platform/data-directory.js';
import { DomainError } from '#hub/platform/errors.js';

const refusal = (path: string): unknown => {
  try {
    makeDataDirectory(path);
    return 'made';
  } catch (error) {
    return error instanceof DomainError ? [error.code, /\((\w+)\)/.exec(error.message)?.[1]] : error;
  }
};

describe('data directory', () => {
  let home: string;
  before(() => (home = mkdtempSync(join(tmpdir(), 'gatehouse-data-'))));
  after(() => rmSync(home, { recursive: true, force: true }));

  it('is made with all that is missing above it, for its owner alone, and may be there already', () => {
    const path = join(home, 'a/b/c');
    expect([refusal(path), refusal(path), refusal(`${path}/`)]).to.deep.equal(['made', 'made', 'made']);
    for (const each of ['a', 'a/b', 'a/b/c']) expect(statSync(join(home, each)).mode & 0o777).to.equal(0o700);
  });

  it('is refused where a file or a link to nowhere is in the way', () => {
    writeFileSync(join(home, 'file'), '');
    symlinkSync(join(home, 'nowhere'), join(home, 'link'));
    expect(refusal(join(home, 'file'))).to.deep.equal(['hub.data_directory', 'ENOTDIR']);
    expect(refusal(join(home, 'file/below'))).to.deep.equal(['hub.data_directory', 'ENOTDIR']);
    expect(refusal(join(home, 'link'))).to.deep.equal(['hub.data_directory', 'ENOENT']);
  });

  it('is refused, and not tried for ever, where the system makes no directories', function proc() {
    if (process.platform !== 'linux') this.skip();
    // In a process of its own: what does not end could not be ended from within.
    const code = `import { makeDataDirectory } from '#hub/platform/data-directory.js'; try { makeDataDirectory('/proc/x/y'); } catch (error) { console.log(error.message); }`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { timeout: 5000, encoding: 'utf8', cwd: join(import.meta.dirname, '../../..') });
    expect(stdout).to.equal('The data directory /proc/x/y cannot be made (ENOENT); set DATA_DIR to one that the hub may write.\n');
  });
});
