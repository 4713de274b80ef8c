import type { AdministeredConnection } from '../../federation/index.ts';
import { splitSecrets } from '../../federation/index.ts';
import { endAccessOfConnection } from '../../provisioning/index.ts';
import { uuidv7 } from '../../platform/uuid.ts';
import type { Operation } from '../http/index.ts';
import type { AdminDependencies } from './admin-dependencies.ts';
import { found, organizationOperation, organizationReference } from './admin-operation.ts';
import { connectionAnswer } from './connection-answer.ts';
import { connectionChangesSchema, connectionListSchema, connectionSchema, newConnectionSchema } from './connection-schemas.ts';

const tag = 'connections';
const inOrganization = { organization: organizationReference } as const;
const all = {
  path: '/admin/organizations/{organization}/connections',
  tag,
  params: { type: 'object', additionalProperties: false, required: ['organization'], properties: inOrganization },
} as const;
const one = {
  path: '/admin/organizations/{organization}/connections/{connection}',
  tag,
  params: {
    type: 'object',
    additionalProperties: false,
    required: ['organization', 'connection'],
    properties: { ...inOrganization, connection: { type: 'string', minLength: 1, maxLength: 63, description: 'Id or name of the connection.' } },
  },
} as const;
const answer = { status: 200, description: 'The connection.', schema: connectionSchema } as const;

/** What the trail may keep of a connection: no secret, only that there is one. */
function audited(connection: AdministeredConnection): object {
  const { name, protocol, vendor, subjectMatch, jit, enabled, settings } = connection;
  const { open, secrets } = splitSecrets(protocol, settings);
  return { name, protocol, vendor, subjectMatch, jit, enabled, settings: open, secrets: Object.keys(secrets) };
}

const create = ({ organizations, connections, changes, publicUrl }: AdminDependencies): Operation =>
  organizationOperation(organizations)(
    { ...all, id: 'createConnection', method: 'post', summary: 'Creates a connection: one customer’s identity provider.', body: newConnectionSchema, answer: { ...answer, status: 201 } },
    ({ body, requestId }, { organization, context }) =>
      changes.inOrganization(context, async (tx) => {
        const connection = await connections.insert(tx, organization.id, uuidv7(), body);
        const event = { action: 'connection.created', targetType: 'connection', targetId: connection.id, details: { ...audited(connection) }, requestId };
        return { result: connectionAnswer(publicUrl, organization, connection), events: [event] };
      }),
  );

const list = ({ organizations, connections, publicUrl }: AdminDependencies): Operation =>
  organizationOperation(organizations)(
    { ...all, id: 'listConnections', method: 'get', summary: 'Lists the connections of an organization.', answer: { ...answer, description: 'All connections.', schema: connectionListSchema } },
    async (_call, { organization }) => ({ items: (await connections.list(organization.id)).map((connection) => connectionAnswer(publicUrl, organization, connection)) }),
  );

const show = ({ organizations, connections, publicUrl }: AdminDependencies): Operation =>
  organizationOperation(organizations)(
    { ...one, id: 'showConnection', method: 'get', summary: 'Shows a connection, its settings and addresses.', answer },
    async ({ params }, { organization }) => connectionAnswer(publicUrl, organization, found(await connections.find(organization.id, params.connection), 'connection')),
  );

const update = ({ organizations, connections, changes, publicUrl }: AdminDependencies): Operation =>
  organizationOperation(organizations)(
    { ...one, id: 'updateConnection', method: 'patch', summary: 'Changes what is named of a connection.', body: connectionChangesSchema, answer },
    ({ params, body, requestId }, { organization, context }) =>
      changes.inOrganization(context, async (tx) => {
        const { before, after } = found(await connections.update(tx, organization.id, params.connection, body), 'connection');
        if (before.enabled && !after.enabled) await endAccessOfConnection(tx, after.id);
        const event = { action: 'connection.updated', targetType: 'connection', targetId: after.id, details: { before: audited(before), after: audited(after) }, requestId };
        return { result: connectionAnswer(publicUrl, organization, after), events: [event] };
      }),
  );

/** Connections of one organization. */
export const connectionOperations = (dependencies: AdminDependencies): Operation[] =>
  [create, list, show, update].map((operation) => operation(dependencies));
