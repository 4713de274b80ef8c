import { isLive, SCIM_SCOPES, type ScimToken } from '../../domain/credentials/index.ts';
import type { Operation } from '../http/index.ts';
import type { AdminDependencies } from './admin-dependencies.ts';
import { found, organizationOperation, organizationReference } from './admin-operation.ts';

const tag = 'scim-tokens';
const inOrganization = { organization: organizationReference } as const;
const all = {
  path: '/admin/organizations/{organization}/scim-tokens',
  tag,
  params: { type: 'object', additionalProperties: false, required: ['organization'], properties: inOrganization },
} as const;
const connection = { type: 'string', minLength: 1, maxLength: 63, description: 'Id or name of the connection.' } as const;
const instant = { type: 'string', format: 'date-time' } as const;
const instantOrNull = { type: ['string', 'null'], format: 'date-time' } as const;

const shownProperties = {
  id: { type: 'string', format: 'uuid' },
  connection: { type: 'string', format: 'uuid', description: 'Id of the connection it pushes into.' },
  hint: { type: 'string', description: 'How the token begins.' },
  scopes: { type: 'array', items: { type: 'string', enum: SCIM_SCOPES } },
  live: { type: 'boolean' },
  createdBy: { type: 'string' },
  createdAt: instant,
  expiresAt: instantOrNull,
  revokedAt: instantOrNull,
  lastUsedAt: instantOrNull,
} as const;
const shownNames = ['id', 'connection', 'hint', 'scopes', 'live', 'createdBy', 'createdAt', 'expiresAt', 'revokedAt', 'lastUsedAt'] as const;
const tokenSchema = { type: 'object', additionalProperties: false, required: shownNames, properties: shownProperties } as const;
const newTokenSchema = {
  type: 'object',
  additionalProperties: false,
  required: [...shownNames, 'token'],
  properties: { ...shownProperties, token: { type: 'string', description: 'The token itself: shown now and never again.' } },
} as const;

const shown = (token: ScimToken, now: number): object => {
  const { id, connectionId, hint, scopes, createdBy, createdAt, expiresAt, revokedAt, lastUsedAt } = token;
  return { id, connection: connectionId, hint, scopes, live: isLive(token, now), createdBy, createdAt, expiresAt, revokedAt, lastUsedAt };
};

const create = ({ organizations, connections, scimTokens, changes, clock }: AdminDependencies): Operation =>
  organizationOperation(organizations)(
    {
      ...all,
      id: 'createScimToken',
      method: 'post',
      summary: 'Creates a token with which a provider pushes; at most two are live per connection.',
      body: {
        type: 'object',
        additionalProperties: false,
        properties: {
          connection: { ...connection, default: 'default' },
          scopes: { type: 'array', minItems: 1, maxItems: 3, uniqueItems: true, items: { type: 'string', enum: SCIM_SCOPES }, default: ['users', 'groups'] },
          expiresAt: { ...instant, description: 'Unset: it does not expire.' },
        },
      },
      answer: { status: 201, description: 'The token, this once.', schema: newTokenSchema },
    },
    async ({ body, requestId }, { organization, context }) => {
      const { id: connectionId } = found(await connections.find(organization.id, body.connection), 'connection');
      const expiresAt = body.expiresAt === undefined ? null : new Date(body.expiresAt);
      return changes.inOrganization(context, async (tx) => {
        const wanted = { orgId: organization.id, connectionId, scopes: body.scopes, expiresAt, createdBy: context.actor };
        const { scimToken, token } = await scimTokens.create(tx, wanted);
        const details = { connection: connectionId, hint: scimToken.hint, scopes: body.scopes, expiresAt: body.expiresAt ?? null };
        return {
          result: { ...shown(scimToken, clock.now()), token },
          events: [{ action: 'scim_token.created', targetType: 'scim_token', targetId: scimToken.id, details, requestId }],
        };
      });
    },
  );

const list = ({ organizations, connections, scimTokens, clock }: AdminDependencies): Operation =>
  organizationOperation(organizations)(
    {
      ...all,
      id: 'listScimTokens',
      method: 'get',
      summary: 'Lists the tokens of an organization or of one connection, without the tokens themselves.',
      query: { type: 'object', additionalProperties: false, properties: { connection } },
      answer: {
        status: 200,
        description: 'All tokens, also those revoked or expired.',
        schema: { type: 'object', additionalProperties: false, required: ['items'], properties: { items: { type: 'array', items: tokenSchema } } },
      },
    },
    async ({ query }, { organization }) => {
      const only = query.connection === undefined ? undefined : found(await connections.find(organization.id, query.connection), 'connection').id;
      return { items: (await scimTokens.list(organization.id, only)).map((token) => shown(token, clock.now())) };
    },
  );

const revoke = ({ organizations, scimTokens, changes, clock }: AdminDependencies): Operation =>
  organizationOperation(organizations)(
    {
      path: '/admin/organizations/{organization}/scim-tokens/{token}',
      tag,
      params: {
        type: 'object',
        additionalProperties: false,
        required: ['organization', 'token'],
        properties: { ...inOrganization, token: { type: 'string', format: 'uuid', description: 'Id of the token.' } },
      },
      id: 'revokeScimToken',
      method: 'delete',
      summary: 'Revokes a token: the next request with it is refused.',
      answer: { status: 200, description: 'The token as it is now.', schema: tokenSchema },
    },
    ({ params, requestId }, { organization, context }) =>
      changes.inOrganization(context, async (tx) => {
        const token = found(await scimTokens.revoke(tx, organization.id, params.token), 'token');
        const event = { action: 'scim_token.revoked', targetType: 'scim_token', targetId: token.id, details: { hint: token.hint }, requestId };
        return { result: shown(token, clock.now()), events: [event] };
      }),
  );

/** Tokens with which identity providers push into a connection. */
export const scimTokenOperations = (dependencies: AdminDependencies): Operation[] =>
  [create, list, revoke].map((operation) => operation(dependencies));
