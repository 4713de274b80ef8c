import { expect } from 'chai';
import { parseConnectionSettings, type OidcConnection } from '#hub/federation/index.js';
import { OidcSignIn, type OidcSignInOptions } from '#hub/federation/oidc/index.js';
import { createUserInfoReader } from '#hub/federation/oidc/userinfo.js';
import { enrichClaims, mergeClaims, missingClaims } from '#hub/federation/oidc/enrich-claims.js';
import { createSafeFetch } from '#hub/federation/safe-fetch.js';
import { DomainError } from '#hub/platform/errors.js';
import { ManualClock, systemClock } from '#hub/platform/clock.js';
import { failureOf } from '../../support/upstream-failure.js';
import { UpstreamForger } from '../../support/upstream-forger.js';

const callbackUrl = 'https://hub.example/federation/c1/oidc/callback';
const settings = parseConnectionSettings('oidc', { issuer: 'https://idp.example', clientId: 'hub', clientSecret: 's' });

const read = () => Promise.reject(new DomainError('unavailable', 'federation.oidc.userinfo_refused', 'no'));
const other = () => Promise.reject(new DomainError('unauthenticated', 'federation.oidc.userinfo_subject', 'no'));

const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

describe('completing claims', () => {
  it('lets the ID token win, and fills in what it leaves out', () => {
    const merged = mergeClaims({ sub: 'a', name: 'Token', email: '' }, { sub: 'a', name: 'UserInfo', email: 'a@x.example', email_verified: true, groups: ['G'] }, 'email');
    expect({ ...merged }).to.deep.equal({ sub: 'a', name: 'Token', email: 'a@x.example', email_verified: true, groups: ['G'] });
  });

  it('never lets UserInfo speak for the protocol', () => {
    const merged = mergeClaims({ sub: 'a' }, { sub: 'a', iss: 'x', aud: 'y', acr: 'high', amr: ['mfa'], auth_time: 1 }, 'email');
    expect(Object.keys(merged)).to.deep.equal(['sub']);
  });

  it('never joins one address with the verification of another', () => {
    expect(mergeClaims({ email: 'a@x.example' }, { email: 'b@x.example', email_verified: true }, 'email')).to.not.have.property('email_verified');
    expect(mergeClaims({ email: 'a@x.example' }, { email: 'a@x.example', email_verified: true }, 'email')).to.have.property('email_verified', true);
    expect(mergeClaims({ email_verified: true }, { email: 'b@x.example' }, 'email')).to.not.have.property('email_verified');
    expect(mergeClaims({ email_verified: true }, { email: 'b@x.example', email_verified: false }, 'email')).to.have.property('email_verified', false);
  });

  it('cannot be talked into changing a prototype', () => {
    const merged = mergeClaims({ sub: 'a' }, JSON.parse('{"sub":"a","__proto__":{"admin":true}}') as Record<string, unknown>, 'email');
    expect((merged as { admin?: unknown }).admin).to.equal(undefined);
    expect(({} as { admin?: unknown }).admin).to.equal(undefined);
  });

  it('knows which key claims are missing', () => {
    expect(missingClaims({ email: 'a@x.example', name: null, groups: [] }, settings, 'name')).to.deep.equal(['name']);
    expect(missingClaims({}, settings, 'nickname')).to.deep.equal(['email', 'nickname', 'groups']);
  });

  it('continues or refuses when UserInfo fails, as the connection says; never with another person’s claims', async () => {
    const claims = { sub: 'a' };
    expect(await enrichClaims({ claims, settings, displayNameClaim: 'name', read })).to.equal(claims);
    const strict = { ...settings, userInfoFailure: 'refuse' as const };
    expect((await failureOf(enrichClaims({ claims, settings: strict, displayNameClaim: 'name', read }))).code).to.equal('federation.oidc.userinfo_refused');
    expect((await failureOf(enrichClaims({ claims, settings: strict, displayNameClaim: 'name', read: undefined }))).code).to.equal('federation.oidc.userinfo_missing');
    expect((await failureOf(enrichClaims({ claims, settings, displayNameClaim: 'name', read: other }))).code).to.equal('federation.oidc.userinfo_subject');
  });
});

describe('UserInfo', () => {
  let forger: UpstreamForger;
  let elsewhere: UpstreamForger;

  const finish = async (more: Record<string, unknown> = {}, options: Partial<OidcSignInOptions> = {}) => {
    const fetch = createSafeFetch({ allowPrivate: true, timeoutMs: 400, maxBytes: 64 * 1024 });
    const signIn = new OidcSignIn({ allowPrivate: true, fetch, ...options });
    const connection: OidcConnection = {
      id: 'c1',
      orgId: 'o1',
      name: 'default',
      protocol: 'oidc',
      subjectMatch: null,
      settings: parseConnectionSettings('oidc', { issuer: forger.issuer, clientId: 'hub', clientSecret: 's', userInfoFailure: 'refuse', ...more }),
    };
    const { response, pending } = await signIn.begin({ connection, callbackUrl, clock: systemClock });
    forger.nonce = new URL('redirectTo' in response ? response.redirectTo : '').searchParams.get('nonce') ?? '';
    const query = new URLSearchParams({ code: 'c', state: pending.handle });
    return (await signIn.finish({ connection, pending, callbackUrl, request: { query }, clock: systemClock })).identity;
  };

  beforeEach(async () => {
    forger = await new UpstreamForger().start();
    elsewhere = await new UpstreamForger().start();
  });
  afterEach(() => Promise.all([forger.close(), elsewhere.close()]));

  it('is asked with the token of this sign-in and completes the person', async () => {
    let authorization: string | undefined;
    forger.userInfo = (request, response) => {
      authorization = request.headers.authorization;
      forger.json(response, { sub: 'sub-1', email: 'a@x.example', nick: 'Ami', name: 'Amina', groups: ['G'] });
    };
    expect(await finish({}, { displayNameClaim: 'nick' })).to.deep.include({ email: 'a@x.example', displayName: 'Ami', groups: { state: 'present', groups: ['G'] } });
    expect(authorization).to.equal('Bearer the-access-token');
  });

  it('is asked once for one token, and a failure is not asked again at once', async () => {
    const clock = new ManualClock(Date.now());
    let status = 200;
    let asked = 0;
    const reader = createUserInfoReader(async () => {
      asked += 1;
      return new Response('{"sub":"a"}', { status, headers: { 'content-type': 'application/json' } });
    });
    const provider = { metadata: { issuer: 'https://idp.example' }, keys: () => Promise.reject(new Error('no key is needed')) };
    const ask = (accessToken: string) => reader({ endpoint: new URL('https://idp.example/u'), accessToken, subject: 'a', provider, settings, clock });
    await ask('one');
    await ask('one');
    expect(asked).to.equal(1);
    clock.advance(61_000);
    await ask('one');
    expect(asked).to.equal(2);
    status = 500;
    await failureOf(ask('two'));
    await failureOf(ask('two'));
    expect(asked).to.equal(3);
    status = 200;
    clock.advance(11_000);
    expect(await ask('two')).to.deep.equal({ sub: 'a' });
  });

  it('is not asked when nothing is missing', async () => {
    forger.idToken = (claims) => forger.sign({ ...claims, email: 'a@x.example', name: 'A', groups: [] });
    expect((await finish()).groups).to.deep.equal({ state: 'empty' });
    expect(forger.asked).to.not.include('/userinfo');
  });

  it('takes a signed answer only with a good signature, for us', async () => {
    const answer = (jwt: Promise<string>) => {
      forger.userInfo = (_, response) => void jwt.then((text) => response.setHeader('content-type', 'application/jwt').end(text));
    };
    const claims = { sub: 'sub-1', iss: forger.issuer, aud: 'hub', email: 'a@x.example' };
    answer(forger.sign(claims));
    expect((await finish()).email).to.equal('a@x.example');
    answer(elsewhere.sign(claims));
    expect((await failureOf(finish())).code).to.equal('federation.oidc.signature_invalid');
    for (const alg of ['none', 'HS256', 'ES999']) {
      answer(Promise.resolve(`${encoded({ alg, kid: 'k1' })}.${encoded(claims)}.${alg === 'none' ? '' : 'A'.repeat(43)}`));
      expect((await failureOf(finish())).code, alg).to.equal('federation.oidc.signature_algorithm');
    }
    answer(forger.sign({ ...claims, aud: 'other' }));
    expect((await failureOf(finish())).code).to.equal('federation.oidc.userinfo_not_for_us');
  });

  const bad: [string, string, UpstreamForger['userInfo']][] = [
    ['of another person', 'oidc.userinfo_subject', (_, response) => void response.setHeader('content-type', 'application/json').end('{"sub":"sub-2"}')],
    ['without a subject', 'oidc.userinfo_subject', (_, response) => void response.setHeader('content-type', 'application/json').end('{}')],
    ['that is a list', 'oidc.userinfo_malformed', (_, response) => void response.setHeader('content-type', 'application/json').end('[]')],
    ['that is cut short', 'oidc.userinfo_malformed', (_, response) => void response.setHeader('content-type', 'application/json').end('{"sub":')],
    ['that is a page', 'fetch.content_type', (_, response) => void response.setHeader('content-type', 'text/html').end('<html>')],
    ['that is an error', 'oidc.userinfo_refused', (_, response) => void response.writeHead(403).end()],
    ['that is huge', 'fetch.too_large', (_, response) => void response.setHeader('content-type', 'application/json').end(`{"x":"${'y'.repeat(100_000)}"}`)],
    ['that never comes', 'fetch.timeout', () => {}],
    ['that trickles', 'fetch.timeout', (_, response) => void response.setHeader('content-type', 'application/json').write('{')],
    ['that breaks off', 'fetch.unreachable', (request) => void request.socket.destroy()],
  ];
  for (const [what, code, userInfo] of bad) {
    it(`refuses an answer ${what}: ${code}`, async () => {
      forger.userInfo = userInfo;
      expect((await failureOf(finish())).code).to.equal(`federation.${code}`);
    });
  }

  it('never takes the bearer token to another origin: not by redirect, not by announcement, only by an administrator’s word', async () => {
    forger.userInfo = (_, response) => void response.writeHead(302, { location: `${elsewhere.issuer}/userinfo` }).end();
    expect((await failureOf(finish())).code).to.equal('federation.fetch.redirect');
    forger.discovery = { userinfo_endpoint: `${elsewhere.issuer}/userinfo` };
    expect((await failureOf(finish())).code).to.equal('federation.oidc.userinfo_missing');
    expect(elsewhere.asked).to.deep.equal([]);
    await finish({ userInfoEndpoint: `${elsewhere.issuer}/userinfo` });
    await finish({}, { userInfoEndpoint: `${elsewhere.issuer}/userinfo` });
    expect(elsewhere.asked).to.deep.equal(['/userinfo', '/userinfo']);
  });
});
