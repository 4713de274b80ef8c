/** Names that the SAML 2.0 and XML security standards fix. */
export const SAML = 'urn:oasis:names:tc:SAML:2.0:assertion';
export const SAMLP = 'urn:oasis:names:tc:SAML:2.0:protocol';
export const METADATA = 'urn:oasis:names:tc:SAML:2.0:metadata';
export const DSIG = 'http://www.w3.org/2000/09/xmldsig#';
export const XMLENC = 'http://www.w3.org/2001/04/xmlenc#';
export const BINDING_REDIRECT = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect';
export const BINDING_POST = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';
export const STATUS_SUCCESS = 'urn:oasis:names:tc:SAML:2.0:status:Success';
export const METHOD_BEARER = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';
export const NAME_ID_TRANSIENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient';
export const AES_GCM = ['http://www.w3.org/2009/xmlenc11#aes256-gcm', 'http://www.w3.org/2009/xmlenc11#aes128-gcm'];
export const AES_CBC = ['http://www.w3.org/2001/04/xmlenc#aes256-cbc', 'http://www.w3.org/2001/04/xmlenc#aes128-cbc'];
export const RSA_OAEP = 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p';
/** SAML Core §3.2.2.2: second-level codes of a provider that works, before a person who did not or could not sign in. */
export const STATUS_OF_PERSONS: readonly string[] = ['AuthnFailed', 'RequestDenied'].map((name) => `urn:oasis:names:tc:SAML:2.0:status:${name}`);
