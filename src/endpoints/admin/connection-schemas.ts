const name = { type: 'string', minLength: 1, maxLength: 63 } as const;
const settings = { type: 'object', maxProperties: 64, description: 'As the protocol has them; see the settings of OpenID Connect and SAML connections.' } as const;
const subjectMatch = {
  type: ['object', 'null'],
  additionalProperties: false,
  required: ['claim', 'equals'],
  properties: {
    claim: { type: 'string', minLength: 1, maxLength: 200 },
    equals: { type: 'string', enum: ['externalId', 'userName'] },
  },
  description: 'Which claim of a sign-in equals which SCIM attribute; null: push and sign-in never join by themselves.',
} as const;
const shared = {
  vendor: { type: 'string', minLength: 1, maxLength: 40, pattern: '^[a-z][a-z0-9-]*$', 'x-form': 'lower-case letters, digits and hyphens', description: 'Whose preset is laid under the settings: okta, entra, google, …' },
  subjectMatch,
  jit: { type: 'boolean', description: 'Whether somebody unknown may enter by signing in.' },
  enabled: { type: 'boolean' },
} as const;

export const newConnectionSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'protocol'],
  properties: { name, protocol: { type: 'string', enum: ['oidc', 'saml', 'scim-only'] }, settings, ...shared },
} as const;

export const connectionChangesSchema = {
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  properties: {
    name,
    settings: { ...settings, description: 'Laid over the present ones; null takes one back to its default, a secret that is not named stays.' },
    ...shared,
  },
} as const;

const address = { type: 'string', format: 'uri' } as const;

export const connectionSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'organization', 'name', 'protocol', 'vendor', 'settings', 'secrets', 'subjectMatch', 'jit', 'enabled', 'urls', 'createdAt', 'updatedAt'],
  properties: {
    id: { type: 'string', format: 'uuid' },
    organization: { type: 'string', description: 'Its slug.' },
    name: { type: 'string' },
    protocol: { type: 'string', enum: ['oidc', 'saml', 'scim-only'] },
    vendor: { type: 'string' },
    settings: { type: 'object', description: 'Without the secrets.' },
    secrets: { type: 'array', items: { type: 'string' }, description: 'Which settings hold a secret; it is never shown.' },
    subjectMatch,
    jit: { type: 'boolean' },
    enabled: { type: 'boolean' },
    urls: {
      type: 'object',
      additionalProperties: false,
      required: ['scim'],
      properties: {
        scim: { ...address, description: 'Where the provider pushes to.' },
        callback: { ...address, description: 'OpenID Connect: the redirect URI to register.' },
        acs: { ...address, description: 'SAML: the assertion consumer service.' },
        metadata: { ...address, description: 'SAML: our metadata, and our entity id unless one is set.' },
        logout: { ...address, description: 'SAML: the single logout service.' },
      },
    },
    createdAt: { type: 'string', format: 'date-time' },
    updatedAt: { type: 'string', format: 'date-time' },
  },
} as const;

export const connectionListSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['items'],
  properties: { items: { type: 'array', items: connectionSchema } },
} as const;
