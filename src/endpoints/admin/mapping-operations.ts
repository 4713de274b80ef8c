import { readRoleMappings, readRoles, replaceRoleMappings, type GroupRoleRule } from '../../domain/access/index.ts';
import type { Operation } from '../http/index.ts';
import type { AdminDependencies } from './admin-dependencies.ts';
import { found, organizationOperation, organizationReference, type OrganizationScope } from './admin-operation.ts';
import { rulesOf, type SentMapping } from './mapping-rules.ts';
import { mappingSchema, newMappingSchema, previewSchema } from './mapping-schemas.ts';

const tag = 'role-mapping';
const here = {
  path: '/admin/organizations/{organization}/role-mapping',
  tag,
  params: { type: 'object', additionalProperties: false, required: ['organization'], properties: { organization: organizationReference } },
} as const;

const shown = (rules: readonly GroupRoleRule[]): object[] => rules.map(({ group, roles, connectionId }) => ({ group, roles, connection: connectionId }));

const rulesFromSent = ({ connections }: AdminDependencies, { organization }: OrganizationScope, sent: SentMapping): Promise<GroupRoleRule[]> =>
  rulesOf(sent, async (reference) => found(await connections.find(organization.id, reference), 'connection').id);

const show = ({ organizations, changes, config }: AdminDependencies): Operation =>
  organizationOperation(organizations)(
    { ...here, id: 'showRoleMapping', method: 'get', summary: 'Shows which groups give which roles.', answer: { status: 200, description: 'The map.', schema: mappingSchema } },
    async (_call, { context }) => {
      const rules = await changes.inOrganization(context, async (tx) => ({ result: await readRoleMappings(tx), events: [] }));
      return { items: shown(rules), environment: config.oidcGroupRoleMap ?? null, defaults: config.oidcGroupRoleDefaults ?? null };
    },
  );

const set = (dependencies: AdminDependencies): Operation =>
  organizationOperation(dependencies.organizations)(
    {
      ...here,
      id: 'setRoleMapping',
      method: 'put',
      summary: 'Puts this map in the place of the organization’s own, and settles everybody’s roles by it.',
      body: newMappingSchema,
      answer: { status: 200, description: 'The map, how many have other roles now, and what looks like a slip.', schema: mappingSchema },
    },
    async ({ body, requestId }, scope) => {
      const rules = await rulesFromSent(dependencies, scope, body);
      const unknownRoles = await dependencies.changes.inOrganization(scope.context, async (tx) => {
        const before = await replaceRoleMappings(tx, rules);
        const known = new Set((await tx.sql(readRoles().text)).map(({ name }) => name));
        const details = { before: shown(before), after: shown(rules) };
        return {
          result: [...new Set(rules.flatMap(({ roles }) => roles))].filter((role) => !known.has(role)).toSorted(),
          events: [{ action: 'role_mapping.replaced', targetType: 'organization', targetId: scope.organization.id, details, requestId }],
        };
      });
      const reconciled = await dependencies.desk.reconcileStale(scope.context);
      const { oidcGroupRoleMap, oidcGroupRoleDefaults } = dependencies.config;
      return { items: shown(rules), environment: oidcGroupRoleMap ?? null, defaults: oidcGroupRoleDefaults ?? null, reconciled, unknownRoles };
    },
  );

const preview = (dependencies: AdminDependencies): Operation =>
  organizationOperation(dependencies.organizations)(
    {
      ...here,
      path: '/admin/organizations/{organization}/role-mapping/preview',
      id: 'previewRoleMapping',
      method: 'post',
      summary: 'Tells what this map would change, and for whom; changes nothing.',
      body: newMappingSchema,
      answer: { status: 200, description: 'Who would get and lose what.', schema: previewSchema },
    },
    async ({ body }, scope) => dependencies.desk.preview(scope.context, await rulesFromSent(dependencies, scope, body)),
  );

/** Which groups give which roles in one organization. */
export const mappingOperations = (dependencies: AdminDependencies): Operation[] => [show, set, preview].map((operation) => operation(dependencies));
