import { DomainError } from '../../platform/errors.ts';
import type { ResponseContext } from './saml-context.ts';
import { SAML, SAMLP, STATUS_OF_PERSONS, STATUS_SUCCESS } from './saml-names.ts';
import { attributeOf, attributesOf, childrenOf, elementsOf, textOf } from './strict-xml.ts';

/**
 * What must hold of the response before its signature is looked at. Much of it may still be unsigned: these checks only
 * ever refuse, and nothing read here enters an identity. The order matters: the first failure is the one that is reported.
 */
const CHECKS: readonly ((context: ResponseContext) => void)[] = [
  isResponse,
  idsAreUnique,
  namespacesAreAbsolute,
  destinationIsOurs,
  issuerIsTheOneExpected,
  wasAskedFor,
  answersTheRequest,
  statusIsSuccess,
  holdsOneAssertion,
];

export function checkResponse(context: ResponseContext): void {
  for (const check of CHECKS) check(context);
}

function isResponse({ response }: ResponseContext): void {
  if (response.localName !== 'Response' || response.namespaceURI !== SAMLP || attributeOf(response, 'Version') !== '2.0') {
    throw new DomainError('invalid', 'federation.saml.not_a_response', 'What was posted is XML, but no SAML 2.0 response.', {
      details: { check: 'root element', expected: 'samlp:Response, Version 2.0', actual: response.localName.slice(0, 100) },
    });
  }
}

/** Signature wrapping lives on two elements of one id. */
function idsAreUnique({ response }: ResponseContext): void {
  const seen = new Set<string>();
  for (const element of elementsOf(response)) {
    for (const { localName, value } of attributesOf(element)) {
      if (!['id', 'assertionid'].includes(localName.toLowerCase())) continue;
      if (value === '' || seen.has(value)) {
        throw new DomainError('unauthenticated', 'federation.saml.duplicate_id', 'Two elements of the response carry the same id.', {
          details: { check: 'ids', expected: 'unique', actual: value.slice(0, 200) },
        });
      }
      seen.add(value);
    }
  }
}

/** A relative namespace makes some canonicalisers give up and digest nothing at all. */
function namespacesAreAbsolute({ response }: ResponseContext): void {
  const relative = elementsOf(response)
    .flatMap(attributesOf)
    .find(({ name, value }) => /^xmlns(:|$)/.test(name) && !/^[a-z][a-z0-9+.-]*:/i.test(value) && !(name === 'xmlns' && value === ''));
  if (relative !== undefined) {
    throw new DomainError('unauthenticated', 'federation.saml.relative_namespace', 'The response declares a namespace that is no absolute address.', {
      details: { check: 'namespaces', expected: 'absolute', actual: relative.value.slice(0, 200) },
    });
  }
}

/** SAML Bindings §3.5.5.2: a signed message must say where it was sent, and no message may say it was sent elsewhere. */
function destinationIsOurs({ response, acsUrl, settings }: ResponseContext): void {
  const destination = attributeOf(response, 'Destination');
  if (destination === undefined ? settings.want.responseSigned : !sameAddress(destination, acsUrl)) {
    throw new DomainError('unauthenticated', 'federation.saml.destination', 'The response was sent to another address.', {
      details: { check: 'Destination', expected: acsUrl, actual: destination?.slice(0, 500) ?? 'none' },
    });
  }
}

function issuerIsTheOneExpected({ response, settings }: ResponseContext): void {
  for (const issuer of childrenOf(response, SAML, 'Issuer')) {
    const actual = textOf(issuer)?.trim();
    if (actual !== settings.idpEntityId) {
      throw new DomainError('unauthenticated', 'federation.saml.response_issuer', 'The response is from another identity provider.', {
        details: { check: 'Response Issuer', expected: settings.idpEntityId, actual: actual?.slice(0, 500) ?? 'not plain text' },
      });
    }
  }
}

function wasAskedFor({ pending, settings, response }: ResponseContext): void {
  if (pending !== undefined || (settings.allowIdpInitiated && !response.hasAttribute('InResponseTo'))) return;
  throw new DomainError('unauthenticated', 'federation.saml.unsolicited', 'This browser did not ask for this sign-in. Please start at the application.', {
    details: { check: 'pending sign-in', expected: 'one bound to this browser', actual: attributeOf(response, 'InResponseTo')?.slice(0, 200) ?? 'none' },
  });
}

function answersTheRequest({ pending, response }: ResponseContext): void {
  const actual = attributeOf(response, 'InResponseTo');
  if (pending !== undefined && actual !== undefined && actual !== pending.memory.requestId) {
    throw new DomainError('unauthenticated', 'federation.saml.response_in_response_to', 'The response answers another request.', {
      details: { check: 'Response InResponseTo', expected: pending.memory.requestId, actual: actual.slice(0, 200) },
    });
  }
}

function statusIsSuccess({ response }: ResponseContext): void {
  const [status] = childrenOf(response, SAMLP, 'Status');
  const [code] = status === undefined ? [] : childrenOf(status, SAMLP, 'StatusCode');
  const value = code === undefined ? undefined : attributeOf(code, 'Value');
  if (status === undefined || code === undefined || value !== STATUS_SUCCESS) {
    const [inner] = code === undefined ? [] : childrenOf(code, SAMLP, 'StatusCode');
    const [message] = status === undefined ? [] : childrenOf(status, SAMLP, 'StatusMessage');
    const second = inner && attributeOf(inner, 'Value');
    const details = {
      check: 'Status',
      expected: STATUS_SUCCESS,
      actual: [value, second].filter(Boolean).join(' / ').slice(0, 300) || 'none',
      description: (message && textOf(message)?.slice(0, 500)) ?? '',
    };
    if (second !== undefined && STATUS_OF_PERSONS.includes(second))
      throw new DomainError('denied', 'federation.saml.cancelled', 'The sign-in was cancelled, or the provider does not let this person in.', { details });
    throw new DomainError('denied', 'federation.saml.status', 'The identity provider did not sign the person in.', { details });
  }
}

/** One, and where it belongs. Any further one, wherever it hides, is an attempt at wrapping. */
function holdsOneAssertion({ response, settings }: ResponseContext): void {
  const plain = childrenOf(response, SAML, 'Assertion');
  const encrypted = childrenOf(response, SAML, 'EncryptedAssertion');
  const anywhere = elementsOf(response).filter(({ localName }) => ['Assertion', 'EncryptedAssertion', 'Response'].includes(localName));
  if (plain.length + encrypted.length !== 1 || anywhere.length !== 2) {
    throw new DomainError('unauthenticated', 'federation.saml.assertion_count', 'The response does not hold exactly one assertion.', {
      details: { check: 'assertions', expected: 1, actual: anywhere.length - 1 },
    });
  }
  if (settings.want.assertionsEncrypted && encrypted.length === 0) {
    throw new DomainError('unauthenticated', 'federation.saml.not_encrypted', 'The assertion is not encrypted, as this connection asks.', {
      details: { check: 'encryption', expected: 'EncryptedAssertion', actual: 'Assertion' },
    });
  }
}

/** Addresses are compared as addresses: case of the host and the default port do not count, everything else does. */
export function sameAddress(left: string, right: string): boolean {
  return URL.canParse(left) && URL.canParse(right) && new URL(left).href === new URL(right).href;
}
