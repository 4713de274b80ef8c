import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { layLinks } from '#hub/database/embedded-binaries.js';
import { startServer } from '#hub/database/embedded-process.js';
import { openDatabase, startEmbeddedPostgres, type EmbeddedOptions } from '#hub/database/index.js';
import { asOwner } from '../support/owner.ts';
import { scratchDirectory } from '../support/database.ts';

const query = async (url: string, text: string): Promise<unknown[]> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>({ text })).rows;
  } finally {
    await client.end();
  }
};

const fails = async (options: EmbeddedOptions): Promise<unknown> =>
  startEmbeddedPostgres(options).then(
    async (server) => {
      await server.stop();
      return 'started';
    },
    (error: unknown) => error,
  );

/** A hub in a process of its own, reduced to its database. */
const OTHER_HUB = `import { startEmbeddedPostgres } from '#hub/database/index.js';
const server = await startEmbeddedPostgres({ directory: process.argv[1] });
console.log(server.pid);
setInterval(() => undefined, 1000);`;

async function otherHub(directory: string): Promise<{ server: number; end: (signal: NodeJS.Signals) => Promise<void> }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', OTHER_HUB, directory], { stdio: ['ignore', 'pipe', 'inherit'], cwd: join(import.meta.dirname, '../../..') });
  const exited = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  const server = await new Promise<number>((resolve, reject) => {
    child.stdout.once('data', (chunk: Buffer) => resolve(Number(chunk.toString())));
    child.once('exit', () => reject(new Error('the other hub ended')));
  });
  return {
    server,
    end: (signal) => {
      child.kill(signal);
      return exited;
    },
  };
}

describe('embedded PostgreSQL', function embedded() {
  this.timeout(30_000);
  const directory = scratchDirectory('embedded');
  const leftovers: string[] = [directory];
  after(() => leftovers.forEach((path) => rmSync(path, { recursive: true, force: true })));

  it('keeps what was written over a restart, and gives the hub a login without power', async () => {
    const first = await startEmbeddedPostgres({ directory });
    await asOwner(first.ownerUrl, 'create schema own', 'create table own.kept (id int)', 'insert into own.kept values (1)');
    expect(await query(first.url, 'select rolsuper, rolcreaterole, rolcreatedb from pg_roles where rolname = current_user')).to.deep.equal([
      { rolsuper: false, rolcreaterole: false, rolcreatedb: false },
    ]);
    await first.stop();
    const second = await startEmbeddedPostgres({ directory });
    expect(await query(second.ownerUrl, 'select id from own.kept')).to.deep.equal([{ id: 1 }]);
    expect(await query(second.superuserUrl(), `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit`)).to.deep.equal([{ fsync: 'on', commit: 'on' }]);
    await second.stop();
  });

  it('carries the whole schema with an owner that is no superuser', async () => {
    const server = await startEmbeddedPostgres({ directory });
    const database = await openDatabase({ url: server.url, ownerUrl: server.ownerUrl });
    expect(await database.batch([{ name: 't.one', text: 'select 1 as n', values: [] }])).to.deep.equal([[{ n: 1 }]]);
    await database.close();
    await server.stop();
  });

  it('refuses a second hub on the same directory, in this process or another', async () => {
    const other = await otherHub(directory);
    expect(await fails({ directory })).to.have.property('code', 'database.directory_in_use');
    await other.end('SIGKILL');
    const own = await startEmbeddedPostgres({ directory });
    expect(await fails({ directory })).to.have.property('code', 'database.directory_in_use');
    await own.stop();
  });

  it('starts again at once after a hub and its server were killed', async () => {
    const other = await otherHub(directory);
    process.kill(other.server, 'SIGKILL');
    await other.end('SIGKILL');
    const server = await startEmbeddedPostgres({ directory });
    expect(await query(server.ownerUrl, 'select id from own.kept')).to.deep.equal([{ id: 1 }]);
    await server.stop();
  });

  it('tells why the server ended, also when the reason comes after the end', async () => {
    const script = join(directory, 'ends-at-once.sh');
    writeFileSync(script, '#!/bin/sh\n(sleep 0.2; echo "FATAL: the reason" >&2) &\nexit 1\n', { mode: 0o755 });
    const refused = await startServer(script, [], directory, {}, () => undefined).then(() => undefined, (error: unknown) => error);
    expect(refused).to.include({ code: 'database.start_failed' }).and.to.have.property('message').that.includes('the reason');
  });

  it('is not held up by a pid file whose number now belongs to something else', async () => {
    const pidFile = join(directory, 'pg', 'postmaster.pid');
    for (const file of [pidFile, join(directory, 'gatehouse.pid')]) writeFileSync(file, `${process.ppid} 1\n${directory}/pg\n0\n5432\n\n\n\nready\n`);
    const server = await startEmbeddedPostgres({ directory });
    expect(readFileSync(pidFile, 'utf8').split('\n')[0]).to.equal(String(server.pid));
    await server.stop();
  });

  it('moves its data where the server\'s account can reach it', async function move() {
    if (process.getuid?.() !== 0) this.skip();
    const home = mkdtempSync('/var/tmp/gatehouse-private-');
    leftovers.push(home);
    const told: string[] = [];
    const server = await startEmbeddedPostgres({ directory: join(home, '.data'), ephemeral: true, log: (line) => told.push(line) });
    expect(server.directory).to.match(/^\/var\/lib\/gatehouse-data\/[0-9a-f]{12}$/);
    expect(told.join('\n')).to.contain(server.directory);
    await server.stop();
    expect(existsSync(server.directory)).to.equal(false);
  });

  it('uses the loopback where the path is too long for a socket', async () => {
    const long = join(directory, 'x'.repeat(90));
    const server = await startEmbeddedPostgres({ directory: long, ephemeral: true });
    expect(server.url).to.contain('@127.0.0.1:');
    expect(await query(server.url, 'select 1 as n')).to.deep.equal([{ n: 1 }]);
    await server.stop();
  });

  it('says which directory it cannot write', async () => {
    const file = join(directory, 'file');
    writeFileSync(file, '');
    const error = await fails({ directory: join(file, 'data') });
    expect(error).to.have.property('code', 'database.directory_unwritable');
    expect(error).to.have.property('message').that.contains(file);
  });

  it('lays the links between its libraries when npm did not', () => {
    const native = join(directory, 'package', 'native');
    mkdirSync(join(native, 'lib'), { recursive: true });
    writeFileSync(join(native, 'pg-symlinks.json'), JSON.stringify([{ source: 'native/lib/libicu.so.60.2', target: 'native/lib/libicu.so.60' }]));
    layLinks(native);
    layLinks(native);
    expect(readlinkSync(join(dirname(native), 'native/lib/libicu.so.60'))).to.equal('libicu.so.60.2');
  });
});
