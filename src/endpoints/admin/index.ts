/**
 * `/v1/admin`: what operators and administrators of organizations do by program, by the command line or in the console.
 * It owns the words of that API and its OpenAPI document; every change goes through a store and into the audit trail in
 * one transaction, and what a change means for people's roles is left to `provisioning`.
 */
export { announcePermissiveMode } from './permissive-mode.ts';
export { adminOperations, createAdminApi } from './admin-api.ts';
export type { AdminDependencies } from './admin-dependencies.ts';
export { ensureDefaultOrganization, ensureOperatorToken } from './first-start.ts';
