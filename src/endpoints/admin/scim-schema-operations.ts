import type { KeepUnique, OrganizationSchema, UniqueRules } from '../../domain/directory/index.ts';
import { DomainError } from '../../platform/errors.ts';
import type { FromSchema, Operation } from '../http/index.ts';
import type { AdminDependencies } from './admin-dependencies.ts';
import { found, organizationOperation, organizationReference } from './admin-operation.ts';
import { newScimSchemaSchema, schemaReference, scimSchemaListSchema, scimSchemaSchema } from './scim-schema-schemas.ts';

const tag = 'scim-schemas';
const inOrganization = { organization: organizationReference } as const;
const all = {
  path: '/admin/organizations/{organization}/scim-schemas',
  tag,
  params: { type: 'object', additionalProperties: false, required: ['organization'], properties: inOrganization },
} as const;
const one = {
  path: '/admin/organizations/{organization}/scim-schemas/{urn}',
  tag,
  params: { type: 'object', additionalProperties: false, required: ['organization', 'urn'], properties: { ...inOrganization, urn: schemaReference } },
} as const;
const answer = { status: 200, description: 'The schema.', schema: scimSchemaSchema } as const;

const shown = ({ definition, createdAt, updatedAt }: OrganizationSchema): object => ({ ...definition, createdAt, updatedAt });
const same = (id: string, other: string): boolean => id.toLowerCase() === other.toLowerCase();
const others = (standing: readonly OrganizationSchema[], urn: string): OrganizationSchema[] => standing.filter(({ id }) => !same(id, urn));
const target = (id: string): { targetType: string; targetId: string } => ({ targetType: 'scim_schema', targetId: id });

const list = ({ organizations, schemas }: AdminDependencies): Operation =>
  organizationOperation(organizations)(
    { ...all, id: 'listScimSchemas', method: 'get', summary: 'Lists the SCIM extensions of an organization.', answer: { ...answer, description: 'All of them.', schema: scimSchemaListSchema } },
    async (_call, { organization }) => ({ items: (await schemas.list(organization.id)).map(shown) }),
  );

const show = ({ organizations, schemas }: AdminDependencies): Operation =>
  organizationOperation(organizations)(
    { ...one, id: 'showScimSchema', method: 'get', summary: 'Shows a SCIM extension of an organization.', answer },
    async ({ params: { urn } }, { organization }) => shown(found(await schemas.find(organization.id, urn), 'SCIM schema')),
  );

/** What is kept: what a provider's own `/Schemas` says besides is said anew by this hub. */
function definitionIn({ schemas: _schemas, meta: _meta, ...definition }: FromSchema<typeof newScimSchemaSchema>, urn: string): Omit<FromSchema<typeof newScimSchemaSchema>, 'schemas' | 'meta'> {
  if (same(definition.id, urn)) return definition;
  throw new DomainError('invalid', 'admin.scim_schema_id', 'The id of the definition is not the URN of the address.', { details: { id: definition.id, urn } });
}

const put = ({ organizations, schemas, extensions, unique, changes }: AdminDependencies): Operation =>
  organizationOperation(organizations)(
    {
      ...one,
      id: 'putScimSchema',
      method: 'put',
      summary: 'Declares a SCIM extension, or puts this definition in its place; what resources hold must stay declared.',
      body: newScimSchemaSchema,
      answer,
    },
    async ({ params: { urn }, body, requestId }, { organization, context }) => {
      const definition = definitionIn(body, urn);
      const rulesAfter = (standing: readonly OrganizationSchema[]): UniqueRules | undefined => extensions.uniqueRules([...others(standing, urn), { definition }]);
      const change = (keep: KeepUnique): Promise<OrganizationSchema> => changes.inOrganization(context, async (tx) => {
        const standing = await schemas.lock(tx, organization.id);
        const before = standing.find(({ id }) => same(id, urn));
        extensions.check(others(standing, urn).map((other) => other.definition), definition);
        const next = { id: definition.id, resourceType: definition.extends, definition };
        extensions.assertRoomForChange(before?.definition, definition, await schemas.use(tx, organization.id, before ?? next));
        const { schema, changed } = await schemas.put(tx, organization.id, next);
        extensions.assertNoClash(definition, await keep(tx, rulesAfter(standing)));
        const details = { before: before?.definition ?? null, after: definition };
        const event = { action: 'scim_schema.set', ...target(schema.id), details, requestId };
        return { result: schema, events: changed ? [event] : [] };
      });
      const written = await unique.change(organization.id, async () => rulesAfter(await schemas.list(organization.id)), change);
      await extensions.announce();
      return shown(written);
    },
  );

const remove = ({ organizations, schemas, extensions, unique, changes }: AdminDependencies): Operation =>
  organizationOperation(organizations)(
    { ...one, id: 'removeScimSchema', method: 'delete', summary: 'Removes a SCIM extension that no resource holds values of.', answer: { ...answer, description: 'The schema as it was.' } },
    async ({ params: { urn }, requestId }, { organization, context }) => {
      const rulesAfter = (standing: readonly OrganizationSchema[]): UniqueRules | undefined => extensions.uniqueRules(others(standing, urn));
      const change = (keep: KeepUnique): Promise<OrganizationSchema> => changes.inOrganization(context, async (tx) => {
        const standing = await schemas.lock(tx, organization.id);
        const before = found(standing.find(({ id }) => same(id, urn)), 'SCIM schema');
        extensions.assertRoomForChange(before.definition, undefined, await schemas.use(tx, organization.id, before));
        await schemas.remove(tx, organization.id, before.id);
        await keep(tx, rulesAfter(standing));
        return { result: before, events: [{ action: 'scim_schema.removed', ...target(before.id), details: { before: before.definition }, requestId }] };
      });
      const removed = await unique.change(organization.id, async () => rulesAfter(await schemas.list(organization.id)), change);
      await extensions.announce();
      return shown(removed);
    },
  );

/** The SCIM extensions that organizations declare for themselves (RFC 7643 §3.3). */
export const scimSchemaOperations = (dependencies: AdminDependencies): Operation[] => [list, show, put, remove].map((operation) => operation(dependencies));
