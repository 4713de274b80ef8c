import { expect } from 'chai';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCluster } from '#hub/database/embedded-directory.js';
import { DomainError } from '#hub/platform/errors.js';

describe('directory of the embedded PostgreSQL', () => {
  let home: string;
  beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'gatehouse-cluster-'))));
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  it('tells why a new database cannot be made, in the words of initdb, and keeps neither password nor half a cluster', () => {
    const data = join(home, 'data');
    mkdirSync(data);
    const initdb = join(home, 'initdb');
    writeFileSync(initdb, '#!/bin/sh\necho "initdb: error: no space left" >&2\nexit 1\n', { mode: 0o755 });
    const open = (): unknown => openCluster(data, { initdb, postgres: '/bin/false', native: undefined }, {}, true);
    expect(open).to.throw(DomainError, /could not be made in .*: initdb: error: no space left/).with.property('code', 'database.init_failed');
    expect(readdirSync(data).filter((name) => name.endsWith('.initdb') || name === 'pg')).to.deep.equal([]);
    expect(open, 'a second time').to.throw(DomainError, 'no space left');
  });
});
