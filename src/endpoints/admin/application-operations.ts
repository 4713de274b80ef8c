import type { Application, ApplicationMetadata } from '../../domain/applications/index.ts';
import { tell } from '../../domain/audit/index.ts';
import { DomainError } from '../../platform/errors.ts';
import type { Organization } from '../../domain/organizations/index.ts';
import type { Operation } from '../http/index.ts';
import type { AdminDependencies } from './admin-dependencies.ts';
import { found, operatorOperation, organizationReference } from './admin-operation.ts';
import { checkMetadata } from './application-rules.ts';
import { applicationChangesSchema, applicationListSchema, applicationSchema, newApplicationSchema, registeredApplicationSchema } from './application-schemas.ts';

const tag = 'applications';
const all = { path: '/admin/applications', tag } as const;
const one = {
  path: '/admin/applications/{client_id}',
  tag,
  params: { type: 'object', additionalProperties: false, required: ['client_id'], properties: { client_id: { type: 'string', minLength: 1, maxLength: 100 } } },
  query: {
    type: 'object',
    additionalProperties: false,
    properties: { organization: { ...organizationReference, description: 'Id or slug of the organization it belongs to; unset: it is open to every organization.' } },
  },
} as const;
const answer = { status: 200, description: 'The application.', schema: applicationSchema } as const;

const shown = ({ clientId, name, enabled, metadata, createdAt, updatedAt }: Application, organization: Organization | undefined): object => ({
  client_id: clientId,
  name,
  organization: organization?.slug ?? null,
  enabled,
  metadata,
  createdAt,
  updatedAt,
});

type Stores = Pick<AdminDependencies, 'applications' | 'organizations' | 'connections'>;

/** undefined: those open to every organization. */
const placeOf = async ({ organizations }: Stores, reference: string | undefined): Promise<Organization | undefined> =>
  reference === undefined ? undefined : found(await organizations.find(reference), 'organization');

/** What is stored: the connection by its id, and what may be done there spelled out, since the database decides by it. */
async function decided({ connections }: Stores, place: Organization | undefined, metadata: ApplicationMetadata): Promise<ApplicationMetadata> {
  checkMetadata(metadata);
  if (metadata.scim_connection === undefined) return metadata;
  if (place === undefined) throw new DomainError('invalid', 'admin.scim_application_place', 'An application that pushes by SCIM belongs to an organization.');
  const { id } = found(await connections.find(place.id, metadata.scim_connection), 'connection');
  return { ...metadata, scim_connection: id, scim_scopes: metadata.scim_scopes ?? ['users', 'groups'] };
}

const create = (dependencies: AdminDependencies): Operation =>
  operatorOperation(
    { ...all, id: 'createApplication', method: 'post', summary: 'Registers an application; its secret is shown this once.', body: newApplicationSchema, answer: { ...answer, status: 201, schema: registeredApplicationSchema } },
    async ({ body: { name, metadata: sent, organization }, requestId }, { actor }) => {
      const place = await placeOf(dependencies, organization);
      const metadata = await decided(dependencies, place, sent);
      const { application, clientSecret } = await dependencies.applications.create(actor, { name, metadata, orgId: place?.id }, (tx, { clientId }) =>
        tell(tx, [{ action: 'application.created', targetType: 'application', targetId: clientId, details: { name, metadata }, requestId }]),
      );
      return { ...shown(application, place), ...(clientSecret === undefined ? {} : { client_secret: clientSecret }) };
    },
  );

const list = (dependencies: AdminDependencies): Operation =>
  operatorOperation(
    { ...all, id: 'listApplications', method: 'get', summary: 'Lists the applications of an organization, or those open to every one.', query: one.query, answer: { ...answer, description: 'All of them.', schema: applicationListSchema } },
    async ({ query }, { actor }) => {
      const place = await placeOf(dependencies, query.organization);
      return { items: (await dependencies.applications.list(actor, place?.id)).map((application) => shown(application, place)) };
    },
  );

const show = (dependencies: AdminDependencies): Operation =>
  operatorOperation({ ...one, id: 'showApplication', method: 'get', summary: 'Shows an application, without its secret.', answer }, async ({ params, query }, { actor }) => {
    const place = await placeOf(dependencies, query.organization);
    return shown(found(await dependencies.applications.find(actor, place?.id, params.client_id), 'application'), place);
  });

const update = (dependencies: AdminDependencies): Operation =>
  operatorOperation(
    { ...one, id: 'updateApplication', method: 'patch', summary: 'Renames, disables, enables or describes an application anew.', body: applicationChangesSchema, answer },
    async ({ params, query, body, requestId }, { actor }) => {
      const place = await placeOf(dependencies, query.organization);
      const changes = body.metadata === undefined ? body : { ...body, metadata: await decided(dependencies, place, body.metadata) };
      const event = { action: 'application.updated', targetType: 'application', targetId: params.client_id, details: { ...changes }, requestId };
      return shown(await dependencies.applications.update(actor, place?.id, params.client_id, changes, (tx) => tell(tx, [event])), place);
    },
  );

const renewSecret = (dependencies: AdminDependencies): Operation =>
  operatorOperation(
    {
      ...one,
      path: '/admin/applications/{client_id}/secret',
      id: 'renewApplicationSecret',
      method: 'post',
      summary: 'Puts a new secret in the place of the old one, which ends at once.',
      answer: {
        status: 201,
        description: 'The secret, this once.',
        schema: { type: 'object', additionalProperties: false, required: ['client_id', 'client_secret'], properties: { client_id: { type: 'string' }, client_secret: { type: 'string' } } },
      },
    },
    async ({ params, query, requestId }, { actor }) => {
      const place = await placeOf(dependencies, query.organization);
      const event = { action: 'application.secret_renewed', targetType: 'application', targetId: params.client_id, requestId };
      const secret = await dependencies.applications.renewSecret(actor, place?.id, params.client_id, (tx) => tell(tx, [event]));
      return { client_id: params.client_id, client_secret: secret };
    },
  );

/** Applications registered with the OpenID provider. */
export const applicationOperations = (dependencies: AdminDependencies): Operation[] =>
  [create, list, show, update, renewSecret].map((operation) => operation(dependencies));
