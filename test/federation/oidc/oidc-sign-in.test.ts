import { expect } from 'chai';
import { generateKeyPairSync } from 'node:crypto';
import { parseConnectionSettings, type OidcConnection } from '#hub/federation/index.js';
import { OidcSignIn } from '#hub/federation/oidc/index.js';
import { ManualClock, systemClock } from '#hub/platform/clock.js';
import { failureOf } from '../../support/upstream-failure.js';
import { startUpstreamProvider, type UpstreamProvider } from '../../support/upstream-openid-provider.js';
import { visit } from '../../support/upstream-visitor.js';

const callbackUrl = 'https://hub.example/federation/c1/oidc/callback';
const amina = {
  claims: { name: 'Amina Diallo', email: 'amina@acme.example', email_verified: true, preferred_username: 'amina', groups: ['Engineering', 'Payroll'] },
};

const connectionTo = (provider: UpstreamProvider, more: Record<string, unknown> = {}): OidcConnection => ({
  id: 'c1',
  orgId: 'o1',
  name: 'default',
  protocol: 'oidc',
  subjectMatch: { claim: 'sub', equals: 'externalId' },
  settings: parseConnectionSettings('oidc', {
    issuer: provider.issuer,
    clientId: provider.clientId,
    clientSecret: provider.clientSecret,
    scopes: ['openid', 'profile', 'email', 'groups'],
    ...more,
  }),
});

describe('OIDC sign-in at a real provider', () => {
  let upstream: UpstreamProvider;
  let sparse: UpstreamProvider;
  const signIn = new OidcSignIn({ allowPrivate: true });

  const roundTrip = async (connection: OidcConnection, loginHint: string) => {
    const { response, pending } = await signIn.begin({ connection, callbackUrl, clock: systemClock, loginHint });
    const back = await visit('redirectTo' in response ? response.redirectTo : '');
    return { back, pending, finish: () => signIn.finish({ connection, pending, callbackUrl, request: { query: back.searchParams }, clock: systemClock }) };
  };

  before(async () => {
    const accounts = { 'sub-amina': amina, 'sub-empty': { claims: { name: 'No Groups', email: 'none@acme.example', groups: [] } } };
    upstream = await startUpstreamProvider({ accounts, redirectUris: [callbackUrl] });
    sparse = await startUpstreamProvider({ accounts, redirectUris: [callbackUrl], sparse: true });
  });
  after(() => Promise.all([upstream.close(), sparse.close()]));

  it('hands back who signed in, with groups, in no protocol’s words', async () => {
    const { finish } = await roundTrip(connectionTo(upstream), 'sub-amina');
    const { identity, logoutHint } = await finish();
    expect(identity).to.deep.include({
      connectionId: 'c1',
      issuer: upstream.issuer,
      subject: 'sub-amina',
      email: 'amina@acme.example',
      emailVerified: true,
      displayName: 'Amina Diallo',
      userName: 'amina',
      groups: { state: 'present', groups: ['Engineering', 'Payroll'] },
    });
    expect(identity.claims).to.not.have.any.keys('nonce', 'aud', 'at_hash');
    expect(logoutHint).to.be.a('string');
  });

  it('completes a sparse ID token from UserInfo, and does not ask where it is told not to', async () => {
    const full = await (await roundTrip(connectionTo(sparse), 'sub-amina')).finish();
    expect(full.identity.groups).to.deep.equal({ state: 'present', groups: ['Engineering', 'Payroll'] });
    expect(full.identity.email).to.equal('amina@acme.example');
    const bare = await (await roundTrip(connectionTo(sparse, { userInfo: 'never' }), 'sub-amina')).finish();
    expect(bare.identity).to.not.have.property('email');
    expect(bare.identity.groups).to.deep.equal({ state: 'unknown', because: 'absent' });
  });

  it('tells "in no group" from "groups were not said"', async () => {
    const { identity } = await (await roundTrip(connectionTo(upstream), 'sub-empty')).finish();
    expect(identity.groups).to.deep.equal({ state: 'empty' });
  });

  it('says when the person gave up', async () => {
    const { finish } = await roundTrip(connectionTo(upstream), 'cancel');
    const error = await failureOf(finish());
    expect(error).to.include({ code: 'federation.oidc.cancelled', kind: 'denied' });
  });

  it('refuses a code a second time', async () => {
    const { finish } = await roundTrip(connectionTo(upstream), 'sub-amina');
    await finish();
    expect((await failureOf(finish())).code).to.equal('federation.oidc.code_refused');
  });

  it('refuses an answer that this browser did not ask for, that came too late, or that belongs to another connection', async () => {
    const connection = connectionTo(upstream);
    const { back, pending } = await roundTrip(connection, 'sub-amina');
    const input = { connection, callbackUrl, request: { query: back.searchParams }, clock: systemClock };
    expect((await failureOf(signIn.finish({ ...input, pending: undefined }))).code).to.equal('federation.not_requested');
    expect((await failureOf(signIn.finish({ ...input, pending: { ...pending, connectionId: 'c2' } }))).code).to.equal('federation.connection_mismatch');
    const late = new ManualClock(Date.now() + 16 * 60_000);
    expect((await failureOf(signIn.finish({ ...input, pending, clock: late }))).code).to.equal('federation.pending_expired');
  });

  it('refuses a wrong client secret in words an administrator understands', async () => {
    const connection = connectionTo(upstream, { clientSecret: 'wrong' });
    const { finish } = await roundTrip(connection, 'sub-amina');
    expect((await failureOf(finish())).code).to.equal('federation.oidc.client_refused');
  });

  it('proves itself as the provider wants it: by secret in the body, by key, or not at all', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwks = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'hub' }] };
    const clientPrivateKey = privateKey.export({ type: 'pkcs8', format: 'pem' });
    const ways: [string, object, Record<string, unknown>][] = [
      ['client_secret_post', {}, {}],
      ['private_key_jwt', { jwks, token_endpoint_auth_signing_alg: 'ES256' }, { clientPrivateKey }],
      ['none', {}, {}],
    ];
    for (const [way, client, settings] of ways) {
      const configuration = { clientAuthMethods: [way as 'none'] };
      const provider = await startUpstreamProvider({ accounts: { 'sub-amina': amina }, redirectUris: [callbackUrl], client: { ...client, token_endpoint_auth_method: way as 'none' }, configuration });
      const { finish } = await roundTrip(connectionTo(provider, { ...settings, clientAuthentication: way }), 'sub-amina');
      expect((await finish()).identity.subject, way).to.equal('sub-amina');
      await provider.close();
    }
    const unreadable = connectionTo(upstream, { clientAuthentication: 'private_key_jwt', clientPrivateKey: 'x'.repeat(50) });
    expect((await failureOf(signIn.begin({ connection: unreadable, callbackUrl, clock: systemClock }))).code).to.equal('federation.oidc.client_key');
  });

  it('asks again for a proof, and sees that it was given', async () => {
    const connection = connectionTo(upstream);
    const { response, pending } = await signIn.begin({ connection, callbackUrl, clock: systemClock, loginHint: 'sub-amina', forceAuthn: true });
    const address = new URL('redirectTo' in response ? response.redirectTo : '');
    expect(Object.fromEntries(address.searchParams)).to.include({ prompt: 'login', max_age: '0', code_challenge_method: 'S256' });
    const back = await visit(address.href);
    const { identity } = await signIn.finish({ connection, pending, callbackUrl, request: { query: back.searchParams }, clock: systemClock });
    expect(identity.authenticatedAt).to.be.closeTo(Date.now(), 5_000);
  });

  it('offers to end the session upstream', async () => {
    const address = await signIn.logout({ connection: connectionTo(upstream), logoutHint: undefined, returnTo: 'https://hub.example/', clock: systemClock });
    expect(address).to.match(new RegExp(`^${upstream.issuer}/session/end\\?`));
  });
});
