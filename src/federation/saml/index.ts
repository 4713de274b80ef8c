/**
 * The service provider: signs people in at a customer's SAML 2.0 identity provider, publishes our metadata and reads theirs.
 * It owns every word of SAML and of XML. Parking a posted response, cookies, the replay store and accounts are left to others.
 */
export { SamlSignIn } from './saml-sign-in.ts';
export { parseIdpMetadata, settingsFromMetadata, type IdpMetadata } from './parse-idp-metadata.ts';
export { fetchIdpMetadata } from './fetch-idp-metadata.ts';
export { generateServiceProviderKey } from './service-provider-key.ts';
