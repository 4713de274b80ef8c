import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { inflateRawSync } from 'node:zlib';
import { SignedXml } from 'xml-crypto';
import { encrypt, type EncryptionAlgorithm, type KeyEncryptionAlgorithm } from 'xml-encryption';
import { selfSignedCertificate } from '#hub/platform/self-signed-certificate.js';

export interface KeyAndCertificate {
  privateKey: string;
  certificate: string;
}

/** What a response says; every part can be set on its own, so that a test changes exactly one thing. */
export interface ResponseContent {
  now: number;
  acsUrl: string;
  audience: string;
  requestId: string | undefined;
  nameId: string;
  attributes: Record<string, string[]>;
  issuer: string;
  responseIssuer: string;
  destination: string | undefined;
  recipient: string;
  confirmationInResponseTo: string | undefined;
  confirmationMethod: string;
  confirmationNotOnOrAfter: string;
  notBefore: string;
  notOnOrAfter: string;
  authnInstant: string;
  sessionNotOnOrAfter: string | undefined;
  issueInstant: string;
  status: string;
  assertionId: string;
  responseId: string;
  nameIdFormat: string;
  conditions: string;
}

export interface Sealing {
  sign: 'assertion' | 'response' | 'both' | 'none';
  key: KeyAndCertificate;
  signatureAlgorithm: string;
  digestAlgorithm: string;
  canonicalization: string;
  encryptFor: string | undefined;
  encryptionAlgorithm: EncryptionAlgorithm;
  keyEncryptionAlgorithm: KeyEncryptionAlgorithm;
  /** Changes the assertion before it is signed. */
  draft: (assertion: string) => string;
  /** Changes the whole response after everything is signed: what an attacker can do. */
  tamper: (response: string) => string;
}

const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256';
const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const NAMESPACES = 'xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"';

export function makeKey(name: string): KeyAndCertificate {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return { privateKey, certificate: selfSignedCertificate(privateKey, name, Date.now()) };
}

/** A SAML identity provider that can also say everything wrong that a provider or an attacker could say. */
export class UpstreamSamlProvider {
  readonly entityId = 'https://idp.example/saml';
  readonly key = makeKey('idp.example');

  content(base: Pick<ResponseContent, 'now' | 'acsUrl' | 'audience' | 'requestId'>, changes: Partial<ResponseContent> = {}): ResponseContent {
    const at = (seconds: number): string => new Date(base.now + seconds * 1000).toISOString();
    return {
      ...base,
      nameId: 'amina@acme.example',
      attributes: { email: ['amina@acme.example'], displayName: ['Amina Diallo'], groups: ['Engineering', 'Payroll'] },
      issuer: this.entityId,
      responseIssuer: this.entityId,
      destination: base.acsUrl,
      recipient: base.acsUrl,
      confirmationInResponseTo: base.requestId,
      confirmationMethod: 'urn:oasis:names:tc:SAML:2.0:cm:bearer',
      confirmationNotOnOrAfter: at(300),
      notBefore: at(-60),
      notOnOrAfter: at(300),
      authnInstant: at(0),
      sessionNotOnOrAfter: undefined,
      issueInstant: at(0),
      status: 'urn:oasis:names:tc:SAML:2.0:status:Success',
      assertionId: `_a${crypto.randomUUID()}`,
      responseId: `_r${crypto.randomUUID()}`,
      nameIdFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
      conditions: '',
      ...changes,
    };
  }

  /** @returns the form field `SAMLResponse` */
  async respond(content: ResponseContent, changes: Partial<Sealing> = {}): Promise<string> {
    return Buffer.from(await this.respondXml(content, changes)).toString('base64');
  }

  async respondXml(content: ResponseContent, changes: Partial<Sealing> = {}): Promise<string> {
    const sealing: Sealing = {
      sign: 'assertion',
      key: this.key,
      signatureAlgorithm: RSA_SHA256,
      digestAlgorithm: SHA256,
      canonicalization: EXCLUSIVE,
      encryptFor: undefined,
      encryptionAlgorithm: 'http://www.w3.org/2009/xmlenc11#aes256-gcm',
      keyEncryptionAlgorithm: 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p',
      draft: (assertion) => assertion,
      tamper: (response) => response,
      ...changes,
    };
    const success = content.status.endsWith(':Success');
    let assertion = success ? sealing.draft(assertionXml(content)) : '';
    if (success && (sealing.sign === 'assertion' || sealing.sign === 'both')) assertion = signElement(assertion, 'Assertion', sealing);
    if (success && sealing.encryptFor !== undefined) assertion = await encryptAssertion(assertion, sealing);
    let response = responseXml(content, assertion);
    if (sealing.sign === 'response' || sealing.sign === 'both') response = signElement(response, 'Response', sealing);
    return sealing.tamper(response);
  }
}

function attribute(name: string, value: string | undefined): string {
  return value === undefined ? '' : ` ${name}="${value}"`;
}

function responseXml(content: ResponseContent, assertion: string): string {
  return (
    `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ${NAMESPACES} ID="${content.responseId}" Version="2.0" IssueInstant="${content.issueInstant}"` +
    `${attribute('Destination', content.destination)}${attribute('InResponseTo', content.requestId)}>` +
    `<saml:Issuer>${content.responseIssuer}</saml:Issuer>` +
    `<samlp:Status><samlp:StatusCode Value="${content.status}"/></samlp:Status>${assertion}</samlp:Response>`
  );
}

function assertionXml(content: ResponseContent): string {
  const attributes = Object.entries(content.attributes).map(
    ([name, values]) => `<saml:Attribute Name="${name}">${values.map((value) => `<saml:AttributeValue>${value}</saml:AttributeValue>`).join('')}</saml:Attribute>`,
  );
  return (
    `<saml:Assertion ${NAMESPACES} ID="${content.assertionId}" Version="2.0" IssueInstant="${content.issueInstant}"><saml:Issuer>${content.issuer}</saml:Issuer>` +
    `<saml:Subject><saml:NameID Format="${content.nameIdFormat}">${content.nameId}</saml:NameID>` +
    `<saml:SubjectConfirmation Method="${content.confirmationMethod}"><saml:SubjectConfirmationData NotOnOrAfter="${content.confirmationNotOnOrAfter}"` +
    ` Recipient="${content.recipient}"${attribute('InResponseTo', content.confirmationInResponseTo)}/></saml:SubjectConfirmation></saml:Subject>` +
    `<saml:Conditions NotBefore="${content.notBefore}" NotOnOrAfter="${content.notOnOrAfter}"><saml:AudienceRestriction><saml:Audience>${content.audience}</saml:Audience></saml:AudienceRestriction>${content.conditions}</saml:Conditions>` +
    `<saml:AuthnStatement AuthnInstant="${content.authnInstant}" SessionIndex="_s1"${attribute('SessionNotOnOrAfter', content.sessionNotOnOrAfter)}><saml:AuthnContext>` +
    `<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>` +
    `<saml:AttributeStatement>${attributes.join('')}</saml:AttributeStatement></saml:Assertion>`
  );
}

function signElement(xml: string, name: 'Assertion' | 'Response', sealing: Sealing): string {
  const signer = new SignedXml({
    privateKey: sealing.key.privateKey,
    publicCert: sealing.key.certificate,
    signatureAlgorithm: sealing.signatureAlgorithm,
    canonicalizationAlgorithm: EXCLUSIVE,
  });
  signer.addReference({
    xpath: `/*[local-name(.)='${name}']`,
    transforms: ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', sealing.canonicalization],
    digestAlgorithm: sealing.digestAlgorithm,
  });
  signer.computeSignature(xml, { prefix: 'ds', location: { reference: `/*[local-name(.)='${name}']/*[local-name(.)='Issuer']`, action: 'after' } });
  return signer.getSignedXml();
}

async function encryptAssertion(assertion: string, sealing: Sealing): Promise<string> {
  const pem = sealing.encryptFor ?? '';
  const encrypted = await promisify(encrypt)(assertion, {
    rsa_pub: pem,
    pem,
    encryptionAlgorithm: sealing.encryptionAlgorithm,
    keyEncryptionAlgorithm: sealing.keyEncryptionAlgorithm,
    warnInsecureAlgorithm: false,
  });
  return `<saml:EncryptedAssertion>${encrypted}</saml:EncryptedAssertion>`;
}

export interface AuthnRequest {
  id: string;
  acsUrl: string;
  issuer: string;
  relayState: string;
  xml: string;
}

/** Reads an AuthnRequest from a redirect address or from the fields of a form. */
export function readAuthnRequest(fields: URLSearchParams, deflated: boolean): AuthnRequest {
  const bytes = Buffer.from(fields.get('SAMLRequest') ?? '', 'base64');
  const xml = (deflated ? inflateRawSync(bytes) : bytes).toString('utf8');
  const part = (pattern: RegExp): string => pattern.exec(xml)?.[1] ?? '';
  return {
    id: part(/ ID="([^"]+)"/),
    acsUrl: part(/ AssertionConsumerServiceURL="([^"]+)"/),
    issuer: part(/<saml:Issuer[^>]*>([^<]+)</),
    relayState: fields.get('RelayState') ?? '',
    xml,
  };
}

/** Serves the provider: `/sso` answers every request at once, for the person named by `login_hint`, with a form to post. */
export async function serveSamlProvider(provider: UpstreamSamlProvider, people: Record<string, Partial<ResponseContent>>): Promise<{ ssoUrl: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    void (async () => {
      const { searchParams } = new URL(request.url ?? '/', 'http://idp.invalid');
      const { id, acsUrl, issuer, relayState } = readAuthnRequest(searchParams, true);
      const person = people[searchParams.get('login_hint') ?? ''] ?? { status: 'urn:oasis:names:tc:SAML:2.0:status:Responder' };
      const field = await provider.respond(provider.content({ now: Date.now(), acsUrl, audience: issuer, requestId: id }, person));
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(
        `<!doctype html><form method="post" action="${acsUrl}"><input type="hidden" name="SAMLResponse" value="${field}">` +
          `<input type="hidden" name="RelayState" value="${relayState}"><button>Continue</button></form>`,
      );
    })();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    ssoUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/sso`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
