import { expect } from 'chai';
import { generateKeyPairSync } from 'node:crypto';
import { parseConnectionSettings, presetOf, SECRET_SETTINGS, VENDOR_PRESETS, withPreset } from '#hub/federation/index.js';
import { selfSignedCertificate } from '#hub/platform/self-signed-certificate.js';
import { failureOf } from '../support/upstream-failure.js';
import { makeKey } from '../support/upstream-saml-provider.js';

const oidc = { issuer: 'https://idp.example', clientId: 'hub', clientSecret: 's' };
const key = makeKey('hub.example');
const other = makeKey('idp.example');
const saml = { idpEntityId: 'https://idp.example', ssoUrl: 'https://idp.example/sso', idpCertificates: [key.certificate] };

const problemsOf = async (protocol: 'oidc' | 'saml' | 'scim-only', value: unknown): Promise<string[]> => {
  const error = await failureOf(() => parseConnectionSettings(protocol, value));
  expect(error.code).to.equal('federation.settings_invalid');
  return (error.details.problems as { path: string; problem: string }[]).map(({ path, problem }) => `${path} ${problem}`);
};

describe('connection settings', () => {
  it('fill in every default and leave what was given as it was', () => {
    const given = structuredClone(oidc);
    expect(parseConnectionSettings('oidc', given)).to.deep.include({
      clientAuthentication: 'client_secret_basic',
      scopes: ['openid', 'profile', 'email'],
      claims: { email: 'email', userName: 'preferred_username', groups: 'groups' },
      userInfo: 'when-missing',
      userInfoFailure: 'continue',
      clockToleranceSeconds: 60,
    });
    expect(given).to.deep.equal(oidc);
    expect(parseConnectionSettings('saml', saml)).to.deep.include({ want: { assertionsSigned: true, responseSigned: false, assertionsEncrypted: false }, allowIdpInitiated: false, signingKeys: [] });
    expect(parseConnectionSettings('scim-only', null)).to.equal(null);
  });

  it('say everything that is wrong at once, and where', async () => {
    const problems = await problemsOf('oidc', { issuer: 'ftp://x', clientId: '', scopes: ['email'], surprise: 1 });
    expect(problems.join('\n')).to.include('/issuer').and.to.include('/clientId').and.to.include('/scopes').and.to.include('surprise').and.to.include('clientSecret');
  });

  it('refuse what would weaken the flow', async () => {
    expect(await problemsOf('oidc', { ...oidc, idTokenAlgorithms: ['HS256'] })).to.have.length.at.least(1);
    expect(await problemsOf('oidc', { ...oidc, idTokenAlgorithms: ['none'] })).to.have.length.at.least(1);
    expect(await problemsOf('oidc', { ...oidc, authorizationParameters: { redirect_uri: 'https://evil.example' } })).to.have.length.at.least(1);
    expect(await problemsOf('oidc', { ...oidc, clockToleranceSeconds: 3600 })).to.have.length(1);
    expect(await problemsOf('oidc', { ...oidc, issuer: 'https://user@idp.example' })).to.have.length(1);
    expect(await problemsOf('oidc', { ...oidc, clientAuthentication: 'private_key_jwt' })).to.have.length.at.least(1);
    expect(parseConnectionSettings('oidc', { issuer: oidc.issuer, clientId: 'hub', clientAuthentication: 'none' })).to.not.have.property('clientSecret');
  });

  it('refuse certificates that cannot be read, are weak or do not belong to their key', async () => {
    expect(parseConnectionSettings('saml', { ...saml, idpCertificates: [key.certificate.replace(/-----[^-]+-----/g, '')] }).idpCertificates).to.have.length(1);
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024, publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } });
    const weak = selfSignedCertificate(privateKey, 'weak', Date.now());
    expect(await problemsOf('saml', { ...saml, idpCertificates: ['x'.repeat(50), weak] })).to.deep.equal([
      '/idpCertificates/0 must be an X.509 certificate in PEM form',
      '/idpCertificates/1 must hold a key of at least 2048 bits',
    ]);
    expect(await problemsOf('saml', { ...saml, signingKeys: [{ certificate: key.certificate, privateKey: other.privateKey }] })).to.deep.equal([
      '/signingKeys/0 must be a certificate and its own private key',
    ]);
  });

  it('are no door for what is not settings at all', async () => {
    for (const value of [undefined, null, 7, 'x', [], () => 1, JSON.parse('{"__proto__":{"issuer":"https://x.example"}}')]) {
      expect(await problemsOf('oidc', value)).to.have.length.at.least(1);
      expect(await problemsOf('saml', value)).to.have.length.at.least(1);
    }
    expect(await problemsOf('scim-only', { issuer: 'x' })).to.have.length(1);
  });

  it('name their secrets', () => {
    expect(SECRET_SETTINGS.oidc).to.include('clientSecret');
    expect(SECRET_SETTINGS.saml).to.include('signingKeys.*.privateKey');
  });
});

describe('vendor presets', () => {
  const needed: Record<string, unknown> = { issuer: 'https://idp.example', clientId: 'hub', clientSecret: 's' };

  it('are valid under what an administrator gives, for every vendor and protocol', () => {
    for (const vendor of Object.keys(VENDOR_PRESETS)) {
      expect(parseConnectionSettings('oidc', withPreset('oidc', vendor, needed)).issuer, vendor).to.equal('https://idp.example');
      expect(parseConnectionSettings('saml', withPreset('saml', vendor, saml)).idpEntityId, vendor).to.equal('https://idp.example');
    }
  });

  it('join push and sign-in as the vendor names people', () => {
    expect(presetOf('oidc', 'okta').subjectMatch).to.deep.equal({ claim: 'sub', equals: 'externalId' });
    expect(presetOf('oidc', 'entra').subjectMatch).to.deep.equal({ claim: 'oid', equals: 'externalId' });
    expect(presetOf('saml', 'okta').subjectMatch).to.deep.equal({ claim: 'nameId', equals: 'userName' });
    expect(presetOf('saml', 'constructor')).to.equal(presetOf('saml', undefined));
  });

  it('give way to what an administrator says, one claim at a time', () => {
    expect(withPreset('oidc', 'google', { claims: { groups: 'teams' } })).to.deep.include({ claims: { userName: 'email', groups: 'teams' } });
    expect(withPreset('oidc', 'google', null)).to.equal(null);
  });
});
