import type { OidcSettings, SamlSettings } from './connection-settings.ts';

export type Protocol = 'oidc' | 'saml' | 'scim-only';

/**
 * One customer's identity provider: a sign-in door (SAML, OpenID Connect or none) and a SCIM door.
 * `id` is opaque and unique in the instance, since it stands in URLs; `name` is unique in the organization.
 */
export type Connection = ConnectionBase &
  (
    | { readonly protocol: 'oidc'; readonly settings: OidcSettings }
    | { readonly protocol: 'saml'; readonly settings: SamlSettings }
    | { readonly protocol: 'scim-only'; readonly settings: null }
  );

export interface ConnectionBase {
  readonly id: string;
  readonly orgId: string;
  readonly name: string;
  readonly vendor?: string;
  readonly subjectMatch: SubjectMatch;
}

/**
 * How a first sign-in finds the person that SCIM pushed through the same connection: the claim must equal that SCIM
 * attribute exactly. `null` means that push and sign-in are never joined by themselves.
 */
export type SubjectMatch = { claim: string; equals: 'externalId' | 'userName' } | null;

export type OidcConnection = Extract<Connection, { protocol: 'oidc' }>;
export type SamlConnection = Extract<Connection, { protocol: 'saml' }>;
