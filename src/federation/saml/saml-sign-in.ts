import { DomainError } from '../../platform/errors.ts';
import type { SamlConnection } from '../connection.ts';
import { requirePending } from '../pending-sign-in.ts';
import type { BeginInput, Begun, FinishedSignIn, FinishInput, SignInMethod } from '../sign-in-method.ts';
import { checkAssertion } from './assertion-checks.ts';
import { beginSignIn } from './authn-request.ts';
import { decodeResponse } from './decode-response.ts';
import { decryptAssertion } from './decrypt-assertion.ts';
import { identityFromAssertion, replayOf, sessionEndOf } from './identity-from-assertion.ts';
import { checkResponse } from './response-checks.ts';
import { serviceProviderEntityId, type ResponseContext } from './saml-context.ts';
import { SAML } from './saml-names.ts';
import { serviceProviderMetadata } from './service-provider-metadata.ts';
import { checkSignatureForm, checkSigned } from './signature-checks.ts';
import { childrenOf, parseStrictXml, type XmlElement } from './strict-xml.ts';
import { verifyResponse } from './verify-response.ts';

/** Signs people in at a customer's SAML 2.0 identity provider (Web Browser SSO Profile, SAML Profiles §4.1). */
export class SamlSignIn implements SignInMethod<SamlConnection> {
  begin(input: BeginInput<SamlConnection>): Promise<Begun> {
    return beginSignIn(input);
  }

  /** Gates in this order: text, form of the response, form of its signatures, the signatures, the signed assertion. */
  async finish(input: FinishInput<SamlConnection>): Promise<FinishedSignIn> {
    const { connection, clock } = input;
    const { settings } = connection;
    const text = responseText(input);
    const response = parseStrictXml(text);
    const context = contextOf(input, response);
    checkResponse(context);
    const { presented, privateKey } = await presentedAssertion(response, settings);
    checkSignatureForm(response);
    checkSignatureForm(presented);
    checkSigned(response, presented, settings);
    const assertion = await verifyResponse(text, settings, privateKey);
    checkAssertion({ ...context, assertion });
    const sessionNotAfter = sessionEndOf(assertion);
    return {
      identity: identityFromAssertion(connection, assertion),
      replay: replayOf(connection, assertion, clock.now()),
      ...(sessionNotAfter !== undefined && { sessionNotAfter }),
    };
  }

  metadata({ connection, callbackUrl }: { connection: SamlConnection; callbackUrl: string }): { contentType: string; body: string } {
    return { contentType: 'application/samlmetadata+xml', body: serviceProviderMetadata(connection.settings, callbackUrl) };
  }
}

function responseText({ request, pending, connection, clock }: FinishInput<SamlConnection>): string {
  if (!('samlResponse' in request)) {
    throw new DomainError('invalid', 'federation.saml.wrong_protocol', 'An OpenID Connect answer arrived at a SAML connection.', {
      details: { check: 'protocol', expected: 'saml', actual: 'oidc' },
    });
  }
  // Absence is judged with the response in hand, since a connection may allow unsolicited ones.
  if (pending !== undefined) requirePending({ connection, pending, clock });
  if (pending !== undefined && request.relayState !== pending.handle) {
    throw new DomainError('unauthenticated', 'federation.saml.relay_state', 'The response does not belong to the sign-in this browser began.', {
      details: { check: 'RelayState', expected: 'the RelayState of this sign-in', actual: request.relayState === undefined ? 'none' : 'another' },
    });
  }
  return decodeResponse(request.samlResponse);
}

function contextOf({ connection, pending, callbackUrl, clock }: FinishInput<SamlConnection>, response: XmlElement): ResponseContext {
  const { settings } = connection;
  const acsUrl = pending?.callbackUrl ?? callbackUrl;
  return { response, settings, acsUrl, entityId: serviceProviderEntityId(settings, acsUrl), pending, now: clock.now() };
}

/** The assertion as it came, decrypted where it had to be. It is looked at for its form only; what counts is the signed one. */
async function presentedAssertion(response: XmlElement, settings: SamlConnection['settings']): Promise<{ presented: XmlElement; privateKey?: string }> {
  const [plain] = childrenOf(response, SAML, 'Assertion');
  if (plain !== undefined) return { presented: plain };
  const [encrypted] = childrenOf(response, SAML, 'EncryptedAssertion');
  const { assertion, privateKey } = await decryptAssertion(encrypted ?? response, settings);
  return { presented: assertion, privateKey };
}
