/** Client metadata in the terms of OpenID Connect Dynamic Client Registration, and a few of our own. */
export interface ApplicationMetadata {
  readonly redirect_uris?: readonly string[];
  readonly post_logout_redirect_uris?: readonly string[];
  readonly backchannel_logout_uri?: string;
  readonly grant_types?: readonly ('authorization_code' | 'refresh_token' | 'client_credentials')[];
  /** `none`: a public client, without a secret. */
  readonly token_endpoint_auth_method?: 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | 'none';
  readonly jwks?: { readonly keys: readonly Readonly<Record<string, unknown>>[] };
  readonly application_type?: 'web' | 'native';
  readonly id_token_signed_response_alg?: 'ES256' | 'RS256';
  readonly client_uri?: string;
  readonly logo_uri?: string;
  readonly policy_uri?: string;
  readonly tos_uri?: string;
  /** False: people are asked before the application learns anything about them. */
  readonly first_party?: boolean;
  /** Identifiers of the APIs (RFC 8707) that the application may call. */
  readonly resources?: readonly string[];
  /** Set when the application is an API itself: access tokens for it are JWTs with this audience. */
  readonly api_identifier?: string;
  readonly api_scopes?: readonly string[];
  /** Id of the connection into which it may push by SCIM, with access tokens of its own. */
  readonly scim_connection?: string;
  /** What it may do there; as the scopes of a SCIM token. */
  readonly scim_scopes?: readonly ('users' | 'groups' | 'read-only')[];
}

export interface Application {
  readonly clientId: string;
  /** Undefined: open to members of every organization. */
  readonly orgId: string | undefined;
  readonly name: string;
  readonly metadata: ApplicationMetadata;
  readonly enabled: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** An application as the provider needs it: with the secret it authenticates by. */
export interface RegisteredApplication extends Application {
  readonly clientSecret: string | undefined;
  /** Raised when it, or its organization, is switched off: tokens of an earlier one hold no more. */
  readonly epoch: number;
}

/** Applications of the house need no consent; everybody else's do. */
export const isFirstParty = ({ metadata }: Pick<Application, 'metadata'>): boolean => metadata.first_party !== false;
