import { Router } from 'express';
import {
  apiHeaders,
  createBearerAuthentication,
  openApiDocument,
  operationRouter,
  problemRenderer,
  requestId,
  unknownRoute,
  type Operation,
} from '../http/index.ts';
import type { AdminDependencies } from './admin-dependencies.ts';
import { applicationOperations } from './application-operations.ts';
import { auditOperations } from './audit-operations.ts';
import { connectionOperations } from './connection-operations.ts';
import { domainOperations } from './domain-operations.ts';
import { instanceOperations } from './instance-operations.ts';
import { mappingOperations } from './mapping-operations.ts';
import { organizationOperations } from './organization-operations.ts';
import { roleOperations } from './role-operations.ts';
import { scimSchemaOperations } from './scim-schema-operations.ts';
import { scimTokenOperations } from './scim-token-operations.ts';
import { secretOperations } from './secret-operations.ts';
import { userOperations } from './user-operations.ts';

const tags = [
  { name: 'organizations', description: 'Customers, each with its own people, connections and roles.' },
  { name: 'connections', description: 'The identity providers of an organization.' },
  { name: 'domains', description: 'E-mail domains whose people are led to a connection.' },
  { name: 'scim-tokens', description: 'Tokens with which identity providers push.' },
  { name: 'scim-schemas', description: 'SCIM extensions that an organization declares for itself.' },
  { name: 'users', description: 'People, seen from one organization: roles with reasons, overrides, roles given by hand.' },
  { name: 'role-mapping', description: 'Which groups give which roles.' },
  { name: 'applications', description: 'What people sign in to, and APIs.' },
  { name: 'audit', description: 'Who did what to whom.' },
  { name: 'installation', description: 'Settings, signing keys and the database.' },
] as const;

/** What `USER_MGMT_CORE` switches off; connections, applications and the installation stay administrable. */
const USER_MANAGEMENT: ReadonlySet<string> = new Set(['organizations', 'users', 'role-mapping']);

/** Every operation of the administration API. */
export function adminOperations(dependencies: AdminDependencies): Operation[] {
  const all = [
    organizationOperations,
    connectionOperations,
    domainOperations,
    scimTokenOperations,
    scimSchemaOperations,
    userOperations,
    roleOperations,
    mappingOperations,
    applicationOperations,
    auditOperations,
    instanceOperations,
    secretOperations,
  ].flatMap((operations) => operations(dependencies));
  return dependencies.config.userMgmtCore ? all : all.filter(({ document }) => !USER_MANAGEMENT.has(document.tag));
}

/** Operators' tokens; administrators of organizations enter by their own token once they can have one. */
const authentication = ({ operatorTokens }: AdminDependencies): ReturnType<typeof createBearerAuthentication> =>
  createBearerAuthentication(async (token) => {
    const holder = await operatorTokens.verify(token);
    return holder === undefined ? undefined : { kind: 'operator', tokenId: holder.id, name: holder.name };
  });

/** The administration API and its OpenAPI document, to be mounted at `/v1`. */
export function createAdminApi(dependencies: AdminDependencies): Router {
  const operations = adminOperations(dependencies);
  const document = openApiDocument(
    {
      title: 'Gatehouse administration',
      version: dependencies.version,
      description: 'Organizations, connections, people, roles and applications of one installation.',
      serverUrl: `${dependencies.publicUrl}/v1`,
      tags,
    },
    operations,
  );
  const router = Router();
  router.use(requestId);
  const headers = apiHeaders(dependencies.publicUrl.startsWith('https:'));
  router.get('/openapi.json', ...headers, (_request, response) => void response.json(document));
  // Only below its own prefixes: other endpoints have their place under /v1 too.
  router.use(['/admin', '/status'], ...headers);
  router.use(operationRouter(operations, authentication(dependencies)));
  router.use(['/admin', '/status'], unknownRoute);
  router.use(problemRenderer(dependencies.report));
  return router;
}
