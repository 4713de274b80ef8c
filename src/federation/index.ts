/**
 * Upstream connections: what a connection is, how its settings are checked, and the one shape (`SignInMethod`) in which
 * every protocol signs a person in and hands back an `Identity`. The protocols themselves are the rooms `oidc` and `saml`;
 * whose account an identity is, and what it may do, is left to provisioning and access; pages and cookies to the endpoints.
 */
export type { GroupsStatement, GroupsUnknown, Identity } from './identity.ts';
export type { Connection, ConnectionBase, OidcConnection, Protocol, SamlConnection, SubjectMatch } from './connection.ts';
export { parseConnectionSettings, SECRET_SETTINGS, type CertificateAndKey, type OidcSettings, type SamlSettings } from './connection-settings.ts';
export { oidcSettingsSchema, samlSettingsSchema } from './connection-settings-schema.ts';
export { presetOf, VENDOR_PRESETS, withPreset, type VendorPreset } from './vendor-presets.ts';
export {
  signInMethodOf,
  type BeginInput,
  type Begun,
  type BrowserStep,
  type CallbackRequest,
  type FinishedSignIn,
  type FinishInput,
  type LogoutInput,
  type PendingSignIn,
  type SignInMethod,
  type SignInMethods,
} from './sign-in-method.ts';
export { asPlatformFetch, createSafeFetch, type SafeFetch, type SafeFetchInit, type SafeFetchOptions } from './safe-fetch.ts';
export {
  decideChanged,
  decideNew,
  type AdministeredConnection,
  type ConnectionChanges,
  type DecidedConnection,
  type NewConnection,
} from './connection-changes.ts';
export { joinSecrets, splitSecrets, type SettingSecrets } from './connection-secrets.ts';
export { ConnectionStore } from './connection-store.ts';
