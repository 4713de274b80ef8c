import { expect } from 'chai';
import { simulate, type Report, type SimulationOptions } from '#hub/cli/simulator/index.js';
import { TinyScimServer, type Fault } from './tiny-scim-server.ts';

async function play(fault: Fault | undefined, options: Partial<SimulationOptions> = {}): Promise<{ report: Report; server: TinyScimServer }> {
  const server = await new TinyScimServer().start();
  server.fault = fault;
  try {
    return { report: await simulate({ vendor: 'okta', url: server.url, token: 'secret', people: 30, groups: 4, timeoutMilliseconds: 2_000, ...options }), server };
  } finally {
    await server.stop();
  }
}

describe('the simulator against servers with faults', () => {
  for (const vendor of ['okta', 'entra'] as const) {
    it(`finds nothing wrong with a server without faults, and leaves nothing behind (${vendor})`, async () => {
      const { report, server } = await play(undefined, { vendor });
      expect([report.firstFailure, report.remarks]).to.deep.equal([undefined, []]);
      expect(server.size).to.equal(0);
    });
  }

  const faults: [Fault, 'okta' | 'entra', RegExp][] = [
    ['loses-members', 'okta', /^verify group: .*members are lost/],
    ['loses-members', 'entra', /^verify group: .*members are lost/],
    ['removes-everybody', 'entra', /^verify group: .*members are lost/],
    ['ignores-patch', 'okta', /^verify user: active is true/],
    ['ignores-patch', 'entra', /^verify (user|group): /],
    ['answers-the-old-state', 'okta', /^user disable: active is true; it must be false/],
    ['created-is-200', 'okta', /^user create: status #; it must be #/],
    ['ignores-filters', 'okta', /^user look-up: The filter asks for userName/],
    ['suspends-nobody', 'entra', /^verify user: active is true; it must be false/],
    ['keeps-the-deleted', 'entra', /^verify user: status #; it must be #/],
  ];
  for (const [fault, vendor, reason] of faults) {
    it(`notices a server that ${fault.replaceAll('-', ' ')} (${vendor})`, async () => {
      const { report } = await play(fault, { vendor });
      expect(report.failures).to.be.greaterThan(0);
      expect(report.reasons.map((one) => one.reason).join('\n')).to.match(new RegExp(reason.source, 'm'));
      expect(report.firstFailure?.request.path).to.match(/^\//);
      expect(report.firstFailure?.response?.status).to.be.greaterThan(199);
    });
  }

  it('remarks on what the vendor lets pass and the RFCs do not', async () => {
    const told = await play('tells-the-password');
    expect([told.report.failures, told.report.remarks.map(({ rule }) => rule)]).to.deep.equal([0, ['RFC 7643 §7: a password is never returned.']]);
    const plain = await play('plain-json');
    expect(plain.report.remarks.map(({ rule }) => rule)).to.deep.equal(['RFC 7644 §3.1: a body is application/scim+json.']);
  });

  it('waits when it is asked to, and counts it', async () => {
    const { report } = await play('asks-to-wait', { people: 8, groups: 1, cycles: 0, concurrency: 16 });
    expect(report.firstFailure).to.equal(undefined);
    expect(report.waits).to.be.greaterThan(5);
  });

  it('reads compressed answers, for which Okta asks', async () => {
    const { report } = await play('compresses', { people: 8, groups: 1, cycles: 0 });
    expect([report.firstFailure, report.remarks]).to.deep.equal([undefined, []]);
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    const server = await new TinyScimServer().start();
    try {
      const report = await simulate({ vendor: 'okta', url: server.url, token: 'secret', people: 200, groups: 0, signal: stop.signal }, ({ done }) => void (done > 9 && stop.abort()));
      expect([report.aborted, report.failures]).to.deep.equal(['It was told to stop.', 0]);
      expect(report.requests).to.be.lessThan(100);
    } finally {
      await server.stop();
    }
  });

  it('gives up when the server has gone or has forgotten the token', async () => {
    expect((await play('hangs-up')).report.aborted).to.match(/^The server does not answer any more/);
    expect((await play('forgets-the-token')).report.aborted).to.equal('The server no longer accepts the token.');
  });

  it('says in one line why it cannot begin', async () => {
    const server = await new TinyScimServer().start();
    const begin = (change: Partial<SimulationOptions>): Promise<string> =>
      simulate({ vendor: 'entra', url: server.url, token: 'secret', people: 1, groups: 0, ...change }).then(
        () => 'it began',
        (error: unknown) => String(error),
      );
    try {
      expect(await begin({ token: 'wrong' })).to.match(/^CliError: The SCIM server at http.* does not accept the token \(status 401\)\.$/);
      expect(await begin({ url: server.url.replace('/scim', '/x/y/z') })).to.match(/is not the base of a SCIM 2\.0 service: GET \/Users answered 404\.$/);
      expect(await begin({ url: 'http://127.0.0.1:9' })).to.match(/^CliError: No server answers at http:\/\/127\.0\.0\.1:9 \(ECONNREFUSED\)\.$/);
      expect(await begin({ url: 'ldap://x' })).to.match(/must be an http or https address/);
    } finally {
      await server.stop();
    }
  });

  it('has the habits of its vendor', async () => {
    const okta = (await play(undefined, { people: 10 })).server.requests;
    expect(okta.slice(0, 2).map(({ url }) => url)).to.deep.equal(['/scim/Users?startIndex=1&count=2', '/scim/ServiceProviderConfig']);
    expect(okta[0]?.headers).to.deep.include({ 'user-agent': 'Okta SCIM Client 1.0.0', accept: 'application/scim+json' });
    const entra = (await play(undefined, { people: 60, vendor: 'entra' })).server.requests;
    expect(decodeURIComponent(entra[0]?.url ?? '')).to.match(/^\/scim\/Users\?filter=userName eq "[0-9a-f-]{36}"$/);
    expect(entra[0]?.headers).not.to.have.property('user-agent');
    const operations = entra.flatMap(({ body }) => (body as { Operations?: { op: string; path?: string; value?: unknown }[] } | undefined)?.Operations ?? []);
    expect(operations).to.deep.include({ op: 'Replace', path: 'active', value: 'False' });
    const sizes = operations.filter(({ op, path }) => op === 'Add' && path === 'members').map(({ value }) => (value as unknown[]).length);
    expect(Math.max(...sizes)).to.equal(20);
    expect(entra.find(({ method, url }) => method === 'POST' && url === '/scim/Groups')?.body).not.to.have.property('members');
  });
});
