import { expect } from 'chai';
import { printReport, progressLine } from '#hub/cli/simulation-text.js';
import type { Report } from '#hub/cli/simulator/index.js';
import { runCli, type CliRun } from '../support/cli.ts';
import { TinyScimServer } from './simulator/tiny-scim-server.ts';

const unused = (): never => expect.fail('not a line of its own');

describe('gatehouse simulate', function () {
  this.timeout(20_000);
  let server: TinyScimServer;
  beforeEach(async () => {
    server = await new TinyScimServer().start();
  });
  afterEach(() => server.stop());
  const run = (vendor: string, args: readonly string[], input = ''): Promise<CliRun> => runCli(['simulate', vendor, '--url', server.url, ...args], {}, input);
  const small = ['--token', 'secret', '--people', '16', '--groups', '2'];

  it('tells people what was asked, how long it took and that all is well; progress goes to standard error', async () => {
    const { code, stdout, stderr } = await run('okta', small);
    expect(code, stderr).to.equal(0);
    expect(stdout).to.match(/^okta: 16 people, 2 groups, 2 cycles, seed 1, at http/);
    expect(stdout).to.match(/\nuser create +16 +0 +[\d.]+/);
    expect(stdout).to.match(/\nVerified afterwards: \d+ reads, all as they must be\.\n$/);
    expect(stderr).to.match(/^initial cycle: people: 16 of 16, \d+ requests, [\d,]+\/s$/m);
  });

  it('prints the report as JSON, reads the token from standard input, and keeps what it made when told to', async () => {
    const { code, stdout } = await run('entra', ['--token', '-', '--people', '10', '--groups', '1', '--cycles', '0', '--keep', '--json'], 'secret\n');
    expect(code).to.equal(0);
    expect(JSON.parse(stdout)).to.include({ vendor: 'entra', people: 10, failures: 0, waits: 0 });
    expect(server.size).to.equal(11);
  });

  it('takes up whom it finds, and leaves them on the server', async () => {
    await run('okta', [...small, '--keep']);
    const again = JSON.parse((await run('okta', [...small, '--json'])).stdout) as Report;
    expect(again.failures).to.equal(0);
    expect(again.kinds.map(({ kind }) => kind)).not.to.include('user create');
    expect(server.size).to.equal(18);
  });

  it('shows the first failure whole and exits with 1', async () => {
    server.fault = 'created-is-200';
    const { code, stdout, stderr } = await run('okta', small);
    expect(code).to.equal(1);
    expect(stdout).to.match(/\nFailed: \d+\n {2}16 × user create: status #; it must be #\./);
    expect(stdout).to.match(/\nThe first: status 200; it must be 201\.\n {2}POST \/Users\n {2}\{"schemas".*\n {2}→ 200 \{/);
    expect(stderr).to.match(/gatehouse: \d+ of \d+ requests did not end as Okta needs it\.\n$/);
  });

  it('fails on what the RFCs forbid when it is told to be strict', async () => {
    server.fault = 'plain-json';
    expect((await run('entra', small)).code).to.equal(0);
    const { code, stderr } = await run('entra', [...small, '--strict']);
    expect([code, stderr.trimEnd().split('\n').at(-1)]).to.deep.equal([1, 'gatehouse: 1 rules of the RFCs were broken.']);
  });

  it('refuses what makes no sense in one line', async () => {
    const cases: [string[], RegExp][] = [
      [['--token', 'secret', '--people', '0'], /--people must be a whole number from 1/],
      [['--token', 'secret', '--concurrency', '1e9'], /--concurrency must be a whole number/],
      [['--token', 'a b'], /no header can carry/],
      [['--token', 'secret', '--domain', 'x y'], /--domain must be the name of a domain/],
      [['--token', 'wrong'], /does not accept the token \(status 401\)/],
    ];
    for (const [args, words] of cases) {
      const { code, stdout, stderr } = await run('okta', args);
      expect([code, stdout, stderr.trimEnd().split('\n').length]).to.deep.equal([1, '', 1]);
      expect(stderr).to.match(words);
    }
  });

  it('lets no answer of a server move the cursor', async () => {
    const report = JSON.parse((await run('okta', [...small, '--json'])).stdout) as Report;
    const request = { kind: 'user read', method: 'GET', path: '/Users/\u001b[2J' };
    const text = printReport({ ...report, phases: [], failures: 1, firstFailure: { reason: 'id is "\u009b2J".', request, response: { status: 200, body: 'a\u001b]0;x\u0007\nb' } } });
    for (const control of ['\u001b', '\u009b', '\u0007']) expect(text).not.to.include(control);
    expect(text).to.include('0 waits\n');
  });

  it('draws one line that changes where a person watches', () => {
    const drawn: string[] = [];
    const tell = progressLine({ out: unused, error: unused, status: (text) => void drawn.push(text), readInput: unused });
    const progress = { phase: 'initial cycle: people', total: 4, requests: 8, failures: 0 };
    for (const done of [0, 1, 2, 4]) tell({ ...progress, done, failures: done === 4 ? 3 : 0 });
    tell();
    expect(drawn).to.have.length(3);
    expect(drawn[0]).to.match(/^\[\.{24}\] initial cycle: people {2}0\/4 {2}8 requests, [\d,]+\/s$/);
    expect(drawn[1]).to.match(/^\[#{24}\] .* {2}3 failed$/);
    expect(drawn[2]).to.equal('');
  });
});
