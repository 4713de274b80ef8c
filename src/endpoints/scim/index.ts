/**
 * The SCIM 2.0 service provider (RFC 7643, 7644, 9865): it owns what SCIM clients say and read, which is the schemas,
 * filters, paths, PATCH, the dialects of Okta, Entra and others, and the rendering of resources and errors. It leaves
 * what a change means for people, memberships and roles to provisioning, and the rows to the directory.
 */
export { countScim } from './scim-metrics.ts';
export { loadRegistry, buildRegistry, extendRegistry } from './schema-registry.ts';
export type { SchemaRegistry } from './schema-registry.ts';
export { createExtensionDesk } from './extension-desk.ts';
export { Vocabularies, registryWith, type VocabularyOptions } from './vocabularies.ts';
export { ScimError, toScimError } from './scim-error.ts';
export { createScimListener, type ScimListenerOptions } from './listener.ts';
export type { ScimService } from './scim-service.ts';
export { tokenRate } from './token-rate.ts';
