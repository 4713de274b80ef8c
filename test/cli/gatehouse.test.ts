import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { createProgram } from '#hub/cli/program.js';
import { tokenLooksValid } from '#hub/platform/token.js';
import { startAdminServer, type AdminServer } from '../support/admin-server.ts';
import { runCli, type CliRun } from '../support/cli.ts';

const quiet = { out: () => undefined, error: () => undefined, readInput: () => Promise.resolve('') };

const leaves = (command: Command, path: string[] = []): [string, Command][] =>
  command.commands.length === 0 ? [[path.join(' '), command]] : command.commands.flatMap((one) => leaves(one, [...path, one.name()]));

describe('the gatehouse command', function () {
  this.timeout(20_000);
  let server: AdminServer;
  let directory: string;
  const run = (...args: string[]): Promise<CliRun> => runCli(args, { GATEHOUSE_URL: server.url, GATEHOUSE_TOKEN: server.token });

  before(async () => {
    server = await startAdminServer();
    directory = mkdtempSync(join(tmpdir(), 'gatehouse-cli-'));
  });
  after(async () => {
    rmSync(directory, { recursive: true });
    expect(server.defects).to.deep.equal([]);
    await server.close();
  });

  it('explains every command with examples, and takes --json everywhere', () => {
    const program = createProgram(quiet, {}, '0');
    const all = leaves(program);
    expect(all.length).to.be.greaterThan(10);
    for (const [name, command] of all) {
      let help = '';
      command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
      expect(help, name).to.include(`$ gatehouse ${name}`).and.include('--json');
      expect(command.description(), name).not.to.equal('');
      for (const option of command.options) expect(option.description, `${name} ${option.flags}`).not.to.equal('');
    }
  });

  it('creates an organization, a token that stands alone on its line, and a connection as JSON', async () => {
    expect((await run('organization', 'create', 'acme', '--name', 'Acme Inc.')).stdout).to.match(/^SLUG +NAME[^]*\nacme +Acme Inc\. +active/);
    const token = await run('scim-token', 'create', '--organization', 'acme');
    expect(token.stderr).to.equal('');
    expect(tokenLooksValid(token.stdout.trimEnd(), 'gh_scim')).to.equal(true);
    const basics = ['--organization', 'acme', '--name', 'okta', '--protocol', 'oidc', '--vendor', 'okta', '--no-jit'];
    const settings = ['issuer=https://acme.okta.com', 'clientId=x', 'clientSecret=very-secret'].flatMap((pair) => ['--set', pair]);
    const created = await run('connection', 'create', ...basics, ...settings);
    const connection = JSON.parse(created.stdout) as Record<string, unknown>;
    expect(connection).to.deep.include({ name: 'okta', jit: false, secrets: ['clientSecret'] });
    expect(connection['urls']).to.have.all.keys('scim', 'callback');
    expect(created.stdout).not.to.include('very-secret');
  });

  it('reads settings from a file or from standard input, and changes what is named', async () => {
    const file = join(directory, 'settings.json');
    writeFileSync(file, JSON.stringify({ issuer: 'https://idp.example', clientId: 'one', clientSecret: 'a' }));
    const made = await run('connection', 'create', '--organization', 'acme', '--name', 'filed', '--protocol', 'oidc', '--file', file, '--set', 'clientId=two');
    expect((JSON.parse(made.stdout) as { settings: object }).settings).to.include({ clientId: 'two' });
    const variables = { GATEHOUSE_URL: server.url, GATEHOUSE_TOKEN: server.token };
    const set = await runCli(['connection', 'set', 'filed', '--organization', 'acme', '--file', '-', '--disable'], variables, '{"scopes":["openid"]}');
    expect(JSON.parse(set.stdout)).to.deep.include({ enabled: false, jit: true });
    expect((await run('connection', 'list', '--organization', 'acme')).stdout).to.match(/filed +oidc +generic +no/);
  });

  it('lists and revokes tokens', async () => {
    const { stdout } = await run('scim-token', 'list', '--organization', 'acme', '--json');
    const [token] = JSON.parse(stdout) as { id: string }[];
    expect((await run('scim-token', 'revoke', token?.id ?? '', '--organization', 'acme')).stdout).to.match(/^revoked gh_scim_/);
    expect((await run('scim-token', 'list', '--organization', 'acme')).stdout).to.match(/users groups +no/);
  });

  it('uses the token of the first start on the host of the hub', async () => {
    writeFileSync(join(directory, 'admin-token'), `${server.token}\n`);
    const { code, stdout } = await runCli(['org', 'list', '--json'], { PORT: new URL(server.url).port, DATA_DIR: directory });
    expect(code).to.equal(0);
    expect((JSON.parse(stdout) as { slug: string }[]).map(({ slug }) => slug)).to.include('acme');
  });

  it('says in one line on standard error what is wrong, and exits with 1', async () => {
    const variables = { GATEHOUSE_URL: server.url, GATEHOUSE_TOKEN: server.token };
    const cases: [string[], Record<string, string>, RegExp][] = [
      [['org', 'list'], { ...variables, GATEHOUSE_URL: 'http://127.0.0.1:47' }, /^gatehouse: No hub answers at http:\/\/127\.0\.0\.1:47 \(\w+\)\./],
      [['org', 'list'], { ...variables, GATEHOUSE_TOKEN: 'wrong' }, /does not accept the token from GATEHOUSE_TOKEN/],
      [['org', 'list'], { DATA_DIR: '/nowhere' }, /set GATEHOUSE_TOKEN/],
      [['org', 'list'], { ...variables, GATEHOUSE_URL: 'ftp://x' }, /must be an http or https address/],
      [['org', 'list'], { ...variables, GATEHOUSE_URL: `${server.url}/elsewhere` }, /is GATEHOUSE_URL right/],
      [['org', 'create', 'Not A Slug'], variables, /organizations\.slug_invalid, request /],
      [['org', 'show', '../..'], variables, /There is no such organization/],
      [['connection', 'create', '--organization', 'acme', '--name', 'x', '--protocol', 'oidc'], variables, /settings must have required property 'issuer'/],
      [['connection', 'create', '--organization', 'acme', '--name', 'x', '--protocol', 'oidc', '--file', '/nowhere.json'], variables, /cannot be read/],
      [['scim-token', 'create', '--organization', 'acme', '--expires', 'soon'], variables, /neither a span/],
    ];
    const runs = await Promise.all(cases.map(([args, env]) => runCli(args, env)));
    for (const [index, { code, stdout, stderr }] of runs.entries()) {
      expect([code, stdout], stderr).to.deep.equal([1, '']);
      expect(stderr).to.match(cases[index]?.[2] ?? /^$/);
      expect(stderr.trimEnd()).not.to.include('\n');
    }
  });

  it('refuses an unknown command or option with 1', async () => {
    for (const args of [['organisation'], ['org', 'list', '--colour'], ['scim-token', 'create'], ['completion', 'fish']]) {
      const { code, stderr } = await run(...args);
      expect([args, code]).to.deep.equal([args, 1]);
      expect(stderr).to.match(/^error: /);
    }
  });

  it('completes commands and options in bash', async () => {
    const { stdout } = await run('completion', 'bash');
    const complete = (line: string): string[] =>
      execFileSync('bash', ['-c', `${stdout}\nCOMP_WORDS=(${line}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _gatehouse; printf '%s\\n' "\${COMPREPLY[@]}"`], { encoding: 'utf8' }).trimEnd().split('\n');
    expect(complete('gatehouse conn')).to.deep.equal(['connection']);
    expect(complete('gatehouse connection s')).to.deep.equal(['set', 'show']);
    expect(complete('gatehouse connection create --organization acme --prot')).to.deep.equal(['--protocol']);
  });
});
