/**
 * People who can sign in: accounts, their memberships in organizations, and the identities (connection, subject) by
 * which outside statements find them. Which statement leads to which account is decided in `provisioning`; roles are
 * `access`; what a feed says of a person is `directory`.
 */
export type * from './account.ts';
export * from './account-store.ts';
export * from './identity-store.ts';
export { scopeSql } from './membership-scope-store.ts';
export * from './account-link-store.ts';
export * from './local-user-store.ts';
export * from './membership-due-store.ts';
