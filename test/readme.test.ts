import { expect } from 'chai';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import { createProgram } from '#hub/cli/program.js';
import { BrowserJar } from './support/browser-jar.ts';
import { startTestHub, type Hub } from './support/hub.ts';
import { blocks, onlyBlock, readme, root } from './support/readme.ts';
import { settingsTable, withSettingsTable } from './support/settings-table.ts';
import { makeKey } from './support/upstream-saml-provider.ts';

/** Blocks that other tests run: they start what is started here already, or what a test machine does not have. */
const RUN_ELSEWHERE: Readonly<Record<string, string>> = {
  'npm ci && npm start': 'test/container.test.ts, without the installation',
  'npm ci && npm run demo': 'test/demo/demo.test.ts',
  'export GATEHOUSE_SECRET=$(openssl rand -base64 32) POSTGRES_PASSWORD=$(openssl rand -hex 16)\ndocker compose up --build': 'test/container.test.ts',
};

const GATEHOUSE = join(root, 'dist/cli/gatehouse.js');
/** What the commands call by name, so that nothing but Node and a shell is needed. */
const SHIMS: Readonly<Record<string, string>> = {
  npx: `#!/bin/sh\nshift\nexec "${process.execPath}" "${GATEHOUSE}" "$@"\n`,
  curl: `#!${process.execPath}\nfetch(process.argv.at(-1)).then(async (answer) => { console.log(await answer.text()); process.exit(answer.ok ? 0 : 22); });\n`,
};

const silent = { out: () => undefined, error: () => undefined, readInput: () => Promise.resolve('') };

/** The first word of a command line that leads nowhere: a command, or an option of the command that was found. */
function unknownWord(program: Command, words: readonly string[]): string | undefined {
  let at = program;
  for (const word of words) {
    const next = at.commands.find((command) => command.name() === word || command.aliases().includes(word));
    if (next !== undefined) at = next;
    else if (word.startsWith('--') ? word !== '--help' && !at.options.some(({ long }) => long === word) : at.commands.length > 0) return word;
  }
  return undefined;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('the README', function () {
  this.timeout(60_000);

  it('holds the table of settings that config/schema.json says', () => {
    expect(readme === withSettingsTable(readme, settingsTable(join(root, 'config/schema.json'))), 'run: npm run docs').to.equal(true);
  });

  it('leads to files and headings that exist', () => {
    const headings = [...readme.matchAll(/^#+ (.*)$/gm)].map(([, text = '']) => text.toLowerCase().replaceAll(/[^\w\s-]/g, '').replaceAll(/\s/g, '-'));
    for (const [, target = ''] of readme.matchAll(/\]\(([^)]+)\)/g)) {
      if (target.startsWith('#')) expect(headings).to.include(target.slice(1));
      else expect(existsSync(join(root, target)), target).to.equal(true);
    }
  });

  it('names no command, option or script that is not there, and neither does any other document', () => {
    const scripts = Object.keys((JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object }).scripts);
    const program = createProgram(silent, {}, '0');
    for (const file of ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md']) {
      const text = readFileSync(join(root, file), 'utf8');
      for (const [, script = ''] of text.matchAll(/npm run (?:-s )?([\w:-]+)/g)) expect(scripts, `${file}: ${script}`).to.include(script);
      const prose = text.replaceAll(/^```[^]*?^```$/gm, '');
      for (const [, called = '', words = ''] of prose.matchAll(/`((?:npx )?gatehouse )?([a-z][^`\n]*)`/g)) {
        const unknown = unknownWord(program, words.split('|')[0]?.split(' ') ?? []);
        // Without its name in front only what begins with a noun of the command is a command.
        if (called !== '' || program.commands.some((noun) => words.startsWith(`${noun.name()} `))) expect(unknown, `${file}: ${words}`).to.equal(undefined);
      }
    }
  });

  it('shows pictures of at most 100 KB', () => {
    const pictures = [...readme.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, file = '']) => join(root, file));
    expect(pictures).to.have.length(2);
    for (const file of pictures) expect(statSync(file).size, file).to.be.at.most(100_000);
  });

  describe('at a hub', () => {
    let hub: Hub;
    let directory: string;
    let applicationPort: number;

    const placed = (text: string): string => text.replaceAll('http://localhost:3000', hub.url).replaceAll('http://localhost:4000', `http://localhost:${applicationPort}`);

    before(async () => {
      hub = await startTestHub({ OIDC_GROUP_ROLE_DEFAULTS: 'viewer' });
      applicationPort = await freePort();
      directory = mkdtempSync(join(tmpdir(), 'gatehouse-readme-'));
      for (const [name, script] of Object.entries(SHIMS)) {
        writeFileSync(join(directory, name), script);
        chmodSync(join(directory, name), 0o755);
      }
      const settings = JSON.parse(onlyBlock('json')) as object;
      writeFileSync(join(directory, 'entra.json'), JSON.stringify({ ...settings, idpCertificates: [makeKey('entra').certificate] }));
    });
    after(async () => {
      await hub.stop();
      rmSync(directory, { recursive: true });
    });

    async function run(block: string): Promise<string> {
      const env = { PATH: `${directory}:${process.env['PATH'] ?? ''}`, GATEHOUSE_URL: hub.url, GATEHOUSE_TOKEN: hub.adminToken };
      return (await promisify(execFile)('sh', ['-ec', placed(block)], { cwd: directory, env })).stdout;
    }

    it('has no command that does not work', async () => {
      const own = blocks('sh').filter((block) => !Object.hasOwn(RUN_ELSEWHERE, block.trim()));
      expect(own).to.have.length(blocks('sh').length - Object.keys(RUN_ELSEWHERE).length);
      for (const block of own) await run(block);
      const ada = JSON.parse(await run('npx gatehouse user show ada@acme.example --organization acme')) as { roles: string[] };
      expect(ada.roles).to.deep.equal(['admin', 'viewer']);
    });

    describe('the express sample, pasted', () => {
      let child: ChildProcess;
      let folder: string;

      before(async () => {
        // Below the repository, so that its packages are found.
        folder = mkdtempSync(join(root, 'dist/test/readme-'));
        writeFileSync(join(folder, 'app.mjs'), onlyBlock('js'));
        const redirect = `http://localhost:${applicationPort}`;
        const created = JSON.parse((await hub.cli('application', 'create', '--name', 'Portal', '--redirect-uri', `${redirect}/callback`, '--post-logout-redirect-uri', `${redirect}/`)).stdout) as Record<string, string>;
        const env = { PATH: process.env['PATH'], PORT: String(applicationPort), ISSUER: `${hub.url}/oidc`, CLIENT_ID: created['client_id'], CLIENT_SECRET: created['client_secret'] };
        child = spawn(process.execPath, [join(folder, 'app.mjs')], { env, stdio: 'pipe' });
        let complaints = '';
        child.stderr?.on('data', (text) => (complaints += String(text)));
        await new Promise<void>((done, failed) => {
          child.stdout?.once('data', () => done());
          child.once('exit', () => failed(new Error(`the sample ended: ${complaints}`)));
        });
      });
      after(() => {
        child.removeAllListeners('exit');
        child.kill();
        rmSync(folder, { recursive: true });
      });

      it('signs a person in, knows the roles, and signs the person out', async () => {
        const home = `http://localhost:${applicationPort}`;
        const [jar, own] = [new BrowserJar(), new BrowserJar()];
        expect((await own.request(`${home}/admin`)).status).to.equal(403);
        const { url: away } = await own.follow(`${home}/`, home);
        const { url: page } = await jar.follow(away);
        expect(page.pathname).to.match(/^\/sign-in\//);
        await jar.post(`${page.href}/identifier`, { identifier: 'ada@acme.example' });
        const proved = await jar.post(`${page.href}/password`, { identifier: 'ada@acme.example', password: 'correct horse battery staple' });
        const { url: back } = await jar.follow(new URL(proved.headers.get('location') ?? '', page), hub.url);
        expect(back.href).to.match(new RegExp(`^${home}/callback`));
        const { response } = await own.follow(back, home);
        expect(await response?.text()).to.equal('Ada Adams of acme: admin, viewer\n');
        expect((await own.request(`${home}/admin`)).status).to.equal(200);
        const out = await own.request(`${home}/sign-out`);
        expect(out.headers.get('location')).to.contain(`${hub.url}/oidc/session/end`);
        expect((await own.request(`${home}/admin`)).status).to.equal(403);
        const again = await own.request(`${home}/sign-out`);
        const twice = await fetch(again.headers.get('location') ?? '', { redirect: 'manual' });
        expect([twice.status, twice.headers.get('location')], 'signing out twice').to.deep.equal([303, `${home}/`]);
      });

      it('says in words that somebody was not signed in', async () => {
        const home = `http://localhost:${applicationPort}`;
        const answer = await fetch(`${home}/callback?error=access_denied&error_description=the+person+did+not+allow+it`);
        expect([answer.status, answer.headers.get('content-type')]).to.deep.equal([400, 'text/plain; charset=utf-8']);
        expect(await answer.text()).to.match(/^You are not signed in: .+\n$/);
      });
    });
  });
});
