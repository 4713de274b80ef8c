import { X509Certificate } from 'node:crypto';
import { DomainError } from '../../platform/errors.ts';
import { instantOf } from './instant.ts';
import { BINDING_POST, BINDING_REDIRECT, DSIG, METADATA, SAMLP } from './saml-names.ts';
import { attributeOf, childrenOf, elementsOf, parseStrictXml, textOf, type XmlElement } from './strict-xml.ts';

const MAX_LENGTH = 1024 * 1024;

export interface IdpMetadata {
  entityId: string;
  singleSignOn: { redirect?: string; post?: string };
  singleLogout: { redirect?: string; post?: string };
  /** PEM; the end of each is told so that it can be warned of. */
  certificates: { pem: string; notAfter: number }[];
  wantAuthnRequestsSigned: boolean;
  nameIdFormats: string[];
}

/**
 * Reads the metadata of an identity provider, which an administrator uploads or we fetch from their address.
 * @param entityId which one to take, when the document describes several
 */
export function parseIdpMetadata(text: string, now: number, entityId?: string): IdpMetadata {
  if (text.length > MAX_LENGTH) refuse('size', `at most ${MAX_LENGTH} characters`, text.length);
  const root = parseStrictXml(text.replace(/^\uFEFF/, ''), { allowComments: true });
  const entity = chooseEntity(root, entityId);
  for (const element of [root, entity]) {
    const until = instantOf(element, 'validUntil');
    if (until !== undefined && !(until > now)) refuse('validUntil', `after ${new Date(now).toISOString()}`, attributeOf(element, 'validUntil'));
  }
  const [descriptor] = identityProviders(entity);
  const name = attributeOf(entity, 'entityID');
  if (descriptor === undefined || name === undefined || name === '' || name.length > 1024) return refuse('entityID', 'an identity provider with a name', name ?? 'none');
  const singleSignOn = services(descriptor, 'SingleSignOnService');
  const certificates = signingCertificates(descriptor);
  if (singleSignOn.redirect === undefined && singleSignOn.post === undefined) refuse('SingleSignOnService', 'an http address for redirect or POST', 'none');
  if (certificates.length === 0) refuse('KeyDescriptor', 'at least one signing certificate', 'none');
  return {
    entityId: name,
    singleSignOn,
    singleLogout: services(descriptor, 'SingleLogoutService'),
    certificates,
    wantAuthnRequestsSigned: ['true', '1'].includes(attributeOf(descriptor, 'WantAuthnRequestsSigned') ?? ''),
    nameIdFormats: childrenOf(descriptor, METADATA, 'NameIDFormat').flatMap((format) => textOf(format)?.trim() ?? []),
  };
}

/** The settings that metadata answers; laid under what the administrator decides. */
export function settingsFromMetadata(metadata: IdpMetadata): Record<string, unknown> {
  const { redirect, post } = metadata.singleSignOn;
  return {
    idpEntityId: metadata.entityId,
    ssoUrl: redirect ?? post,
    ssoBinding: redirect === undefined ? 'post' : 'redirect',
    idpCertificates: metadata.certificates.map(({ pem }) => pem),
  };
}

function chooseEntity(root: XmlElement, entityId: string | undefined): XmlElement {
  const all = elementsOf(root).filter(({ localName, namespaceURI }) => localName === 'EntityDescriptor' && namespaceURI === METADATA);
  const candidates = all.filter((entity) => identityProviders(entity).length === 1 && (entityId === undefined || attributeOf(entity, 'entityID') === entityId));
  const [only] = candidates;
  return only !== undefined && candidates.length === 1 ? only : refuse('EntityDescriptor', entityId ?? 'exactly one identity provider', candidates.length);
}

function identityProviders(entity: XmlElement): XmlElement[] {
  return childrenOf(entity, METADATA, 'IDPSSODescriptor').filter((descriptor) =>
    (attributeOf(descriptor, 'protocolSupportEnumeration') ?? '').split(/\s+/).includes(SAMLP),
  );
}

function services(descriptor: XmlElement, name: string): { redirect?: string; post?: string } {
  const locationFor = (binding: string): string | undefined =>
    childrenOf(descriptor, METADATA, name)
      .filter((service) => attributeOf(service, 'Binding') === binding)
      .map((service) => attributeOf(service, 'Location') ?? '')
      .find((location) => URL.canParse(location) && ['https:', 'http:'].includes(new URL(location).protocol));
  const [redirect, post] = [locationFor(BINDING_REDIRECT), locationFor(BINDING_POST)];
  return { ...(redirect !== undefined && { redirect }), ...(post !== undefined && { post }) };
}

function signingCertificates(descriptor: XmlElement): { pem: string; notAfter: number }[] {
  const texts = childrenOf(descriptor, METADATA, 'KeyDescriptor')
    .filter((key) => (attributeOf(key, 'use') ?? 'signing') === 'signing')
    .flatMap(elementsOf)
    .filter(({ localName, namespaceURI }) => localName === 'X509Certificate' && namespaceURI === DSIG)
    .map((element) => (textOf(element) ?? '').replace(/\s/g, ''));
  return [...new Set(texts)].slice(0, 10).map(readCertificate);
}

function readCertificate(base64: string): { pem: string; notAfter: number } {
  try {
    const certificate = new X509Certificate(Buffer.from(base64, 'base64'));
    return { pem: certificate.toString(), notAfter: Date.parse(certificate.validTo) };
  } catch {
    return refuse('X509Certificate', 'a readable certificate', `${base64.slice(0, 20)}…`);
  }
}

function refuse(check: string, expected: unknown, actual: unknown): never {
  throw new DomainError('invalid', 'federation.saml.metadata_invalid', `The metadata cannot be used: ${check}.`, {
    details: { check, expected, actual },
  });
}
