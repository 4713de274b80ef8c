/**
 * The relying party: signs people in at a customer's OpenID provider and completes sparse tokens from UserInfo. It owns
 * every word of OpenID Connect on the upstream side; cookies, storage of pending sign-ins and accounts are left to others.
 */
export { OidcSignIn, type OidcSignInOptions } from './oidc-sign-in.ts';
