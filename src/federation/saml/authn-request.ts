import type { SAML as NodeSaml } from '@node-saml/node-saml';
import { randomBytes } from 'node:crypto';
import type { SamlConnection } from '../connection.ts';
import type { BeginInput, Begun, BrowserStep } from '../sign-in-method.ts';
import { serviceProviderEntityId } from './saml-context.ts';

/** Builds the AuthnRequest, signed with the connection's first key, for whichever binding the provider takes. */
export async function beginSignIn(input: BeginInput<SamlConnection>): Promise<Begun> {
  const { connection, callbackUrl, clock } = input;
  // RelayState may hold 80 bytes (SAML Bindings §3.4.3); an id must not start with a digit (xs:ID).
  const handle = randomBytes(32).toString('base64url');
  const requestId = `_${randomBytes(20).toString('hex')}`;
  const maxAge = input.forceAuthn === true ? 0 : input.maxAge;
  const saml = await requestBuilder(input, requestId);
  const memory = { requestId, ...(maxAge !== undefined && { maxAge }) };
  return {
    response: await stepFor(saml, connection, handle),
    pending: { connectionId: connection.id, handle, callbackUrl, createdAt: clock.now(), memory },
  };
}

async function stepFor(saml: NodeSaml, { settings }: SamlConnection, handle: string): Promise<BrowserStep> {
  if (settings.ssoBinding === 'redirect') return { redirectTo: await saml.getAuthorizeUrlAsync(handle, undefined, {}) };
  const message = await saml.getAuthorizeMessageAsync(handle);
  const fields = Object.fromEntries(Object.entries(message).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])));
  return { form: { action: settings.ssoUrl, fields } };
}

async function requestBuilder({ connection, callbackUrl, forceAuthn, acrValues, loginHint }: BeginInput<SamlConnection>, requestId: string): Promise<NodeSaml> {
  const { SAML } = await import('@node-saml/node-saml');
  const { settings } = connection;
  const [signing] = settings.signingKeys;
  return new SAML({
    idpCert: settings.idpCertificates,
    issuer: serviceProviderEntityId(settings, callbackUrl),
    callbackUrl,
    entryPoint: settings.ssoUrl,
    forceAuthn: forceAuthn === true,
    identifierFormat: settings.nameIdFormat ?? null,
    // Asking for password sign-in by default shuts out everybody with something stronger.
    disableRequestedAuthnContext: acrValues === undefined,
    authnContext: [...(acrValues ?? [])],
    racComparison: 'exact',
    generateUniqueId: () => requestId,
    // The POST binding carries the message as it is, the redirect binding deflated (SAML Bindings §3.4.4.1, §3.5.4).
    skipRequestCompression: settings.ssoBinding === 'post',
    ...(loginHint !== undefined && settings.ssoBinding === 'redirect' && { additionalAuthorizeParams: { login_hint: loginHint } }),
    ...(settings.signRequests && signing !== undefined && { privateKey: signing.privateKey, publicCert: signing.certificate, signatureAlgorithm: 'sha256', digestAlgorithm: 'sha256' }),
  });
}
