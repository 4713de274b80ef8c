import { DomainError } from '../../platform/errors.ts';
import type { SamlSettings } from '../connection-settings.ts';
import { DSIG, SAML, SAMLP } from './saml-names.ts';
import { attributeOf, childrenOf, elementsOf, textOf, type XmlElement } from './strict-xml.ts';

const SIGNATURE_METHODS = [
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
  'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1',
];
const DIGEST_METHODS = ['http://www.w3.org/2001/04/xmlenc#sha256', 'http://www.w3.org/2001/04/xmlenc#sha512'];
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const CANONICALIZATIONS = [EXCLUSIVE, 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'];
const TRANSFORMS = [...CANONICALIZATIONS, 'http://www.w3.org/2000/09/xmldsig#enveloped-signature'];
/** Base64 of SHA-256 and SHA-512 of nothing. */
const EMPTY_DIGESTS = [
  '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
  'z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==',
];

/**
 * The form of every signature below `root`, before any is verified: where it stands, what it covers, by which algorithms.
 * A library that is lenient in one of these has been the way in more than once.
 */
export function checkSignatureForm(root: XmlElement): void {
  for (const signature of elementsOf(root).filter(({ localName }) => localName === 'Signature')) {
    standsWhereItMay(signature);
    coversItsParent(signature);
    usesAcceptedAlgorithms(signature);
  }
}

/** SAML Core §5.4.1: enveloped, in the response or in the assertion; and one each. */
function standsWhereItMay(signature: XmlElement): void {
  const parent = signature.parentNode as XmlElement | null;
  const allowed = (parent?.localName === 'Response' && parent.namespaceURI === SAMLP) || (parent?.localName === 'Assertion' && parent.namespaceURI === SAML);
  if (parent === null || !allowed || signature.namespaceURI !== DSIG || childrenOf(parent, DSIG, 'Signature').length !== 1) {
    throw new DomainError('unauthenticated', 'federation.saml.signature_place', 'A signature stands where none belongs.', {
      details: { check: 'place of the signature', expected: 'once in the Response or in the Assertion', actual: parent?.localName?.slice(0, 100) ?? 'nowhere' },
    });
  }
}

/** SAML Core §5.4.2: exactly one reference, to the id of the element that holds the signature; nothing smuggled beside it. */
function coversItsParent(signature: XmlElement): void {
  const infos = childrenOf(signature, DSIG, 'SignedInfo');
  const references = elementsOf(signature).filter(({ localName }) => localName === 'Reference');
  const target = references[0] && attributeOf(references[0], 'URI');
  const id = attributeOf(signature.parentNode as XmlElement, 'ID');
  const extra = childrenOf(signature, DSIG, 'Object').length;
  if (infos.length !== 1 || references.length !== 1 || id === undefined || target !== `#${id}` || extra > 0) {
    throw new DomainError('unauthenticated', 'federation.saml.signature_reference', 'A signature does not cover exactly the element that holds it.', {
      details: { check: 'signature reference', expected: `#${id ?? ''}`, actual: (target ?? 'none').slice(0, 200) },
    });
  }
}

function usesAcceptedAlgorithms(signature: XmlElement): void {
  const used = (name: string): string[] =>
    elementsOf(signature)
      .filter(({ localName }) => localName === name)
      .map((element) => attributeOf(element, 'Algorithm') ?? '');
  requireAlgorithm('SignatureMethod', used('SignatureMethod'), SIGNATURE_METHODS);
  requireAlgorithm('DigestMethod', used('DigestMethod'), DIGEST_METHODS);
  requireAlgorithm('CanonicalizationMethod', used('CanonicalizationMethod'), CANONICALIZATIONS);
  requireAlgorithm('Transform', used('Transform'), TRANSFORMS);
  const digests = elementsOf(signature).filter(({ localName }) => localName === 'DigestValue');
  if (digests.length !== 1 || EMPTY_DIGESTS.includes((textOf(digests[0] as XmlElement) ?? '').replace(/\s/g, ''))) {
    throw new DomainError('unauthenticated', 'federation.saml.signature_empty', 'A signature covers nothing.', {
      details: { check: 'digest', expected: 'one, of something', actual: digests.length === 1 ? 'the digest of nothing' : digests.length },
    });
  }
}

function requireAlgorithm(check: string, used: string[], accepted: readonly string[]): void {
  const refused = used.length === 0 ? 'none' : used.find((algorithm) => !accepted.includes(algorithm));
  if (refused !== undefined) {
    throw new DomainError('unauthenticated', 'federation.saml.signature_algorithm', 'A signature uses an algorithm that is not accepted, such as SHA-1.', {
      details: { check, expected: accepted, actual: refused.slice(0, 200) },
    });
  }
}

/** Whether what must be signed carries a signature at all; whether it is the right one is seen next. */
export function checkSigned(response: XmlElement, assertion: XmlElement, { want }: SamlSettings): void {
  const responseSigned = childrenOf(response, DSIG, 'Signature').length > 0;
  const assertionSigned = childrenOf(assertion, DSIG, 'Signature').length > 0;
  if ((want.responseSigned && !responseSigned) || (want.assertionsSigned && !assertionSigned) || (!responseSigned && !assertionSigned)) {
    throw new DomainError('unauthenticated', 'federation.saml.unsigned', 'What this connection wants signed is not signed.', {
      details: {
        check: 'signed parts',
        expected: [want.responseSigned && 'Response', want.assertionsSigned && 'Assertion'].filter(Boolean),
        actual: [responseSigned && 'Response', assertionSigned && 'Assertion'].filter(Boolean),
      },
    });
  }
}
