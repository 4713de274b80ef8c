/**
 * Downstream clients and APIs registered with the provider: what they are, where they may send people back to, and their
 * secrets. Owns those rows; leaves what is required of metadata at registration to the admin endpoint's schema, and the
 * protocol's defaults to the OpenID provider.
 */
export { isFirstParty, type Application, type ApplicationMetadata, type RegisteredApplication } from './application.ts';
export { APPLICATION_CHANNEL, ApplicationStore, endTokensOfApplications, type NewApplication } from './application-store.ts';
