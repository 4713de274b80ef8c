import { expect } from 'chai';
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { exists } from '#hub/database/process-identity.js';
import { type Groundwork, layGroundwork } from '#hub/groundwork.js';
import { systemClock } from '#hub/platform/clock.js';
import { loadConfig } from '#hub/platform/config.js';
import type { DomainError } from '#hub/platform/errors.js';
import { createLog } from '#hub/platform/log.js';
import { scratchDirectory } from './support/database.ts';
import { beginHub } from './support/hub-process.ts';

const directory = scratchDirectory('groundwork');
const log = createLog({ level: 'silent', format: 'json', clock: systemClock });
const PID_FILE = join(directory, 'pg/postmaster.pid');
const postmaster = (): number => Number.parseInt(readFileSync(PID_FILE, 'utf8'), 10);
const lay = (port = 0): Promise<Groundwork> => layGroundwork(loadConfig({ PORT: String(port), DATA_DIR: directory }), log);

describe('groundwork', function groundworks() {
  this.timeout(30_000);
  after(() => rmSync(directory, { recursive: true, force: true }));

  it('refuses a port that is taken before it touches any data', async () => {
    const other: Server = createServer().listen(0);
    try {
      const refused = await lay((other.address() as AddressInfo).port).catch((error: unknown) => error as DomainError);
      expect(refused).to.include({ code: 'hub.port_taken' });
      expect(readdirSync(directory)).to.deep.equal([]);
    } finally {
      other.close();
    }
  });

  it('answers that the hub is starting; when it is cleared, PostgreSQL is the last to go', async () => {
    const groundwork = await lay();
    const address = `http://127.0.0.1:${groundwork.http.port}/readyz`;
    const answer = await fetch(address);
    expect([answer.status, await answer.json()]).to.deep.equal([503, { status: 'starting' }]);
    let server = 0;
    await groundwork.clear(async () => {
      expect(await fetch(address).catch((error: unknown) => error)).to.be.instanceOf(TypeError);
      await groundwork.database;
      server = postmaster();
      expect(exists(server)).to.equal(true);
    });
    expect(exists(server)).to.equal(false);
    expect(existsSync(join(directory, 'gatehouse.pid'))).to.equal(false);
  });

  it('is given up by a hub that is told to stop before it serves, and nothing is left behind', async () => {
    const { kill } = beginHub({ DATA_DIR: directory });
    while (!(existsSync(PID_FILE) && postmaster() > 0)) await pause(5);
    const server = postmaster();
    const { code, stderr } = await kill('SIGTERM');
    expect([code, stderr]).to.deep.equal([0, '']);
    expect(exists(server)).to.equal(false);
    expect(existsSync(join(directory, 'gatehouse.pid'))).to.equal(false);
  });
});
