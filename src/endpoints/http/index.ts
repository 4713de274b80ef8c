/**
 * What express endpoints share: the port, the application's basic settings, request ids, bearer authentication by passport, the
 * guard of parameters and bodies (ajv), operations with their OpenAPI document, paging and problem+json. It owns no route
 * and knows no noun; pages for people and the SCIM and OAuth forms of errors belong to their own endpoints.
 */
export { createBearerAuthentication, type Authenticate, type VerifyToken } from './bearer-authentication.ts';
export type { FromSchema, ObjectSchema } from './from-schema.ts';
export { apiHeaders, createHttpApp, type HttpAppOptions } from './http-app.ts';
export { openHttpServer, type HttpServer } from './http-server.ts';
export { jsonBody, refuseHostile } from './json-body.ts';
export { openApiDocument, type ApiDescription } from './open-api.ts';
export { defineOperation, operationRouter, type Call, type NoPart, type Operation, type OperationDocument } from './operation.ts';
export { cursorKey, pageOf, pageQuery, pageSchema, type Page } from './paging.ts';
export { actorOf, mayAdminister, requireOperator, type Operator, type OrganizationAdministrator, type Principal } from './principal.ts';
export { problemOf, type Problem } from './problem.ts';
export { methodNotAllowed, problemRenderer, unknownRoute, type DefectReport } from './problem-renderer.ts';
export { requestId, requestIdOf } from './request-id.ts';
export { createStatusRoutes, type StatusSources } from './status-routes.ts';
export { bodyGuard, parameterGuard, type RequestFault } from './schema-guard.ts';
