import { SCIM_SCOPES } from '../../domain/credentials/index.ts';

const text = (maxLength: number): { readonly type: 'string'; readonly minLength: 1; readonly maxLength: number } => ({ type: 'string', minLength: 1, maxLength });
/** Without a fragment (RFC 6749 §3.1.2); a scheme of one's own is for native applications (RFC 8252 §7.1). */
const redirectUri = { type: 'string', maxLength: 2000, pattern: '^(https?://[^\\s#/]+(/[^\\s#]*)?|[a-z][a-z0-9+-]*(\\.[a-z0-9+-]+)+:/[^\\s#]*)$', 'x-form': 'an http or https address without a fragment, or one of an application’s own scheme such as com.example.app:/callback' } as const;
const webAddress = { type: 'string', maxLength: 2000, pattern: '^https?://[^\\s#/]+(/[^\\s#]*)?$', 'x-form': 'an http or https address without a fragment' } as const;
const uris = <const S>(items: S) => ({ type: 'array', maxItems: 100, uniqueItems: true, items }) as const;
/** RFC 8707 §2: absolute, without a fragment. */
const resource = { type: 'string', maxLength: 500, pattern: '^[a-z][a-z0-9+.-]*:[^\\s#]+$', 'x-form': 'an absolute URI without a fragment' } as const;

/** Metadata in the terms of OpenID Connect Dynamic Client Registration §2, and a few of our own. */
export const applicationMetadataSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    redirect_uris: uris(redirectUri),
    post_logout_redirect_uris: uris(redirectUri),
    backchannel_logout_uri: webAddress,
    grant_types: { type: 'array', minItems: 1, maxItems: 3, uniqueItems: true, items: { type: 'string', enum: ['authorization_code', 'refresh_token', 'client_credentials'] } },
    token_endpoint_auth_method: { type: 'string', enum: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'], description: 'none: a public client.' },
    jwks: {
      type: 'object',
      additionalProperties: false,
      required: ['keys'],
      properties: { keys: { type: 'array', minItems: 1, maxItems: 10, items: { type: 'object', maxProperties: 20 } } },
      description: 'Public keys, for private_key_jwt.',
    },
    application_type: { type: 'string', enum: ['web', 'native'] },
    id_token_signed_response_alg: { type: 'string', enum: ['ES256', 'RS256'] },
    client_uri: webAddress,
    logo_uri: webAddress,
    policy_uri: webAddress,
    tos_uri: webAddress,
    first_party: { type: 'boolean', description: 'False: people are asked for consent.' },
    resources: { ...uris(resource), description: 'APIs the application may call, by their identifiers (RFC 8707).' },
    api_identifier: { ...resource, description: 'Set when the application is an API: access tokens for it are JWTs with this audience.' },
    scim_connection: { type: 'string', minLength: 1, maxLength: 63, description: 'Id or name of the connection into which it pushes by SCIM, with access tokens of client_credentials with the scope scim.' },
    scim_scopes: { type: 'array', minItems: 1, maxItems: 3, uniqueItems: true, items: { type: 'string', enum: SCIM_SCOPES }, description: 'What it may do there; users and groups unless given.' },
    api_scopes: { type: 'array', maxItems: 200, uniqueItems: true, items: { type: 'string', maxLength: 100, pattern: '^[\\x21\\x23-\\x5B\\x5D-\\x7E]+$', 'x-form': 'one word without quotes and backslashes' } },
  },
} as const;

const organization = { type: 'string', minLength: 1, maxLength: 63, description: 'Id or slug; unset: open to members of every organization.' } as const;

export const newApplicationSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: { name: text(200), organization, metadata: { ...applicationMetadataSchema, default: {} } },
} as const;

export const applicationChangesSchema = {
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  properties: { name: text(200), enabled: { type: 'boolean' }, metadata: { ...applicationMetadataSchema, description: 'Replaces all of it.' } },
} as const;

const shownProperties = {
  client_id: { type: 'string' },
  name: { type: 'string' },
  organization: { type: ['string', 'null'], description: 'Slug; null: open to members of every organization.' },
  enabled: { type: 'boolean' },
  metadata: applicationMetadataSchema,
  createdAt: { type: 'string', format: 'date-time' },
  updatedAt: { type: 'string', format: 'date-time' },
} as const;
const shownNames = ['client_id', 'name', 'organization', 'enabled', 'metadata', 'createdAt', 'updatedAt'] as const;

export const applicationSchema = { type: 'object', additionalProperties: false, required: shownNames, properties: shownProperties } as const;

export const registeredApplicationSchema = {
  ...applicationSchema,
  properties: { ...shownProperties, client_secret: { type: 'string', description: 'Shown now and never again; public applications have none.' } },
} as const;

export const applicationListSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['items'],
  properties: { items: { type: 'array', items: applicationSchema } },
} as const;
