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
import { connectionOperations } from './connection-operations.ts';
import { organizationOperations } from './organization-operations.ts';
import { scimTokenOperations } from './scim-token-operations.ts';

const tags = [
  { name: 'organizations', description: 'Customers, each with its own people, connections and roles.' },
  { name: 'connections', description: 'The identity providers of an organization.' },
  { name: 'scim-tokens', description: 'Tokens with which identity providers push.' },
] as const;

/** Every operation of the administration API. */
export const adminOperations = (dependencies: AdminDependencies): Operation[] => [
  ...organizationOperations(dependencies),
  ...connectionOperations(dependencies),
  ...scimTokenOperations(dependencies),
];

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
      serverUrl: `${dependencies.publicUrl}/v1/admin`,
      tags,
    },
    operations,
  );
  const router = Router();
  router.use(requestId);
  const headers = apiHeaders(dependencies.publicUrl.startsWith('https:'));
  router.get('/openapi.json', ...headers, (_request, response) => void response.json(document));
  router.use('/admin', ...headers, operationRouter(operations, authentication(dependencies)), unknownRoute);
  router.use(problemRenderer(dependencies.report));
  return router;
}
