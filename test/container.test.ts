import { expect } from 'chai';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './support/readme.ts';

const run = promisify(execFile);
const text = (name: string): string => readFileSync(join(root, name), 'utf8');
const lines = text('Dockerfile').split('\n').filter((line) => line !== '' && !line.startsWith('#'));
const stages = lines.reduce<string[][]>((all, line) => (line.startsWith('FROM ') ? [...all, [line]] : [...all.slice(0, -1), [...(all.at(-1) ?? []), line]]), []);
const [build = [], final = []] = stages;
const saying = (stage: readonly string[], word: string): string[] => stage.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
/** Exec form: a JSON list. */
const list = (json: string): string[] => JSON.parse(json) as string[];
/** What is copied out of the build context. */
const copied = (stage: readonly string[]): string[] => saying(stage, 'COPY').filter((line) => !line.startsWith('--from')).flatMap((line) => line.split(' ').slice(0, -1));

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('the container', function () {
  this.timeout(60_000);

  it('is built in one stage and runs in another, as nobody special', () => {
    expect(stages).to.have.length(2);
    expect(saying(final, 'USER')).to.deep.equal(['node']);
    expect(final.findIndex((line) => line.startsWith('USER'))).to.be.lessThan(final.findIndex((line) => line.startsWith('CMD')));
    expect(lines.filter((line) => line.startsWith('FROM ')).every((line) => /^FROM node:20-slim( AS build)?$/.test(line))).to.equal(true);
  });

  it('is given exactly the files that it copies', () => {
    const wanted = new Set([...copied(build), ...copied(final)]);
    const given = text('.dockerignore').trim().split('\n');
    expect(given[0]).to.equal('*');
    expect(given.slice(1).map((line) => line.slice(1)).sort()).to.deep.equal([...wanted].sort());
    for (const name of wanted) expect(existsSync(join(root, name)), name).to.equal(true);
  });

  it('asks for the passwords it needs, and publishes no database', () => {
    const compose = text('compose.yaml');
    expect(compose).to.contain('${GATEHOUSE_SECRET:?').and.contain('${POSTGRES_PASSWORD:?').and.contain('postgres:18');
    expect(compose).not.to.match(/"(?:[\d.]+:)?5432:5432"/);
    // Tabs, and indentation by anything but two spaces, are what YAML takes amiss most.
    for (const line of compose.split('\n')) expect(line).to.match(/^(?: {2})*(?:\S.*)?$/);
  });

  describe('laid out in a plain folder', () => {
    let app: string;
    let hub: ChildProcess | undefined;
    let port: number;
    const environment = (): NodeJS.ProcessEnv => ({ PATH: process.env['PATH'], NODE_ENV: 'production', DATA_DIR: join(app, 'data'), PORT: String(port) });

    before(async () => {
      app = mkdtempSync(join(tmpdir(), 'gatehouse-container-'));
      chmodSync(app, 0o755);
      mkdirSync(join(app, 'data'));
      port = await freePort();
      for (const name of new Set([...copied(build), ...copied(final)])) cpSync(join(root, name), join(app, name), { recursive: true });
      // Stands for npm ci, which needs the network.
      symlinkSync(join(root, 'node_modules'), join(app, 'node_modules'));
    });
    after(async () => {
      const ended = new Promise((done) => hub?.once('close', done));
      if (hub?.kill('SIGTERM') === true) await ended;
      rmSync(app, { recursive: true, force: true });
    });

    it('is built from nothing but what is copied, serves, and is found healthy', async () => {
      expect(saying(build, 'RUN')).to.deep.equal(['npm ci', 'npm run build && npm prune --omit=dev && chmod +x dist/cli/gatehouse.js']);
      await run('npm', ['run', 'build'], { cwd: app });
      const [program = '', ...options] = list(saying(final, 'CMD')[0] ?? '');
      hub = spawn(program, options, { cwd: app, env: environment(), stdio: ['ignore', 'pipe', 'inherit'] });
      await new Promise<void>((done, failed) => {
        hub?.stdout?.on('data', (said: Buffer) => (String(said).includes('"serving"') ? done() : undefined));
        hub?.once('exit', (code) => failed(new Error(`the hub ended with ${code}`)));
      });
      const [probe = '', ...code] = list(/CMD (\[.*\])/.exec(saying(final, 'HEALTHCHECK')[0] ?? '')?.[1] ?? '[]');
      await run(probe, code, { env: environment() });
      const { stdout } = await run(process.execPath, [join(app, 'dist/cli/gatehouse.js'), 'organization', 'list'], { env: environment() });
      expect(stdout).to.contain('default');
    });
  });
});
