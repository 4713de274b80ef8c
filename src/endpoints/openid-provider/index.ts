/**
 * The OpenID provider towards applications: its configuration, the adapter over the grants room, accounts and claims,
 * consent of the house, and the door through which sign-in finishes an interaction. Owns the protocol and everything the
 * package may ask; leaves pages and the proof of who somebody is to sign-in, and people and roles to the domain.
 */
export { countGrants } from './grant-metrics.ts';
export { createOpenIdProvider, type OpenIdProvider, type OpenIdProviderOptions } from './openid-provider.ts';
export type { InteractionView, Interactions, SignedIn } from './interactions.ts';
export { claimsOf, CLAIMS_OF_SCOPES } from './claims.ts';
export type { MemberFacts, MembershipFacts, ProviderDirectory } from './member-facts.ts';
export type { ProviderFailure, ProviderPages, RenderedPage } from './provider-pages.ts';
export type { ProviderLog } from './provider-hooks.ts';
export type { Lifetimes } from './provider-configuration.ts';
