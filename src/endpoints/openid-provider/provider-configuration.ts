import type { JWK } from 'jose';
import { nameOrigin } from './access-token-reader.ts';
import type { ProviderHooks } from './provider-hooks.ts';
import { CLAIMS_OF_SCOPES, SCOPES } from './claims.ts';
import { signInPolicy } from './sign-in-policy.ts';
import type { Adapter, Configuration } from './provider-package.ts';

export interface Lifetimes {
  readonly accessTokenTtl: number;
  readonly idTokenTtl: number;
  readonly refreshTokenTtl: number;
  readonly clientCredentialsTtl: number;
  readonly authorizationCodeTtl: number;
  readonly interactionTtl: number;
  readonly sessionTtl: number;
}

export interface ConfigurationInput {
  readonly publicUrl: string;
  /** Private keys; per algorithm the first one signs. */
  readonly keys: readonly JWK[];
  readonly cookieKeys: readonly string[];
  readonly lifetimes: Lifetimes;
  readonly adapter: (model: string) => Adapter;
  readonly hooks: ProviderHooks;
  /** How the hub reaches addresses that applications registered (back-channel logout). */
  readonly fetch: NonNullable<Configuration['fetch']>;
}

const YEAR = 365 * 86_400;
const now = (): number => Math.floor(Date.now() / 1000);

/** `__Host-` and `__Secure-` names cannot be planted by a neighbouring host or over plain HTTP (RFC 6265bis §4.1.3). */
function cookies(publicUrl: string, keys: readonly string[]): NonNullable<Configuration['cookies']> {
  const secure = publicUrl.startsWith('https:');
  const [host, path] = secure ? ['__Host-', '__Secure-'] : ['', ''];
  const common = { httpOnly: true, sameSite: 'lax', signed: true, secure } as const;
  return {
    keys: [...keys],
    names: { session: `${host}gatehouse_session`, interaction: `${path}gatehouse_interaction`, resume: `${path}gatehouse_resume` },
    long: { ...common, path: '/' },
    short: common,
  };
}

function lifetimes(ttl: Lifetimes): NonNullable<Configuration['ttl']> {
  return {
    AccessToken: (_context, token) => token.resourceServer?.accessTokenTTL ?? ttl.accessTokenTtl,
    AuthorizationCode: ttl.authorizationCodeTtl,
    ClientCredentials: (_context, token) => token.resourceServer?.accessTokenTTL ?? ttl.clientCredentialsTtl,
    // A grant bounds how long refreshing can go on without a sign-in; membership is checked at each refresh anyway.
    Grant: Math.max(YEAR, ttl.refreshTokenTtl),
    IdToken: ttl.idTokenTtl,
    Interaction: ttl.interactionTtl,
    RefreshToken(context, token, client) {
      // OAuth 2.0 for Browser-Based Apps §8: rotation must not prolong what a public client in a browser holds.
      const rotated = context.oidc.entities.RotatedRefreshToken;
      const inBrowser = client.applicationType === 'web' && client.tokenEndpointAuthMethod === 'none' && !token.isSenderConstrained();
      return rotated !== undefined && inBrowser ? Math.max(1, rotated.remainingTTL) : ttl.refreshTokenTtl;
    },
    // From its beginning, or the last sign-in, however busy it is. The upstream proof itself may be older than the session.
    Session: (_context, session) => Math.max(1, Math.max(session.iat ?? now(), session.loginTs ?? 0) + ttl.sessionTtl - now()),
  };
}

function features(hooks: ProviderHooks): NonNullable<Configuration['features']> {
  return {
    devInteractions: { enabled: false },
    deviceFlow: { enabled: false },
    registration: { enabled: false },
    claimsParameter: { enabled: false },
    clientCredentials: { enabled: true },
    pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: false },
    dPoP: { enabled: true, allowReplay: false },
    backchannelLogout: { enabled: true },
    introspection: { enabled: true, allowedPolicy: hooks.mayIntrospect },
    revocation: { enabled: true, allowedPolicy: hooks.mayRevoke },
    resourceIndicators: {
      enabled: true,
      defaultResource: hooks.defaultResource,
      // With `openid` the token is for UserInfo unless the application asks for the API's by name.
      useGrantedResource: () => false,
      getResourceServerInfo: hooks.resourceServer,
    },
    rpInitiatedLogout: { enabled: true, logoutSource: hooks.showSignOut, postLogoutSuccessSource: hooks.showSignedOut },
  };
}

/** Every setting that decides about security is set here on purpose; none is left to the package's default. */
export function providerConfiguration(input: ConfigurationInput): Configuration {
  const { publicUrl, hooks } = input;
  return {
    adapter: input.adapter,
    jwks: { keys: [...input.keys] as NonNullable<Configuration['jwks']>['keys'] },
    cookies: cookies(publicUrl, input.cookieKeys),
    ttl: lifetimes(input.lifetimes),
    features: features(hooks),
    // How and when the person signed in is told without being asked for: applications with rules about it need it in each ID token.
    claims: { sid: null, iss: null, ...CLAIMS_OF_SCOPES, openid: [...CLAIMS_OF_SCOPES.openid, 'acr', 'amr', 'auth_time'] },
    scopes: SCOPES,
    subjectTypes: ['public'],
    responseTypes: ['code'],
    pkce: { required: () => true },
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    clientDefaults: { id_token_signed_response_alg: 'ES256', grant_types: ['authorization_code'], response_types: ['code'] },
    enabledJWA: { idTokenSigningAlgValues: ['ES256', 'RS256'], clientAuthSigningAlgValues: ['ES256', 'RS256', 'PS256', 'EdDSA'] },
    // The ID token says who has which roles, so that an application needs no second request.
    conformIdTokenClaims: false,
    allowOmittingSingleRegisteredRedirectUri: false,
    acceptQueryParamAccessTokens: false,
    enableHttpPostMethods: false,
    clientBasedCORS: hooks.mayCallFromBrowser,
    rotateRefreshToken: true,
    // Without `offline_access` a refresh token lives and dies with the session (OpenID Connect Core §11).
    issueRefreshToken: (_context, client) => client.grantTypeAllowed('refresh_token'),
    expiresWithSession: (_context, source) => !source.scopes.has('offline_access'),
    revokeGrantPolicy: ({ oidc }) => !(oidc.route === 'revocation' && oidc.entities.AccessToken !== undefined),
    extraParams: { organization: hooks.checkOrganization },
    extraTokenClaims: hooks.tokenClaims,
    formats: { customizers: { jwt: nameOrigin } },
    findAccount: hooks.findAccount,
    loadExistingGrant: hooks.loadExistingGrant,
    interactions: { policy: signInPolicy(), url: (_context, interaction) => `${publicUrl}/sign-in/${interaction.uid}` },
    renderError: hooks.showError,
    fetch: input.fetch,
  };
}
