import { expect } from 'chai';
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { castOf } from '#hub/demo/index.js';
import { readArguments } from '#hub/demo/demo-arguments.js';
import { barOf, ProgressBar } from '#hub/demo/progress-bar.js';

const main = join(import.meta.dirname, '../../demo/main.js');

describe('the cast of the demonstration', () => {
  const companies = castOf(200);

  it('is 200 people and 12 groups in two companies of two vendors', () => {
    expect(companies.flatMap(({ people }) => people)).to.have.length(200);
    expect(companies.flatMap(({ groups }) => groups)).to.have.length(12);
    expect(companies.map(({ vendor }) => vendor)).to.deep.equal(['okta', 'entra']);
  });

  it('holds nobody twice, and nobody in a group that there is not', () => {
    for (const { people, groups } of castOf(500)) {
      expect(new Set(people.map(({ userName }) => userName)).size).to.equal(people.length);
      expect(new Set(people.map(({ id }) => id)).size).to.equal(people.length);
      expect(people.flatMap((person) => person.groups.filter((group) => !groups.includes(group)))).to.deep.equal([]);
    }
  });
});

describe('those worth signing in as', () => {
  for (const size of [20, 200]) {
    it(`are in every company one of each mapped group and one of none (of ${size} people)`, () => {
      for (const { leads, roleMap } of castOf(size)) {
        const mapped = roleMap.split(',').map((pair) => pair.split('=')[0] ?? '');
        for (const group of mapped) expect(leads.some(({ groups }) => groups.includes(group)), group).to.equal(true);
        expect(leads.at(-1)?.groups.filter((group) => mapped.includes(group))).to.deep.equal([]);
      }
    });
  }
});

describe('the arguments of the demonstration', () => {
  it('have defaults', () => {
    expect(readArguments([])).to.deep.equal({ help: false, once: false, people: 200, port: 3000 });
  });

  for (const args of [['--people', '19'], ['--people', '100001'], ['--people', 'many'], ['--port', '-1'], ['--port', '70000'], ['--unknown'], ['word']]) {
    it(`refuse ${args.join(' ')}`, () => {
      expect(() => readArguments(args)).to.throw(TypeError);
    });
  }
});

describe('the progress bar', () => {
  it('is as wide when empty as when full, and never wider', () => {
    expect(new Set([0, 1, 7, 8, 99, 100, 120].map((done) => barOf(done, 100).length))).to.deep.equal(new Set([24]));
  });

  it('writes one line at the end where there is no terminal', () => {
    const written: string[] = [];
    const bar = new ProgressBar({ write: (text) => written.push(text) }, 'pushing');
    for (const done of [0, 1, 2]) bar.show('people', done, 2);
    expect(written).to.have.length(1);
    expect(written[0]).to.match(/2 of 2 people\n$/);
  });
});

/** Processes whose command line names the folder. */
const processesIn = (folder: string): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder);
      } catch {
        return false;
      }
    });

describe('the demonstration', function () {
  this.timeout(60_000);
  let scratch: string;

  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), 'gatehouse-demo-test-'));
    // The database's account must get through, as through /tmp.
    chmodSync(scratch, 0o755);
  });
  afterEach(() => rmSync(scratch, { recursive: true, force: true }));

  function run(...args: string[]): { child: ChildProcess; ended: Promise<{ code: number | null; output: string }>; said: (words: string) => Promise<void> } {
    const child = spawn(process.execPath, [main, '--port', '0', '--people', '20', ...args], { env: { ...process.env, TMPDIR: scratch, DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' } });
    let output = '';
    const waiting = new Map<string, () => void>();
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        for (const [words, done] of waiting) if (output.includes(words)) done();
      });
    return {
      child,
      ended: new Promise((done) => child.once('close', (code) => done({ code, output }))),
      said: (words) => new Promise((done) => waiting.set(words, done)),
    };
  }

  it('starts, pushes, says what to open and leaves nothing behind', async () => {
    const { code, output } = await run('--once').ended;
    expect(code, output).to.equal(0);
    for (const { userName } of castOf(20).flatMap(({ leads }) => leads)) expect(output).to.contain(userName);
    expect(output).to.match(/Open http:\/\/localhost:\d+/);
    expect(output).not.to.contain('WARNING');
    expect(readdirSync(scratch)).to.deep.equal([]);
    if (process.platform === 'linux') expect(processesIn(scratch)).to.deep.equal([]);
  });

  it('ends at Ctrl-C, also a hasty one, and leaves nothing behind', async () => {
    const { child, ended, said } = run();
    await said('Ctrl-C stops');
    child.kill('SIGINT');
    child.kill('SIGINT');
    const { code, output } = await ended;
    expect(code, output).to.equal(0);
    expect(readdirSync(scratch)).to.deep.equal([]);
    if (process.platform === 'linux') expect(processesIn(scratch)).to.deep.equal([]);
  });

  it('explains itself', async () => {
    const { code, output } = await run('--help').ended;
    expect(code).to.equal(0);
    expect(output).to.contain('--once').and.contain('--port');
  });
});
