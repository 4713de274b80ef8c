import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { DOMParser } from '@xmldom/xmldom';
import { SignedXml } from 'xml-crypto';
import { html } from '../platform/html.ts';
import { selfSignedCertificate } from '../platform/self-signed-certificate.ts';

/** The key a SAML identity provider signs with. */
export interface SigningKey {
  readonly privateKey: string;
  readonly certificate: string;
}

/** What a service provider asks for. */
export interface AuthnRequest {
  readonly id: string;
  readonly issuer: string;
}

export interface AssertedPerson {
  readonly nameId: string;
  readonly attributes: Readonly<Record<string, readonly string[]>>;
}

export interface ResponseFacts {
  readonly request: AuthnRequest;
  readonly acsUrl: string;
  readonly entityId: string;
  readonly now: number;
}

const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const MOST_BYTES = 64 * 1024;

export function makeSigningKey(name: string, now: number): SigningKey {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return { privateKey, certificate: selfSignedCertificate(privateKey, name, now) };
}

/** Reads the request of a redirect (SAML Bindings §3.4.4.1). */
export function readAuthnRequest(field: string): AuthnRequest | undefined {
  try {
    const xml = inflateRawSync(Buffer.from(field, 'base64'), { maxOutputLength: MOST_BYTES }).toString('utf8');
    const root = new DOMParser({ errorHandler: () => undefined }).parseFromString(xml, 'text/xml').documentElement;
    const id = root.getAttribute('ID') ?? '';
    const issuer = root.getElementsByTagNameNS('urn:oasis:names:tc:SAML:2.0:assertion', 'Issuer')[0]?.textContent ?? '';
    return id === '' || issuer === '' ? undefined : { id, issuer };
  } catch {
    return undefined;
  }
}

const at = (now: number, seconds: number): string => new Date(now + seconds * 1000).toISOString();

/** SAML Core §2.3.3, with what the Web Browser SSO profile asks for (SAML Profiles §4.1.4.2). */
function assertionXml({ request, acsUrl, entityId, now }: ResponseFacts, { nameId, attributes }: AssertedPerson): string {
  return String(
    html`<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_${randomUUID()}" Version="2.0" IssueInstant="${at(now, 0)}"><saml:Issuer>${entityId}</saml:Issuer><saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">${nameId}</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData NotOnOrAfter="${at(now, 300)}" Recipient="${acsUrl}" InResponseTo="${request.id}"/></saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="${at(now, -30)}" NotOnOrAfter="${at(now, 300)}"><saml:AudienceRestriction><saml:Audience>${request.issuer}</saml:Audience></saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant="${at(now, 0)}" SessionIndex="_${randomUUID()}"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>${Object.entries(attributes).map(([name, values]) => html`<saml:Attribute Name="${name}">${values.map((value) => html`<saml:AttributeValue>${value}</saml:AttributeValue>`)}</saml:Attribute>`)}</saml:AttributeStatement></saml:Assertion>`,
  );
}

function sign(assertion: string, { privateKey, certificate }: SigningKey): string {
  const signer = new SignedXml({ privateKey, publicCert: certificate, signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', canonicalizationAlgorithm: EXCLUSIVE });
  signer.addReference({
    xpath: `/*[local-name(.)='Assertion']`,
    transforms: ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', EXCLUSIVE],
    digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha256',
  });
  signer.computeSignature(assertion, { prefix: 'ds', location: { reference: `/*[local-name(.)='Assertion']/*[local-name(.)='Issuer']`, action: 'after' } });
  return signer.getSignedXml();
}

function responseXml({ request, acsUrl, entityId, now }: ResponseFacts, status: string, assertion: string): string {
  const head = html`<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_${randomUUID()}" Version="2.0" IssueInstant="${at(now, 0)}" Destination="${acsUrl}" InResponseTo="${request.id}"><saml:Issuer>${entityId}</saml:Issuer><samlp:Status>`;
  return `${String(head)}${status}</samlp:Status>${assertion}</samlp:Response>`;
}

const encode = (xml: string): string => Buffer.from(xml, 'utf8').toString('base64');

/** @returns the form field `SAMLResponse` with one signed assertion about the person */
export const assertPerson = (facts: ResponseFacts, person: AssertedPerson, key: SigningKey): string =>
  encode(responseXml(facts, '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/>', sign(assertionXml(facts, person), key)));

/** @returns the form field `SAMLResponse` that says that nobody was signed in (SAML Core §3.2.2.2) */
export const refuse = (facts: ResponseFacts): string =>
  encode(
    responseXml(
      facts,
      '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Responder"><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:AuthnFailed"/></samlp:StatusCode><samlp:StatusMessage>The person cancelled.</samlp:StatusMessage>',
      '',
    ),
  );
