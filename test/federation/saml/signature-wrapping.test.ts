import { expect } from 'chai';
import { assert, asyncProperty, constantFrom, double, nat, oneof, record, string } from 'fast-check';
import { createHash } from 'node:crypto';
import { SAML as NodeSaml, ValidateInResponseTo } from '@node-saml/node-saml';
import { parseConnectionSettings, type SamlConnection } from '#hub/federation/index.js';
import { SamlSignIn } from '#hub/federation/saml/index.js';
import { ManualClock } from '#hub/platform/clock.js';
import { DomainError } from '#hub/platform/errors.js';
import { failureOf } from '../../support/upstream-failure.js';
import { UpstreamSamlProvider, type Sealing } from '../../support/upstream-saml-provider.js';

const acsUrl = 'https://hub.example/federation/c9/saml/acs';
const start = Date.parse('2026-03-01T09:00:00Z');
const idp = new UpstreamSamlProvider();
const connection: SamlConnection = {
  id: 'c9',
  orgId: 'o1',
  name: 'default',
  protocol: 'saml',
  subjectMatch: null,
  settings: parseConnectionSettings('saml', {
    idpEntityId: idp.entityId,
    ssoUrl: 'https://idp.example/sso',
    idpCertificates: [idp.key.certificate],
    want: { assertionsSigned: false, responseSigned: false },
  }),
};

const ASSERTION = /<saml:Assertion .*<\/saml:Assertion>/s;
const SIGNATURE = /<ds:Signature .*?<\/ds:Signature>/s;
const part = (xml: string, pattern: RegExp): string => pattern.exec(xml)?.[0] ?? '';
/** The attacker's own copy: another id, another name, no signature. */
const evil = (xml: string): string => xml.replace(SIGNATURE, '').replace(/ ID="/g, ' ID="_evil').replaceAll('amina@acme.example', 'root@acme.example');
const inside = (xml: string, more: string): string => xml.replace(/(<[^>]+>)/, `$1${more}`);
const beforeEnd = (xml: string, more: string): string => xml.replace(/<\/[^>]+>$/, (end) => more + end);

/** The eight ways to wrap of "On Breaking SAML: Be Whoever You Want to Be" (USENIX Security 2012), and some since. */
const WRAPPINGS: [string, Sealing['sign'], (xml: string) => string, string[]][] = [
  ['1: the signed response inside the signature of an evil one', 'response', (xml) => evil(xml).replace('</saml:Issuer>', `</saml:Issuer>${beforeEnd(part(xml, SIGNATURE), `<ds:Object>${xml.replace(SIGNATURE, '')}</ds:Object>`)}`), ['assertion_count']],
  ['2: the signed response beside the signature of an evil one', 'response', (xml) => evil(xml).replace('</saml:Issuer>', `</saml:Issuer>${part(xml, SIGNATURE)}${xml.replace(SIGNATURE, '')}`), ['assertion_count']],
  ['3: an evil assertion before the signed one', 'assertion', (xml) => xml.replace(ASSERTION, (signed) => evil(signed) + signed), ['assertion_count']],
  ['4: the signed assertion inside an evil one', 'assertion', (xml) => xml.replace(ASSERTION, (signed) => beforeEnd(evil(signed), signed)), ['assertion_count']],
  ['5: an evil assertion that carries the signature, the signed one at the end', 'assertion', (xml) => xml.replace(ASSERTION, (signed) => evil(signed).replace('</saml:Issuer>', `</saml:Issuer>${part(signed, SIGNATURE)}`) + signed.replace(SIGNATURE, '')), ['assertion_count']],
  ['6: the same, with the signed one inside the signature', 'assertion', (xml) => xml.replace(ASSERTION, (signed) => evil(signed).replace('</saml:Issuer>', `</saml:Issuer>${beforeEnd(part(signed, SIGNATURE), signed.replace(SIGNATURE, ''))}`)), ['assertion_count']],
  ['7: an evil assertion in Extensions', 'assertion', (xml) => xml.replace('<samlp:Status>', () => `<samlp:Extensions>${evil(part(xml, ASSERTION))}</samlp:Extensions><samlp:Status>`), ['assertion_count']],
  ['8: the signed assertion in an Object of the evil one’s signature', 'assertion', (xml) => xml.replace(ASSERTION, (signed) => evil(signed).replace('</saml:Issuer>', `</saml:Issuer>${beforeEnd(part(signed, SIGNATURE), `<ds:Object>${signed.replace(SIGNATURE, '')}</ds:Object>`)}`)), ['assertion_count']],
  ['an evil assertion under another namespace', 'assertion', (xml) => xml.replace(ASSERTION, (signed) => evil(signed).replaceAll('saml:', 'x:').replace('xmlns:saml', 'xmlns:x').replace('urn:oasis:names:tc:SAML:2.0:assertion', 'urn:x') + signed), ['assertion_count']],
  ['two elements of one id', 'assertion', (xml) => inside(xml, `<saml:X ID="${/<saml:Assertion [^>]*ID="([^"]+)"/.exec(xml)?.[1] ?? ''}"/>`), ['duplicate_id']],
  ['a second signature', 'assertion', (xml) => xml.replace(SIGNATURE, (signature) => signature + signature), ['signature_place']],
  ['a second SignedInfo', 'assertion', (xml) => xml.replace(/<ds:SignedInfo>.*?<\/ds:SignedInfo>/s, (info) => info + info), ['signature_reference']],
  ['a reference to the response of an assertion’s signature', 'assertion', (xml) => xml.replace(/URI="#[^"]+"/, `URI="#${/<samlp:Response [^>]*ID="([^"]+)"/.exec(xml)?.[1] ?? ''}"`), ['signature_reference']],
  ['a reference to nothing in particular', 'assertion', (xml) => xml.replace(/URI="#[^"]+"/, 'URI=""'), ['signature_reference']],
  ['a transformation that cuts out what is signed', 'assertion', (xml) => xml.replace('http://www.w3.org/2000/09/xmldsig#enveloped-signature', 'http://www.w3.org/TR/1999/REC-xpath-19991116'), ['signature_algorithm']],
  ['a shared-secret algorithm over the public key', 'assertion', (xml) => xml.replace('http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', 'http://www.w3.org/2000/09/xmldsig#hmac-sha1'), ['signature_algorithm']],
  ['a digest of nothing (SHA-512)', 'assertion', (xml) => xml.replace(/(<ds:DigestValue>)[^<]+/, `$1${createHash('sha512').digest('base64')}`), ['signature_empty']],
];

describe('SAML signature wrapping', () => {
  const clock = new ManualClock(start);
  let requestId = '';

  const finishWith = async (sign: Sealing['sign'], tamper: (xml: string) => string) => {
    const { pending } = await new SamlSignIn().begin({ connection, callbackUrl: acsUrl, clock });
    requestId = String(pending.memory.requestId);
    const content = idp.content({ now: start, acsUrl, audience: acsUrl.replace('/acs', '/metadata'), requestId });
    const samlResponse = await idp.respond(content, { sign, tamper });
    return new SamlSignIn().finish({ connection, pending, callbackUrl: acsUrl, request: { samlResponse, relayState: pending.handle }, clock });
  };

  it('lets the untouched response pass, so that the attacks are refused for what they are', async () => {
    for (const sign of ['assertion', 'response'] as const) {
      expect((await finishWith(sign, (xml) => xml)).identity.subject).to.equal('amina@acme.example');
    }
  });

  for (const [name, sign, wrap, codes] of WRAPPINGS) {
    it(`refuses ${name}`, async () => {
      const error = await failureOf(finishWith(sign, wrap));
      expect(codes).to.include(error.code.replace('federation.saml.', ''));
    });
  }

  it('hands out the signed name or refuses, however the text is spliced', async () => {
    const splice = record({ at: double({ min: 0, max: 1, noNaN: true }), remove: nat(40), insert: oneof(string(), constantFrom('<', '>', '"', '&#0;', '&x;', '<a>', '</a>', '<!--', ']]>', '\0')) });
    await assert(
      asyncProperty(splice, async ({ at, remove, insert }) => {
        const edited = finishWith('assertion', (xml) => xml.slice(0, Math.floor(xml.length * at)) + insert + xml.slice(Math.floor(xml.length * at) + remove));
        const subject = await edited.then(
          ({ identity }) => identity.subject,
          (error: unknown) => (error instanceof DomainError ? 'refused' : Promise.reject(error)),
        );
        expect(['refused', 'amina@acme.example']).to.include(subject);
      }),
      { numRuns: 80 },
    );
  });

  it('does not lean on these refusals alone: the library never hands out the evil name either', async () => {
    const saml = new NodeSaml({ idpCert: idp.key.certificate, issuer: 'x', callbackUrl: acsUrl, audience: false, acceptedClockSkewMs: -1, validateInResponseTo: ValidateInResponseTo.never });
    for (const [name, sign, wrap] of WRAPPINGS) {
      const content = idp.content({ now: start, acsUrl, audience: acsUrl, requestId: '_1' });
      const SAMLResponse = await idp.respond(content, { sign, tamper: wrap });
      const outcome = await saml.validatePostResponseAsync({ SAMLResponse }).then(
        ({ profile }) => profile?.nameID,
        () => 'refused',
      );
      expect(outcome, name).to.not.equal('root@acme.example');
    }
  });
});
