import type { SAML as NodeSaml } from '@node-saml/node-saml';
import { DomainError } from '../../platform/errors.ts';
import type { SamlSettings } from '../connection-settings.ts';
import { parseStrictXml, type XmlElement } from './strict-xml.ts';

/**
 * Verifies the signatures against the provider's certificates and hands back the assertion as parsed from the signed bytes
 * alone; nothing of the document that was posted goes further.
 */
export async function verifyResponse(text: string, settings: SamlSettings, privateKey: string | undefined): Promise<XmlElement> {
  // Both are loaded when first needed: a start does not wait for what only a SAML sign-in uses.
  const [{ ValidateInResponseTo }, { SignatureVerifier }] = await Promise.all([import('@node-saml/node-saml'), import('./signature-verifier.ts')]);
  const verifier = new SignatureVerifier({
    idpCert: settings.idpCertificates,
    issuer: 'signature only',
    callbackUrl: 'https://signature.invalid/',
    audience: false,
    validateInResponseTo: ValidateInResponseTo.never,
    wantAssertionsSigned: settings.want.assertionsSigned,
    wantAuthnResponseSigned: settings.want.responseSigned,
    ...(privateKey !== undefined && { decryptionPvk: privateKey }),
  });
  return parseStrictXml(await signedAssertion(verifier, text));
}

async function signedAssertion(verifier: NodeSaml, text: string): Promise<string> {
  let cause: unknown;
  try {
    const { profile } = await verifier.validatePostResponseAsync({ SAMLResponse: Buffer.from(text).toString('base64') });
    const verified = profile?.getAssertionXml?.();
    if (verified !== undefined && verified !== '') return verified;
  } catch (error) {
    cause = error;
  }
  throw new DomainError('unauthenticated', 'federation.saml.signature', 'The signature was not made with a certificate of this connection.', {
    cause,
    details: { check: 'signature', expected: 'by one of the certificates of this connection', actual: cause instanceof Error ? cause.message.slice(0, 200) : 'none' },
  });
}
