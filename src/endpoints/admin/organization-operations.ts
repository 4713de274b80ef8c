import type { Organization } from '../../domain/organizations/index.ts';
import { endAccessOfOrganization } from '../../provisioning/index.ts';
import { cursorKey, pageOf, pageQuery, requireOperator, type Operation } from '../http/index.ts';
import type { AdminDependencies } from './admin-dependencies.ts';
import { found, operatorOperation, organizationOperation, organizationReference } from './admin-operation.ts';
import { foundOrganization } from './found-organization.ts';
import { newOrganizationSchema, organizationChangesSchema, organizationPageSchema, organizationSchema } from './organization-schemas.ts';

const tag = 'organizations';
const params = { type: 'object', additionalProperties: false, required: ['organization'], properties: { organization: organizationReference } } as const;
const one = { path: '/admin/organizations/{organization}', aliases: ['/admin/orgs/{organization}'], tag, params } as const;
const all = { path: '/admin/organizations', aliases: ['/admin/orgs'], tag } as const;

const shown = ({ id, slug, name, description, isDefault, status, settings, createdAt, updatedAt }: Organization): object => ({
  id,
  slug,
  name,
  description,
  isDefault,
  status,
  acceptedConnections: settings.accepted_connections ?? [],
  createdAt,
  updatedAt,
});

const create = (dependencies: AdminDependencies): Operation =>
  operatorOperation(
    {
      ...all,
      id: 'createOrganization',
      method: 'post',
      summary: 'Creates an organization with a connection `default` and the roles admin, developer and viewer.',
      body: newOrganizationSchema,
      answer: { status: 201, description: 'The organization.', schema: organizationSchema },
    },
    async ({ body, requestId }, { actor }) => shown(await foundOrganization(dependencies, { ...body, name: body.name ?? body.slug, actor, requestId })),
  );

const list = ({ organizations }: AdminDependencies): Operation =>
  operatorOperation(
    {
      ...all,
      id: 'listOrganizations',
      method: 'get',
      summary: 'Lists organizations by slug.',
      query: { type: 'object', additionalProperties: false, properties: pageQuery },
      answer: { status: 200, description: 'One page of organizations.', schema: organizationPageSchema },
    },
    async ({ query }) => pageOf(await organizations.list(query.limit + 1, cursorKey(query.cursor)), query.limit, ({ slug }) => slug, shown),
  );

const show = ({ organizations }: AdminDependencies): Operation =>
  organizationOperation(organizations)(
    {
      ...one,
      id: 'showOrganization',
      method: 'get',
      summary: 'Shows an organization.',
      answer: { status: 200, description: 'The organization.', schema: organizationSchema },
    },
    async (_call, { organization }) => shown(organization),
  );

const update = ({ organizations, applications, changes }: AdminDependencies): Operation =>
  organizationOperation(organizations)(
    {
      ...one,
      id: 'updateOrganization',
      method: 'patch',
      summary: 'Renames, describes, suspends or reactivates an organization, or changes whose proofs it accepts.',
      body: organizationChangesSchema,
      answer: { status: 200, description: 'The organization as it is now.', schema: organizationSchema },
    },
    async ({ body, principal, requestId }, { organization, context }) => {
      if (body.status !== undefined) requireOperator(principal);
      const answer = await changes.inOrganization(context, async (tx) => {
        const changed = found(await organizations.update(tx, organization.id, body), 'organization');
        if (body.status === 'suspended') await endAccessOfOrganization(tx);
        const event = { action: 'organization.updated', targetType: 'organization', targetId: organization.id, details: { ...body }, requestId };
        return { result: shown(changed), events: [event] };
      });
      if (body.status !== undefined) await applications.organizationChanged(organization.id);
      return answer;
    },
  );

/** Organizations: created and listed by operators, shown and described by their administrators too. */
export const organizationOperations = (dependencies: AdminDependencies): Operation[] =>
  [create, list, show, update].map((operation) => operation(dependencies));
