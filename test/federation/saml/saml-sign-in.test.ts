import { expect } from 'chai';
import { createVerify, X509Certificate } from 'node:crypto';
import { parseConnectionSettings, type PendingSignIn, type SamlConnection } from '#hub/federation/index.js';
import { SamlSignIn } from '#hub/federation/saml/index.js';
import { parseStrictXml } from '#hub/federation/saml/strict-xml.js';
import { ManualClock, systemClock } from '#hub/platform/clock.js';
import { failureOf } from '../../support/upstream-failure.js';
import { makeKey, readAuthnRequest, serveSamlProvider, UpstreamSamlProvider, type ResponseContent, type Sealing } from '../../support/upstream-saml-provider.js';

const acsUrl = 'https://hub.example/federation/c9/saml/acs';
const entityId = 'https://hub.example/federation/c9/saml/metadata';
const start = Date.parse('2026-03-01T09:00:00Z');
const idp = new UpstreamSamlProvider();
const ours = makeKey('hub.example');
const older = makeKey('hub.example (old)');
const foreign = makeKey('idp.example');
const signIn = new SamlSignIn();

const connectionWith = (more: Record<string, unknown> = {}): SamlConnection => ({
  id: 'c9',
  orgId: 'o1',
  name: 'default',
  protocol: 'saml',
  subjectMatch: { claim: 'nameId', equals: 'userName' },
  settings: parseConnectionSettings('saml', {
    idpEntityId: idp.entityId,
    ssoUrl: 'https://idp.example/sso?tenant=7',
    idpCertificates: [idp.key.certificate],
    signingKeys: [ours],
    encryptionKeys: [older, ours],
    ...more,
  }),
});

const at = (seconds: number): string => new Date(start + seconds * 1000).toISOString();

interface Attempt {
  settings?: Record<string, unknown>;
  content?: Partial<ResponseContent>;
  sealing?: Partial<Sealing>;
  unsolicited?: boolean;
  relayState?: string;
  later?: number;
  begin?: { forceAuthn?: boolean; maxAge?: number };
}

/** One sign-in from begin to finish, with one thing changed. */
const attempt = async ({ settings, content = {}, sealing = {}, unsolicited = false, relayState, later = 0, begin = {} }: Attempt = {}) => {
  const connection = connectionWith(settings);
  const clock = new ManualClock(start);
  const { pending } = await signIn.begin({ connection, callbackUrl: acsUrl, clock, ...begin });
  const requestId = unsolicited ? undefined : String(pending.memory.requestId);
  const samlResponse = await idp.respond(idp.content({ now: start, acsUrl, audience: entityId, requestId }, content), sealing);
  clock.advance(later * 1000);
  const asked: PendingSignIn | undefined = unsolicited ? undefined : pending;
  return signIn.finish({ connection, pending: asked, callbackUrl: acsUrl, request: { samlResponse, relayState: relayState ?? pending.handle }, clock });
};

const refusal = async (change: Attempt): Promise<string> => {
  const { code, details } = await failureOf(attempt(change));
  expect(details).to.include.keys('check', 'expected', 'actual');
  return code;
};

describe('SAML sign-in', () => {
  it('hands back who signed in, with groups, in no protocol’s words', async () => {
    const { identity, replay, sessionNotAfter } = await attempt({ content: { assertionId: '_one', sessionNotOnOrAfter: '2026-03-01T17:00:00Z' } });
    expect(identity).to.deep.include({
      connectionId: 'c9',
      issuer: idp.entityId,
      subject: 'amina@acme.example',
      email: 'amina@acme.example',
      displayName: 'Amina Diallo',
      groups: { state: 'present', groups: ['Engineering', 'Payroll'] },
      authenticatedAt: start,
      sessionIndex: '_s1',
    });
    expect(identity.claims).to.include({ nameId: 'amina@acme.example' });
    expect(replay?.key).to.equal(`saml:c9:${idp.entityId}:_one`);
    expect(replay?.expiresAt).to.be.at.least(start + 300_000);
    expect(sessionNotAfter).to.equal(Date.parse('2026-03-01T17:00:00Z'));
  });

  for (const sign of ['response', 'both'] as const) {
    it(`accepts a signature over the ${sign}`, async () => {
      const { identity } = await attempt({ sealing: { sign }, settings: { want: { assertionsSigned: sign === 'both', responseSigned: true } } });
      expect(identity.subject).to.equal('amina@acme.example');
    });
  }

  it('accepts every certificate of the provider while it rolls its key over', async () => {
    const settings = { idpCertificates: [foreign.certificate, idp.key.certificate] };
    expect((await attempt({ settings })).identity.subject).to.equal('amina@acme.example');
    expect((await attempt({ settings, sealing: { key: foreign } })).identity.subject).to.equal('amina@acme.example');
  });

  it('accepts a certificate without the lines around it', async () => {
    const bare = idp.key.certificate.replace(/-----[^-]+-----/g, '').trim();
    expect((await attempt({ settings: { idpCertificates: [bare] } })).identity.subject).to.equal('amina@acme.example');
  });

  it('goes the whole way over HTTP: redirect, form, post', async () => {
    const server = await serveSamlProvider(idp, { amina: {} });
    const connection = connectionWith({ ssoUrl: server.ssoUrl });
    const { response, pending } = await signIn.begin({ connection, callbackUrl: acsUrl, clock: systemClock, loginHint: 'amina' });
    const page = await (await fetch('redirectTo' in response ? response.redirectTo : '')).text();
    const field = (name: string): string => new RegExp(`name="${name}" value="([^"]*)"`).exec(page)?.[1] ?? '';
    const request = { samlResponse: field('SAMLResponse'), relayState: field('RelayState') };
    const { identity } = await signIn.finish({ connection, pending, callbackUrl: acsUrl, request, clock: systemClock });
    expect(identity.subject).to.equal('amina@acme.example');
    await server.close();
  });

  it('decrypts with any of our keys, and takes CBC only where that was allowed', async () => {
    for (const { certificate } of [ours, older]) {
      expect((await attempt({ sealing: { encryptFor: certificate }, settings: { want: { assertionsEncrypted: true } } })).identity.subject).to.equal('amina@acme.example');
    }
    const cbc = { encryptFor: ours.certificate, encryptionAlgorithm: 'http://www.w3.org/2001/04/xmlenc#aes256-cbc' } as const;
    expect(await refusal({ sealing: cbc })).to.equal('federation.saml.encryption_algorithm');
    expect((await attempt({ sealing: cbc, settings: { allowCbcEncryption: true } })).identity.subject).to.equal('amina@acme.example');
  });

  it('lets a provider begin only where the connection allows it', async () => {
    expect(await refusal({ unsolicited: true })).to.equal('federation.saml.unsolicited');
    expect((await attempt({ unsolicited: true, settings: { allowIdpInitiated: true } })).identity.subject).to.equal('amina@acme.example');
  });

  it('tells no groups from groups that were not said', async () => {
    expect((await attempt({ content: { attributes: { groups: [] } } })).identity.groups).to.deep.equal({ state: 'empty' });
    expect((await attempt({ content: { attributes: {} } })).identity.groups).to.deep.equal({ state: 'unknown', because: 'absent' });
    const overage = { 'http://schemas.microsoft.com/claims/groups.link': ['https://graph.example/groups'] };
    expect((await attempt({ content: { attributes: overage } })).identity.groups).to.deep.equal({ state: 'unknown', because: 'overage' });
  });

  it('lets no attribute pass itself off as the name of the subject', async () => {
    const { identity } = await attempt({ content: { attributes: { nameId: ['root'], __proto__x: ['y'], constructor: ['z'] } }, settings: { extraClaims: ['constructor', '__proto__x'] } });
    expect(identity.claims).to.deep.equal({ nameId: 'amina@acme.example', nameIdFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress', __proto__x: 'y' });
  });

  const cases: [string, string, Attempt][] = [
    ['for another audience', 'audience', { content: { audience: 'https://other.example' } }],
    ['for an audience of which ours is a prefix', 'audience', { content: { audience: `${entityId}.evil.example` } }],
    ['handed out for another recipient', 'recipient', { content: { recipient: 'https://other.example/acs' } }],
    ['sent to another destination', 'destination', { content: { destination: 'https://other.example/acs' } }],
    ['from another issuer', 'issuer', { content: { issuer: 'https://evil.example' } }],
    ['whose response is from another issuer', 'response_issuer', { content: { responseIssuer: 'https://evil.example' } }],
    ['that answers another request', 'in_response_to', { content: { confirmationInResponseTo: '_other' } }],
    ['that answers no request although one was made', 'in_response_to', { content: { confirmationInResponseTo: undefined } }],
    ['whose response answers another request', 'response_in_response_to', { content: { requestId: '_other' } }],
    ['that has expired', 'confirmation_window', { later: 361 }],
    ['whose conditions have expired', 'expired', { later: 200, content: { notOnOrAfter: at(60) } }],
    ['from the future', 'not_yet_valid', { content: { notBefore: at(120) } }],
    ['with an unreadable window', 'not_yet_valid', { content: { notBefore: 'soon' } }],
    ['issued in the future', 'issue_instant', { content: { issueInstant: at(120) } }],
    ['issued long ago', 'issue_instant', { content: { issueInstant: at(-7200) } }],
    ['issued at no readable time', 'issue_instant', { content: { issueInstant: 'yesterday' } }],
    ['that is not for its bearer', 'confirmation_method', { content: { confirmationMethod: 'urn:oasis:names:tc:SAML:2.0:cm:holder-of-key' } }],
    ['with a condition nobody here understands', 'conditions', { content: { conditions: '<saml:Condition xmlns:x="urn:x" x:y="z"/>' } }],
    ['of a session that has ended', 'session_ended', { content: { sessionNotOnOrAfter: at(-120) } }],
    ['that names the person anew each time', 'name_id_transient', { content: { nameIdFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient' } }],
    ['with an element inside the name', 'name_id', { content: { nameId: 'amina<saml:X>@acme.example</saml:X>' } }],
    ['with two names', 'name_id', { sealing: { draft: (xml) => xml.replace('</saml:NameID>', '</saml:NameID><saml:NameID>root</saml:NameID>') } }],
    ['without a name', 'name_id', { content: { nameId: ' ' } }],
    ['without a statement of authentication', 'authn_statement', { sealing: { draft: (xml) => xml.replace(/<saml:AuthnStatement.*<\/saml:AuthnStatement>/, '') } }],
    ['of an old proof where a fresh one was asked for', 'authentication_age', { begin: { forceAuthn: true }, content: { authnInstant: at(-600) } }],
    ['that reports a failure', 'status', { content: { status: 'urn:oasis:names:tc:SAML:2.0:status:Responder' } }],
    ['in the clear where encryption is wanted', 'not_encrypted', { settings: { want: { assertionsEncrypted: true } } }],
    ['with another RelayState', 'relay_state', { relayState: 'other' }],
    ['that is not signed', 'unsigned', { sealing: { sign: 'none' } }],
    ['signed in the wrong part', 'unsigned', { sealing: { sign: 'response' } }],
    ['signed by a stranger of the same name', 'signature', { sealing: { key: foreign } }],
    ['changed after signing', 'signature', { sealing: { tamper: (xml) => xml.replace('>amina@acme.example</saml:NameID>', '>root@acme.example</saml:NameID>') } }],
    ['signed with SHA-1', 'signature_algorithm', { sealing: { signatureAlgorithm: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1' } }],
    ['digested with SHA-1', 'signature_algorithm', { sealing: { digestAlgorithm: 'http://www.w3.org/2000/09/xmldsig#sha1' } }],
    ['canonicalised with comments', 'signature_algorithm', { sealing: { canonicalization: 'http://www.w3.org/2001/10/xml-exc-c14n#WithComments' } }],
    ['with a digest of nothing', 'signature_empty', { sealing: { tamper: (xml) => xml.replace(/(<ds:DigestValue>)[^<]+/, '$147DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=') } }],
    ['with a relative namespace', 'relative_namespace', { sealing: { tamper: (xml) => xml.replace('<samlp:Response ', '<samlp:Response xmlns:n="1" ') } }],
    ['encrypted for somebody else', 'decryption', { sealing: { encryptFor: foreign.certificate } }],
    ['whose key is wrapped in the old RSA padding', 'encryption_algorithm', { sealing: { encryptFor: ours.certificate, keyEncryptionAlgorithm: 'http://www.w3.org/2001/04/xmlenc#rsa-1_5' } }],
    ['encrypted but not signed inside', 'unsigned', { sealing: { encryptFor: ours.certificate, sign: 'response' } }],
    ['with a document type', 'xml_declaration', { sealing: { tamper: (xml) => `<!DOCTYPE x [<!ENTITY e "root">]>${xml}` } }],
    ['with a comment inside the name', 'xml_declaration', { sealing: { tamper: (xml) => xml.replace('amina@acme.example</saml:NameID>', 'amina@acme.example<!---->.evil.example</saml:NameID>') } }],
    ['with a processing instruction', 'xml_declaration', { sealing: { tamper: (xml) => xml.replace('</samlp:Status>', '</samlp:Status><?x y?>') } }],
    ['with CDATA', 'xml_declaration', { sealing: { tamper: (xml) => xml.replace('>amina@acme.example<', '><![CDATA[amina@acme.example]]><') } }],
    ['cut short', 'xml_malformed', { sealing: { tamper: (xml) => xml.slice(0, -20) } }],
    ['with something after its end', 'xml_malformed', { sealing: { tamper: (xml) => `${xml}<x/>` } }],
    ['with an attribute twice', 'xml_malformed', { sealing: { tamper: (xml) => xml.replace(' Version="2.0"', ' Version="2.0" Version="2.0"') } }],
    ['nested too deeply', 'xml_too_large', { sealing: { tamper: (xml) => xml.replace('</samlp:Status>', `</samlp:Status>${'<x>'.repeat(5_000)}${'</x>'.repeat(5_000)}`) } }],
    ['that is something else', 'not_a_response', { sealing: { tamper: () => '<html/>' } }],
    ['that is not XML', 'xml_malformed', { sealing: { tamper: () => 'hello' } }],
    ['that is empty', 'response_unreadable', { sealing: { tamper: () => '' } }],
    ['that is huge', 'response_too_large', { sealing: { tamper: (xml) => xml + ' '.repeat(600_000) } }],
  ];
  for (const [what, code, change] of cases) {
    it(`refuses a response ${what}: ${code}`, async () => {
      expect(await refusal(change)).to.equal(`federation.saml.${code}`);
    });
  }

  it('refuses what is not base64, not text or not there at all', async () => {
    const connection = connectionWith();
    const clock = new ManualClock(start);
    const { pending } = await signIn.begin({ connection, callbackUrl: acsUrl, clock });
    for (const samlResponse of [undefined, '', 7, ['a'], { a: 1 }, '###', Buffer.from([0xff, 0xfe, 0x80]).toString('base64')]) {
      const error = await failureOf(signIn.finish({ connection, pending, callbackUrl: acsUrl, request: { samlResponse, relayState: pending.handle }, clock }));
      expect(error.code).to.equal('federation.saml.response_unreadable');
    }
  });
});

describe('SAML request and metadata', () => {
  const clock = new ManualClock(start);

  it('signs the redirect, and names the request it will be held to', async () => {
    const { response, pending } = await signIn.begin({ connection: connectionWith(), callbackUrl: acsUrl, clock, forceAuthn: true });
    const address = new URL('redirectTo' in response ? response.redirectTo : '');
    const request = readAuthnRequest(address.searchParams, true);
    expect(request).to.include({ id: pending.memory.requestId, acsUrl, issuer: entityId, relayState: pending.handle });
    expect(request.xml).to.include('ForceAuthn="true"').and.to.not.include('RequestedAuthnContext');
    expect(address.searchParams.get('tenant')).to.equal('7');
    const signed = ['SAMLRequest', 'RelayState', 'SigAlg'].map((name) => `${name}=${encodeURIComponent(address.searchParams.get(name) ?? '')}`).join('&');
    const verifier = createVerify('RSA-SHA256').update(signed);
    expect(verifier.verify(ours.certificate, address.searchParams.get('Signature') ?? '', 'base64')).to.equal(true);
  });

  it('posts where the provider wants a form', async () => {
    const { response, pending } = await signIn.begin({ connection: connectionWith({ ssoBinding: 'post' }), callbackUrl: acsUrl, clock });
    if (!('form' in response)) throw new Error('a form was expected');
    const request = readAuthnRequest(new URLSearchParams(response.form.fields), false);
    expect(response.form.action).to.equal('https://idp.example/sso?tenant=7');
    expect(request).to.include({ id: pending.memory.requestId, relayState: pending.handle });
    expect(request.xml).to.include('<SignatureValue>');
  });

  it('publishes every certificate, and offers authenticated encryption only', () => {
    const { body } = signIn.metadata({ connection: connectionWith(), callbackUrl: acsUrl });
    expect(body.match(/use="encryption"/g)).to.have.length(2);
    expect(body).to.include(new X509Certificate(ours.certificate).raw.toString('base64')).and.to.include(`entityID="${entityId}"`);
    expect(parseStrictXml(body).localName).to.equal('EntityDescriptor');
    expect(body).to.include('aes256-gcm').and.to.not.include('-cbc');
  });

  it('makes certificates that others can read', () => {
    const certificate = new X509Certificate(ours.certificate);
    expect(certificate.subject).to.equal('CN=hub.example');
    expect(certificate.verify(certificate.publicKey)).to.equal(true);
    expect(certificate.checkIssued(certificate)).to.equal(true);
  });
});
