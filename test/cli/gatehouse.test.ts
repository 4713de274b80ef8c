import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { VENDORS } from '#hub/cli/connection.js';
import { createProgram } from '#hub/cli/program.js';
import { PasswordStore } from '#hub/domain/credentials/index.js';
import { VENDOR_PRESETS } from '#hub/federation/index.js';
import { tokenLooksValid } from '#hub/platform/token.js';
import { startAdminServer, type AdminServer } from '../support/admin-server.ts';
import { callCli, followCli, runCli, type CliRun } from '../support/cli.ts';
import { PLANT, plant } from '../support/plant-extension.ts';

const quiet = { out: () => undefined, error: () => undefined, readInput: () => Promise.resolve('') };

const leaves = (command: Command, path: string[] = []): [string, Command][] =>
  command.commands.length === 0 ? [[path.join(' '), command]] : command.commands.flatMap((one) => leaves(one, [...path, one.name()]));

describe('the gatehouse command', function () {
  this.timeout(20_000);
  let server: AdminServer;
  let directory: string;
  const run = (...args: string[]): Promise<CliRun> => callCli(args, { GATEHOUSE_URL: server.url, GATEHOUSE_TOKEN: server.token });

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

  it('suspends an organization, and says whose proofs it accepts', async () => {
    const accepted = async (...args: string[]): Promise<unknown> => (JSON.parse((await run('organization', 'set', 'acme', '--json', ...args)).stdout) as Record<string, unknown>)['acceptedConnections'];
    const id = '0199b1d2-7c1b-7d3e-9a1b-4c5d6e7f8a9b';
    expect(await accepted('--accept', id, '--accept', 'password')).to.deep.equal([id, 'password']);
    expect(await accepted('--name', 'Acme Inc.')).to.deep.equal([id, 'password']);
    expect(await accepted('--accept-none')).to.deep.equal([]);
    await run('organization', 'create', 'globex');
    const [there] = JSON.parse((await run('connection', 'list', '--organization', 'globex', '--json')).stdout) as { id: string }[];
    expect(await accepted('--accept', 'globex/default')).to.deep.equal([there?.id]);
    expect((await run('organization', 'show', 'acme')).stdout).to.match(new RegExp(`ACCEPTS[^]*${there?.id}`));
    expect((await run('organization', 'set', 'acme', '--accept', 'globex/nowhere')).stderr).to.include('There is no such connection here.');
    expect((await run('organization', 'set', 'acme', '--accept', 'not an id')).stderr).to.include('must be the id of a connection, or "password"');
    expect((await runCli(['organization', 'set', 'acme', '--accept', 'password', '--accept-none'], {})).stderr).to.include('cannot be used with');
    expect((await run('organization', 'set', 'acme', '--status', 'suspended')).stdout).to.include('suspended');
    expect((await run('organization', 'set', 'acme', '--status', 'active')).stdout).to.include('active');
  });

  it('claims a domain, says which record proves it, verifies and removes it', async () => {
    const there = ['--organization', 'acme'];
    const added = await run('domain', 'add', 'People.Acme.example', ...there, '--connection', 'okta');
    const [, record = ''] = /^(_gatehouse\.people\.acme\.example)\. TXT "gatehouse-domain-verification=[0-9a-f]{32}"$/m.exec(added.stdout) ?? [];
    expect(record, added.stdout + added.stderr).not.to.equal('');
    const early = await run('domain', 'verify', 'people.acme.example', ...there);
    expect(early).to.include({ code: 1, stdout: '' });
    expect(early.stderr).to.include(`There is no TXT record ${record}`);
    expect((await run('domain', 'verify', 'people.acme.example', ...there, '--by-operator')).stdout).to.match(/people\.acme\.example +\d{4}-.* operator /);
    expect((await run('domain', 'list', ...there)).stdout).to.match(/^DOMAIN +VERIFIED +BY +CONNECTION *\npeople\.acme\.example .* operator +okta\n/);
    expect((await run('domain', 'remove', 'people.acme.example', ...there)).stdout).to.equal('removed people.acme.example\n');
    expect((await run('domain', 'remove', 'people.acme.example', ...there)).code).to.equal(1);
  });

  it('declares a SCIM extension from a file or from standard input, lists and removes it', async () => {
    const there = ['--organization', 'acme'];
    const file = join(directory, 'plant.json');
    writeFileSync(file, JSON.stringify(plant));
    const declared = await run('scim-schema', 'set', ...there, '--file', file);
    expect(declared.stdout, declared.stderr).to.match(/^URN +EXTENDS +ATTRIBUTES +UPDATED *\nurn:example:[^ ]+:User +User +costCode badges hired pin note /);
    const variables = { GATEHOUSE_URL: server.url, GATEHOUSE_TOKEN: server.token };
    const changed = await callCli(['scim-schema', 'set', ...there, '--file', '-', '--json'], variables, JSON.stringify({ ...plant, description: 'Where people work.' }));
    expect(JSON.parse(changed.stdout)).to.include({ id: PLANT, description: 'Where people work.' });
    expect((await run('scim-schema', 'list', ...there)).stdout).to.include(PLANT);
    const faulty = await callCli(['scim-schema', 'set', ...there, '--file', '-'], variables, JSON.stringify({ ...plant, attributes: [{ name: 'a', type: 'text' }] }));
    expect(faulty).to.include({ code: 1, stdout: '' });
    expect(faulty.stderr).to.include('/attributes/0/type must be one of string');
    expect((await callCli(['scim-schema', 'set', ...there, '--file', '-'], variables, '{}')).stderr).to.include('does not say by "id" which URN');
    expect((await run('scim-schema', 'remove', PLANT, ...there)).stdout).to.equal(`removed ${PLANT}\n`);
    expect((await run('scim-schema', 'remove', PLANT, ...there)).code).to.equal(1);
  });

  it('reads settings from a file or from standard input, and changes what is named', async () => {
    const file = join(directory, 'settings.json');
    writeFileSync(file, JSON.stringify({ issuer: 'https://idp.example', clientId: 'one', clientSecret: 'a' }));
    const made = await run('connection', 'create', '--organization', 'acme', '--name', 'filed', '--protocol', 'oidc', '--file', file, '--set', 'clientId=two');
    expect((JSON.parse(made.stdout) as { settings: object }).settings).to.include({ clientId: 'two' });
    const variables = { GATEHOUSE_URL: server.url, GATEHOUSE_TOKEN: server.token };
    const set = await callCli(['connection', 'set', 'filed', '--organization', 'acme', '--file', '-', '--disable'], variables, '{"scopes":["openid"]}');
    expect(JSON.parse(set.stdout)).to.deep.include({ enabled: false, jit: true });
    expect((await run('connection', 'list', '--organization', 'acme')).stdout).to.match(/filed +oidc +generic +no/);
  });

  it('lists and revokes tokens', async () => {
    const { stdout } = await run('scim-token', 'list', '--organization', 'acme', '--json');
    const [token] = JSON.parse(stdout) as { id: string }[];
    expect((await run('scim-token', 'revoke', token?.id ?? '', '--organization', 'acme')).stdout).to.match(/^revoked gh_scim_/);
    expect((await run('scim-token', 'list', '--organization', 'acme')).stdout).to.match(/users groups +no/);
  });

  it('creates a user with a password from standard input, and shows roles with reasons', async () => {
    const variables = { GATEHOUSE_URL: server.url, GATEHOUSE_TOKEN: server.token };
    const create = ['user', 'create', '--organization', 'acme', '--user-name', 'break-glass', '--password-stdin'];
    const { code, stdout, stderr } = await runCli(create, variables, 'a long enough password\n');
    expect(code, stderr).to.equal(0);
    const { id } = JSON.parse(stdout) as { id: string };
    const signedIn = await new PasswordStore(server.fresh.database).authenticate('break-glass', 'a long enough password');
    expect(signedIn?.accountId).to.equal(id);
    expect((await run('user', 'list', '--organization', 'acme', '--search', 'BREAK')).stdout).to.match(/break-glass/);
    expect((await run('role', 'grant', 'break-glass', 'developer', '--organization', 'acme', '--expires', '24h')).stdout).to.match(/^break-glass:\ndeveloper\n {2}set by an administrator until /);
    expect((await run('override', 'set', 'break-glass', '--organization', 'acme', '--preserve', 'admin', '--suppress', 'developer', '--reason', 'on call')).stdout).to.match(
      /admin\n {2}preserved by an override[^]*developer \(suppressed/,
    );
    const shown = JSON.parse((await run('user', 'show', 'break-glass', '--organization', 'acme')).stdout) as { roles: string[] };
    expect(shown.roles).to.deep.equal(['admin']);
    expect((await run('override', 'set', 'break-glass', '--organization', 'acme')).stderr).to.include('Name a role by --preserve or --suppress');
    const disabled = JSON.parse((await run('override', 'set', 'break-glass', '--organization', 'acme', '--disable', '--json')).stdout) as { overrides: object; roles: string[] };
    expect(disabled.overrides).to.include({ enabled: false, reason: 'on call' }).and.to.deep.include({ preserved: ['admin'], suppressed: ['developer'] });
    expect(disabled.roles).to.deep.equal(['developer']);
    expect((await run('override', 'clear', 'break-glass', '--organization', 'acme', '--json')).stdout).to.include('"overrides": null');
    expect((await run('role', 'revoke', 'break-glass', 'developer', '--organization', 'acme')).stdout).to.include('(no roles)');
    expect((await run('role', 'revoke', 'break-glass', 'developer')).stderr).to.match(/^gatehouse: There is no such user in the organization default\. \(admin\.unknown, /);
  });

  it('points at a role given by hand that nobody has defined or maps', async () => {
    await run('user', 'create', '--organization', 'acme', '--user-name', 'handy');
    const slip = /\nNo role of the organization, [^\n]*: wizzard\n$/;
    expect((await run('role', 'grant', 'handy', 'wizzard', '--organization', 'acme')).stdout).to.match(/^handy:\nwizzard\n/).and.to.match(slip);
    expect((await run('role', 'grant', 'handy', 'viewer', '--organization', 'acme')).stdout).not.to.include('slip');
    await run('mapping', 'set', '--organization', 'acme', 'Wizards=wizzard');
    expect((await run('role', 'grant', 'handy', 'wizzard', '--organization', 'acme')).stdout).not.to.include('slip');
    const told = JSON.parse((await run('role', 'grant', 'handy', 'toString', '--organization', 'acme', '--json')).stdout) as { unknownRoles: string[] };
    expect(told.unknownRoles).to.deep.equal(['toString']);
  });

  it('previews, sets and shows a mapping', async () => {
    expect((await run('mapping', 'preview', '--organization', 'acme', 'Engineers=developer')).stdout).to.match(/^0 of \d+ people/);
    const set = await callCli(['mapping', 'set', '--organization', 'acme', '--file', '-'], { GATEHOUSE_URL: server.url, GATEHOUSE_TOKEN: server.token }, 'Engineers=developer\nLeads=wizard');
    expect(set.stdout).to.match(/Leads +wizard +\(every one\)[^]*correct it: wizard/);
    expect((await run('mapping', 'show', '--organization', 'acme')).stdout).to.match(/Engineers +developer/);
    expect((await run('mapping', 'set', '--organization', 'acme', 'Engineers')).stderr).to.match(/Engineers/);
  });

  it('registers, lists, disables and renews applications', async () => {
    const created = await run('application', 'create', '--name', 'Portal', '--redirect-uri', 'https://a.example/c', '--redirect-uri', 'http://localhost:1/c', '--grant', 'client_credentials');
    const { client_id: id, client_secret: secret, metadata } = JSON.parse(created.stdout) as { client_id: string; client_secret: string; metadata: object };
    expect(metadata).to.deep.equal({ redirect_uris: ['https://a.example/c', 'http://localhost:1/c'], grant_types: ['authorization_code', 'refresh_token', 'client_credentials'] });
    expect((await run('application', 'list')).stdout).to.include(id).and.not.to.include(secret);
    expect((await run('application', 'set', id, '--disable')).stdout).to.include('"enabled": false');
    expect((await run('application', 'renew-secret', id)).stdout).to.match(/^gh_app_\w+\n$/);
    expect((await run('application', 'create', '--name', 'Bad', '--redirect-uri', 'http://a.example/c')).stderr).to.match(/must be https/);
  });

  it('shows trail, settings and keys', async () => {
    const tail = await run('audit', 'tail', '--organization', 'acme', '--action', 'organization', '--json');
    const actions = tail.stdout.trimEnd().split('\n').map((line) => (JSON.parse(line) as { action: string }).action);
    expect([actions[0], new Set(actions.slice(1))]).to.deep.equal(['organization.created', new Set(['organization.updated'])]);
    expect((await run('config', 'show')).stdout).to.match(/PORT +3000 +default/);
    expect((await run('key', 'rotate')).stdout).to.match(/ES256 +\w+/);
    expect((await run('key', 'list', '--json')).stdout).not.to.include('"d"');
  });

  it('follows the trail: every event once, as it happens', async () => {
    const variables = { GATEHOUSE_URL: server.url, GATEHOUSE_TOKEN: server.token };
    const following = followCli(['audit', 'tail', '--organization', 'acme', '--follow', '--json', '--limit', '1'], variables);
    try {
      await following.line((line) => line !== '');
      for (const name of ['one', 'two']) await server.call('PATCH', '/admin/organizations/acme', { name });
      await following.line((line) => line.includes('"two"'));
      await server.call('PATCH', '/admin/organizations/acme', { name: 'three' });
      await following.line((line) => line.includes('"three"'));
      const ids = following.lines().map((line) => (JSON.parse(line) as { id: string }).id);
      expect(new Set(ids).size).to.equal(ids.length);
      expect(ids).to.have.length(4);
    } finally {
      await following.stop();
    }
  });

  it('says a fault on standard error as a process too, and exits with 1', async () => {
    const { code, stdout, stderr } = await runCli(['org', 'show', 'nowhere'], { GATEHOUSE_URL: server.url, GATEHOUSE_TOKEN: server.token });
    expect([code, stdout]).to.deep.equal([1, '']);
    expect(stderr).to.match(/^gatehouse: There is no such organization\. \(admin\.organization_unknown, request [\w-]+\)\n$/);
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
      [['org', 'list'], { ...variables, GATEHOUSE_URL: 'nonsense' }, /^gatehouse: GATEHOUSE_URL must be/],
      [['org', 'list'], { GATEHOUSE_TOKEN: 'wrong', PORT: 'abc' }, /^gatehouse: PORT must be/],
      [['org', 'list'], { ...variables, GATEHOUSE_TOKEN: 'two\nlines' }, /^gatehouse: What stands in GATEHOUSE_TOKEN is no token/],
      [['org', 'set', 'acme'], variables, /^gatehouse: The body is not valid: it must name something\./],
      [['org', 'list'], { ...variables, GATEHOUSE_TOKEN: 'wrong' }, /does not accept the token from GATEHOUSE_TOKEN/],
      [['org', 'list'], { DATA_DIR: '/nowhere' }, /set GATEHOUSE_TOKEN/],
      [['org', 'list'], { DATA_DIR: directory, GATEHOUSE_URL: 'https://hub.example' }, /hub\.example is not on this host: set GATEHOUSE_TOKEN/],
      [['org', 'list'], { ...variables, GATEHOUSE_URL: 'ftp://x' }, /must be an http or https address/],
      [['org', 'list'], { ...variables, GATEHOUSE_URL: `${server.url}/elsewhere` }, /is GATEHOUSE_URL right/],
      [['org', 'create', 'Not A Slug'], variables, /organizations\.slug_invalid, request /],
      [['org', 'show', '../..'], variables, /There is no such organization/],
      [['connection', 'create', '--organization', 'acme', '--name', 'x', '--protocol', 'oidc'], variables, /settings must have required property 'issuer'/],
      [['connection', 'create', '--organization', 'acme', '--name', 'x', '--protocol', 'oidc', '--file', '/nowhere.json'], variables, /\/nowhere\.json cannot be read: no such file or directory$/m],
      [['app', 'create', '--name', 'x', '--redirect-uri', 'nonsense'], variables, /must be an http or https address without a fragment/],
      [['scim-token', 'create', '--organization', 'acme', '--expires', 'soon'], variables, /neither a span/],
    ];
    const runs = await Promise.all(cases.map(([args, env]) => callCli(args, env)));
    for (const [index, { code, stdout, stderr }] of runs.entries()) {
      expect([code, stdout], stderr).to.deep.equal([1, '']);
      expect(stderr).to.match(cases[index]?.[2] ?? /^$/);
      expect(stderr.trimEnd()).not.to.include('\n');
    }
  });

  it('refuses an unknown command or option with 1', async () => {
    for (const args of [['organisation'], ['org', 'list', '--colour'], ['scim-token', 'create'], ['completion', 'fish'], ['connection', 'create', '--vendor', 'oktaa']]) {
      const { code, stderr } = await runCli(args, {});
      expect([args, code]).to.deep.equal([args, 1]);
      expect(stderr).to.match(/^gatehouse: /);
    }
  });

  it('knows the vendors whose presets the hub has', () => {
    expect(VENDORS).to.have.members([...Object.keys(VENDOR_PRESETS), 'generic']);
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
