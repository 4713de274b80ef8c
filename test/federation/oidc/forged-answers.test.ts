import { expect } from 'chai';
import { parseConnectionSettings, type OidcConnection } from '#hub/federation/index.js';
import { OidcSignIn } from '#hub/federation/oidc/index.js';
import { ManualClock } from '#hub/platform/clock.js';
import { failureOf } from '../../support/upstream-failure.js';
import { makeSigningKey, UpstreamForger } from '../../support/upstream-forger.js';

const callbackUrl = 'https://hub.example/federation/c1/oidc/callback';
const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
type Claims = Record<string, unknown>;

describe('OIDC sign-in at a forger', () => {
  let forger: UpstreamForger;
  let signIn: OidcSignIn;
  // Set when the test begins, not when the file is read: the forger signs by the real time, and a suite may run for minutes.
  let clock: ManualClock;
  beforeEach(() => (clock = new ManualClock(Date.now())));

  const connectionWith = (settings: Record<string, unknown> = {}): OidcConnection => ({
    id: 'c1',
    orgId: 'o1',
    name: 'default',
    protocol: 'oidc',
    subjectMatch: null,
    settings: parseConnectionSettings('oidc', { issuer: forger.issuer, clientId: 'hub', clientSecret: 'secret', ...settings }),
  });

  /** From begin to finish; `change` touches the query of the answer. */
  const attempt = async (change: (query: URLSearchParams) => void = () => {}, settings: Record<string, unknown> = {}, begin: { maxAge?: number } = {}) => {
    const connection = connectionWith(settings);
    const { response, pending } = await signIn.begin({ connection, callbackUrl, clock, ...begin });
    forger.nonce = new URL('redirectTo' in response ? response.redirectTo : '').searchParams.get('nonce') ?? '';
    const query = new URLSearchParams({ code: 'c', state: pending.handle });
    change(query);
    return signIn.finish({ connection, pending, callbackUrl, request: { query }, clock });
  };
  const refusal = async (...input: Parameters<typeof attempt>): Promise<string> => {
    const { code, details } = await failureOf(attempt(...input));
    expect(details).to.include.keys('check', 'expected', 'actual');
    expect(JSON.stringify(details)).to.not.include(forger.nonce).and.to.not.include('secret');
    return code.replace('federation.oidc.', '');
  };

  beforeEach(async () => {
    forger = await new UpstreamForger().start();
    signIn = new OidcSignIn({ allowPrivate: true });
  });
  afterEach(() => forger.close());

  it('lets an honest answer pass, so that the others are refused for what they are', async () => {
    expect((await attempt()).identity.subject).to.equal('sub-1');
  });

  const answers: [string, string, (query: URLSearchParams) => void][] = [
    ['another state', 'state_mismatch', (query) => query.set('state', 'x')],
    ['no state', 'state_mismatch', (query) => query.delete('state')],
    ['two states', 'parameter_repeated', (query) => query.append('state', 'x')],
    ['two codes', 'parameter_repeated', (query) => query.append('code', 'x')],
    ['another issuer', 'response_issuer', (query) => query.set('iss', 'https://evil.example')],
    ['neither code nor error', 'code_missing', (query) => query.delete('code')],
    ['an error of the provider', 'provider_refused', (query) => query.set('error', 'invalid_scope')],
    ['a refusal to act silently', 'interaction_required', (query) => query.set('error', 'login_required')],
    ['a provider in trouble', 'provider_unavailable', (query) => query.set('error', 'server_error')],
  ];
  for (const [what, code, change] of answers) {
    it(`refuses an answer with ${what}: ${code}`, async () => {
      expect(await refusal(change)).to.equal(code);
      expect(forger.asked).to.not.include('/token');
    });
  }

  it('refuses an answer without iss from a provider that announced to send it', async () => {
    forger.discovery = { authorization_response_iss_parameter_supported: true };
    expect(await refusal()).to.equal('response_issuer');
  });

  const tokens: [string, string, (claims: Claims) => Claims][] = [
    ['of another issuer', 'id_token_issuer', (claims) => ({ ...claims, iss: 'https://evil.example' })],
    ['for another client', 'id_token_audience', (claims) => ({ ...claims, aud: 'other' })],
    ['for others as well, issued to one of them', 'id_token_audience', (claims) => ({ ...claims, aud: ['hub', 'other'], azp: 'other' })],
    ['with another nonce', 'nonce_mismatch', (claims) => ({ ...claims, nonce: 'other' })],
    ['without a nonce', 'nonce_mismatch', (claims) => ({ ...claims, nonce: undefined })],
    ['that has expired', 'id_token_expired', (claims) => ({ ...claims, exp: Number(claims.iat) - 120 })],
    ['that is not valid yet', 'id_token_not_yet_valid', (claims) => ({ ...claims, nbf: Number(claims.iat) + 120 })],
    ['issued in the future', 'issued_in_future', (claims) => ({ ...claims, iat: Number(claims.iat) + 120 })],
    ['with an empty subject', 'subject_invalid', (claims) => ({ ...claims, sub: '' })],
    ['with an endless subject', 'subject_invalid', (claims) => ({ ...claims, sub: 'x'.repeat(256) })],
    ['with a subject that is a number', 'token_response_invalid', (claims) => ({ ...claims, sub: 7 })],
  ];
  for (const [what, code, change] of tokens) {
    it(`refuses an ID token ${what}: ${code}`, async () => {
      forger.idToken = (claims) => forger.sign(change(claims));
      expect(await refusal()).to.equal(code);
    });
  }

  it('refuses an ID token that is unsigned, signed with the client secret, or with an algorithm the connection excludes', async () => {
    forger.idToken = async (claims) => `${encode({ alg: 'none' })}.${encode(claims)}.`;
    expect(await refusal()).to.equal('id_token_algorithm');
    forger.idToken = async (claims) => `${encode({ alg: 'HS256' })}.${encode(claims)}.${'A'.repeat(43)}`;
    expect(await refusal()).to.equal('id_token_algorithm');
    forger.idToken = (claims) => forger.sign(claims);
    expect(await refusal(undefined, { idTokenAlgorithms: ['RS256'] })).to.equal('id_token_algorithm');
  });

  it('refuses an ID token signed by a stranger, under the provider’s key id or under his own', async () => {
    const stranger = await makeSigningKey('k1');
    forger.idToken = (claims) => forger.sign(claims, stranger);
    expect(await refusal()).to.equal('signature_invalid');
    forger.idToken = (claims) => forger.sign(claims, { ...stranger, id: 'k2' });
    expect(await refusal()).to.equal('signature_key');
  });

  it('refuses a token response that is no JSON or has no ID token', async () => {
    forger.idToken = async () => '';
    expect(await refusal()).to.equal('token_response_invalid');
    forger.idToken = async () => 'a.b.c';
    expect(await refusal()).to.equal('token_response_invalid');
  });

  it('refuses when a fresh proof was asked for and auth_time does not show one', async () => {
    expect(await refusal(undefined, {}, { maxAge: 60 })).to.equal('authentication_age');
    forger.idToken = (claims) => forger.sign({ ...claims, auth_time: Number(claims.iat) - 3600 });
    expect(await refusal(undefined, {}, { maxAge: 60 })).to.equal('authentication_age');
    forger.idToken = (claims) => forger.sign({ ...claims, auth_time: Number(claims.iat) - 30 });
    expect((await attempt(undefined, {}, { maxAge: 60 })).identity.authenticatedAt).to.be.a('number');
  });

  it('refuses a provider that describes another issuer or leads the browser astray', async () => {
    forger.discovery = { issuer: 'https://evil.example' };
    expect(await refusal()).to.equal('discovery_failed');
    forger.discovery = { authorization_endpoint: 'javascript:alert(1)' };
    expect(await refusal()).to.equal('endpoint_missing');
  });

  it('remembers discovery, forgets a failure, and takes up a new key as soon as one appears', async () => {
    forger.discovery = { issuer: 'https://evil.example' };
    expect(await refusal()).to.equal('discovery_failed');
    forger.discovery = {};
    await attempt();
    await attempt();
    expect(forger.asked.filter((path) => path.startsWith('/.well-known'))).to.have.length(2);
    expect(forger.asked.filter((path) => path === '/keys')).to.have.length(1);
    clock.advance(11 * 60_000);
    forger.keys = [await makeSigningKey('k2')];
    forger.idToken = (claims) => forger.sign({ ...claims, iat: Math.floor(clock.now() / 1000), exp: Math.floor(clock.now() / 1000) + 300 });
    expect((await attempt()).identity.subject).to.equal('sub-1');
    clock.advance(-11 * 60_000);
  });
});
