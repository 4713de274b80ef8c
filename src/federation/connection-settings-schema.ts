/** JSON Schemas of a connection's settings: what the admin API documents, ajv enforces and the types mirror. */

const name = { type: 'string', minLength: 1, maxLength: 200 } as const;
const names = { type: 'array', items: name, maxItems: 50, uniqueItems: true } as const;
/** Addresses are checked again, after resolution, when they are called. */
const address = { type: 'string', maxLength: 2048, pattern: '^https?://[^\\s/?#@]+([/?][^\\s#]*)?$', 'x-form': 'an http or https address without user and fragment' } as const;
const pem = { type: 'string', minLength: 40, maxLength: 20_000 } as const;
const tolerance = { type: 'integer', minimum: 0, maximum: 300, default: 60 } as const;
const absentGroups = { enum: ['unknown', 'empty'], default: 'unknown' } as const;

export const oidcSettingsSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['issuer', 'clientId'],
  properties: {
    issuer: address,
    clientId: { type: 'string', minLength: 1, maxLength: 512 },
    clientSecret: { type: 'string', minLength: 1, maxLength: 4096 },
    clientAuthentication: {
      enum: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
      default: 'client_secret_basic',
    },
    clientPrivateKey: pem,
    scopes: { ...names, contains: { const: 'openid' }, default: ['openid', 'profile', 'email'] },
    idTokenAlgorithms: {
      type: 'array',
      minItems: 1,
      uniqueItems: true,
      // Neither "none" nor a shared-secret algorithm can be chosen at all.
      items: { enum: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'] },
      default: ['RS256', 'PS256', 'ES256', 'RS384', 'PS384', 'ES384', 'RS512', 'PS512', 'ES512', 'EdDSA', 'Ed25519'],
    },
    clockToleranceSeconds: tolerance,
    claims: {
      type: 'object',
      additionalProperties: false,
      properties: {
        email: { ...name, default: 'email' },
        displayName: name,
        userName: { ...name, default: 'preferred_username' },
        groups: { ...name, default: 'groups' },
      },
      default: {},
    },
    absentGroups,
    extraClaims: { ...names, default: [] },
    userInfo: { enum: ['when-missing', 'always', 'never'], default: 'when-missing' },
    userInfoEndpoint: address,
    userInfoFailure: { enum: ['continue', 'refuse'], default: 'continue' },
    authorizationParameters: {
      type: 'object',
      maxProperties: 20,
      // What carries the security of the flow is ours alone.
      propertyNames: { not: { enum: ['client_id', 'redirect_uri', 'response_type', 'response_mode', 'state', 'nonce', 'code_challenge', 'code_challenge_method', 'scope', 'request', 'request_uri'] } },
      additionalProperties: { type: 'string', maxLength: 1000 },
      default: {},
    },
  },
  allOf: [
    {
      if: { type: 'object', properties: { clientAuthentication: { const: 'private_key_jwt' } }, required: ['clientAuthentication'] },
      // oxlint-disable-next-line unicorn/no-thenable -- JSON Schema's keyword
      then: { type: 'object', required: ['clientPrivateKey'] },
    },
    {
      if: { type: 'object', not: { properties: { clientAuthentication: { enum: ['none', 'private_key_jwt'] } }, required: ['clientAuthentication'] } },
      // oxlint-disable-next-line unicorn/no-thenable -- JSON Schema's keyword
      then: { type: 'object', required: ['clientSecret'] },
    },
  ],
} as const;

const keys = {
  type: 'array',
  maxItems: 4,
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['certificate', 'privateKey'],
    properties: { certificate: pem, privateKey: pem },
  },
  default: [],
} as const;

export const samlSettingsSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['idpEntityId', 'ssoUrl', 'idpCertificates'],
  properties: {
    // SAML Core §8.3.6: an entity identifier has at most 1024 characters.
    idpEntityId: { type: 'string', minLength: 1, maxLength: 1024 },
    ssoUrl: address,
    ssoBinding: { enum: ['redirect', 'post'], default: 'redirect' },
    idpCertificates: { type: 'array', minItems: 1, maxItems: 10, items: pem },
    spEntityId: { type: 'string', minLength: 1, maxLength: 1024 },
    signingKeys: keys,
    encryptionKeys: keys,
    signRequests: { type: 'boolean', default: true },
    want: {
      type: 'object',
      additionalProperties: false,
      properties: {
        assertionsSigned: { type: 'boolean', default: true },
        responseSigned: { type: 'boolean', default: false },
        assertionsEncrypted: { type: 'boolean', default: false },
      },
      default: {},
    },
    allowCbcEncryption: { type: 'boolean', default: false },
    allowIdpInitiated: { type: 'boolean', default: false },
    clockToleranceSeconds: tolerance,
    nameIdFormat: { type: 'string', minLength: 1, maxLength: 256 },
    attributes: {
      type: 'object',
      additionalProperties: false,
      properties: {
        email: {
          ...names,
          default: ['email', 'mail', 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress', 'urn:oid:0.9.2342.19200300.100.1.3'],
        },
        displayName: {
          ...names,
          default: ['displayName', 'http://schemas.microsoft.com/identity/claims/displayname', 'urn:oid:2.16.840.1.113730.3.1.241'],
        },
        userName: { ...names, default: ['userName', 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name'] },
        groups: { ...names, default: ['groups', 'http://schemas.microsoft.com/ws/2008/06/identity/claims/groups', 'memberOf'] },
      },
      default: {},
    },
    absentGroups,
    extraClaims: { ...names, default: [] },
  },
} as const;
