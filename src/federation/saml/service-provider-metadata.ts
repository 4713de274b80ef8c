import { X509Certificate } from 'node:crypto';
import type { SamlSettings } from '../connection-settings.ts';
import { AES_CBC, AES_GCM, BINDING_POST, DSIG, METADATA, RSA_OAEP, SAMLP } from './saml-names.ts';
import { serviceProviderEntityId } from './saml-context.ts';

/** What the customer's administrator gives to the identity provider (SAML Metadata §2.4.4): who we are, where to post, our certificates. */
export function serviceProviderMetadata(settings: SamlSettings, acsUrl: string): string {
  const signs = settings.signRequests && settings.signingKeys.length > 0;
  const ciphers = [...AES_GCM, ...(settings.allowCbcEncryption ? AES_CBC : []), RSA_OAEP];
  const keys = [
    ...settings.signingKeys.map(({ certificate }) => keyDescriptor('signing', certificate, [])),
    ...settings.encryptionKeys.map(({ certificate }) => keyDescriptor('encryption', certificate, ciphers)),
  ];
  const format = settings.nameIdFormat === undefined ? [] : [`    <NameIDFormat>${escapeXml(settings.nameIdFormat)}</NameIDFormat>`];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<EntityDescriptor xmlns="${METADATA}" xmlns:ds="${DSIG}" entityID="${escapeXml(serviceProviderEntityId(settings, acsUrl))}">`,
    `  <SPSSODescriptor AuthnRequestsSigned="${signs}" WantAssertionsSigned="${settings.want.assertionsSigned}" protocolSupportEnumeration="${SAMLP}">`,
    ...keys,
    ...format,
    `    <AssertionConsumerService Binding="${BINDING_POST}" Location="${escapeXml(acsUrl)}" index="0" isDefault="true"/>`,
    '  </SPSSODescriptor>',
    '</EntityDescriptor>',
    '',
  ].join('\n');
}

function keyDescriptor(use: 'signing' | 'encryption', certificate: string, ciphers: readonly string[]): string {
  const body = new X509Certificate(certificate).raw.toString('base64');
  const methods = ciphers.map((algorithm) => `<EncryptionMethod Algorithm="${algorithm}"/>`).join('');
  return `    <KeyDescriptor use="${use}"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${body}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>${methods}</KeyDescriptor>`;
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
