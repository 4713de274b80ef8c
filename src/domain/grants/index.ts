/**
 * What the OpenID provider keeps between two requests: codes, tokens, sessions, interactions, for which organization each
 * grant is, and which self-contained tokens were revoked. Owns how those rows are found, used once and ended; leaves what
 * they mean to the provider's endpoint, and who may have them to sessions and accounts.
 */
export { ArtifactStore, type ArtifactPayload } from './artifact-store.ts';
export { GrantBindingStore, endGrants, endGrantsOfConnection, endGrantsOfOrganization, type GrantBinding } from './grant-binding-store.ts';
export { RevokedTokenStore } from './revoked-token-store.ts';
export { stripSecrets, restoreSecrets } from './artifact-payload.ts';
