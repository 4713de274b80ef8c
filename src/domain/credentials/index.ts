/**
 * What people and machines prove themselves with, and how it is kept: only hashes of tokens, sealed keys, never a secret in
 * the clear. Whose a credential is belongs to `accounts` and `organizations`; what it opens is decided where it is shown.
 */
export { OPERATOR_TOKEN_PREFIX, OperatorTokenStore, type OperatorTokenHolder } from './operator-token-store.ts';
export { checkNewScimToken, isLive, MOST_LIVE_TOKENS, SCIM_SCOPES, type ScimScope, type ScimToken } from './scim-token.ts';
export { SCIM_TOKEN_PREFIX, ScimTokenStore, type NewScimToken } from './scim-token-store.ts';
export { hashPassword, verifyPassword } from './password.ts';
export { PasswordStore, putPassword, type PasswordSignIn } from './password-store.ts';
export {
  DEFAULT_ROTATION,
  orderForSigning,
  planRotation,
  SIGNING_ALGORITHMS,
  type RotationPolicy,
  type RotationStep,
  type SigningAlgorithm,
  type SigningKeyFacts,
} from './signing-key.ts';
export { SIGNING_KEY_CHANNEL, SigningKeyStore, type SigningKey } from './signing-key-store.ts';
export { authenticateScim, authenticateScimApplication, isOutOfDate, scimRefusal, type ScimScopeWanted } from './scim-authentication-store.ts';
export { verifyMasterSecret } from './secret-canary-store.ts';
