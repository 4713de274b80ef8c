import * as client from 'openid-client';
import type { Clock } from '../../platform/clock.ts';
import { DomainError } from '../../platform/errors.ts';
import type { OidcConnection } from '../connection.ts';
import { requirePending } from '../pending-sign-in.ts';
import { createSafeFetch, type SafeFetch } from '../safe-fetch.ts';
import type { BeginInput, Begun, FinishedSignIn, FinishInput, LogoutInput, PendingSignIn, SignInMethod } from '../sign-in-method.ts';
import { checkCallback } from './callback-checks.ts';
import { clientAuthentication } from './client-authentication.ts';
import { enrichClaims } from './enrich-claims.ts';
import { checkAuthenticationAge, checkIssuedAt, checkSubject, verifyIdTokenSignature, type Claims } from './id-token-checks.ts';
import { identityFromClaims } from './identity-from-claims.ts';
import { redemptionError } from './oidc-errors.ts';
import { ProviderCache, type Provider } from './provider-cache.ts';
import { createUserInfoReader, userInfoEndpoint, type UserInfoReader } from './userinfo.ts';

export interface OidcSignInOptions {
  /** Lets connections lead to http and private addresses; for development and closed networks. */
  allowPrivate: boolean;
  /** The operator's `OIDC_USERINFO_ENDPOINT`, for every connection that names none of its own. */
  userInfoEndpoint?: string;
  /** The operator's `OIDC_DISPLAY_NAME_CLAIM`, for every connection that names none of its own. */
  displayNameClaim?: string;
  fetch?: SafeFetch;
}

/** Signs people in at a customer's OpenID provider: authorization code with PKCE, state and nonce (RFC 9700 §2.1). */
export class OidcSignIn implements SignInMethod<OidcConnection> {
  readonly #options: OidcSignInOptions;
  readonly #fetch: SafeFetch;
  readonly #providers: ProviderCache;
  readonly #readUserInfo: UserInfoReader;

  constructor(options: OidcSignInOptions) {
    this.#options = options;
    this.#fetch = options.fetch ?? createSafeFetch({ allowPrivate: options.allowPrivate });
    this.#providers = new ProviderCache(this.#fetch, options.allowPrivate);
    this.#readUserInfo = createUserInfoReader(this.#fetch);
  }

  async begin(input: BeginInput<OidcConnection>): Promise<Begun> {
    const { connection, callbackUrl, clock } = input;
    const provider = await this.#providers.get(connection.settings.issuer, clock);
    const configuration = await this.#configuration(provider, connection, clock);
    const [state, nonce, verifier] = [client.randomState(), client.randomNonce(), client.randomPKCECodeVerifier()];
    const maxAge = input.forceAuthn === true ? 0 : input.maxAge;
    const redirectTo = client.buildAuthorizationUrl(configuration, {
      ...connection.settings.authorizationParameters,
      ...(input.loginHint !== undefined && { login_hint: input.loginHint }),
      ...(input.forceAuthn === true && { prompt: 'login' }),
      ...(maxAge !== undefined && { max_age: String(maxAge) }),
      ...(input.acrValues !== undefined && { acr_values: input.acrValues.join(' ') }),
      redirect_uri: callbackUrl,
      scope: connection.settings.scopes.join(' '),
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    });
    const memory = { nonce, verifier, ...(maxAge !== undefined && { maxAge }) };
    return {
      response: { redirectTo: redirectTo.href },
      pending: { connectionId: connection.id, handle: state, callbackUrl, createdAt: clock.now(), memory },
    };
  }

  async finish(input: FinishInput<OidcConnection>): Promise<FinishedSignIn> {
    const { connection, request, clock } = input;
    const { settings } = connection;
    const pending = requirePending(input);
    const query = queryOf(request);
    const provider = await this.#providers.get(settings.issuer, clock);
    checkCallback({ query, pending, metadata: provider.metadata });
    const { tokens, idToken, claims } = await this.#redeem(provider, connection, pending, query, clock);
    await verifyIdTokenSignature(idToken, provider, settings);
    checkSubject(claims);
    checkIssuedAt(claims, clock.now(), settings.clockToleranceSeconds);
    checkAuthenticationAge(claims, pending, settings.clockToleranceSeconds);
    const displayNameClaim = settings.claims.displayName ?? this.#options.displayNameClaim ?? 'name';
    const endpoint = userInfoEndpoint(provider, settings, this.#options.userInfoEndpoint);
    const ask = { accessToken: tokens.access_token, subject: String(claims.sub), provider, settings, clock };
    const read = endpoint === undefined ? undefined : () => this.#readUserInfo({ ...ask, endpoint });
    const complete = await enrichClaims({ claims, settings, displayNameClaim, read });
    return { identity: identityFromClaims(connection, complete, displayNameClaim), logoutHint: idToken };
  }

  /** RP-initiated logout, where the provider offers it (OpenID Connect RP-Initiated Logout 1.0 §2). */
  async logout({ connection, logoutHint, returnTo, state, clock }: LogoutInput<OidcConnection>): Promise<string | undefined> {
    const provider = await this.#providers.get(connection.settings.issuer, clock);
    const endpoint = provider.metadata.end_session_endpoint;
    if (endpoint === undefined || !URL.canParse(endpoint) || !['https:', 'http:'].includes(new URL(endpoint).protocol)) return undefined;
    return client.buildEndSessionUrl(await this.#configuration(provider, connection, clock), {
      post_logout_redirect_uri: returnTo,
      ...(logoutHint !== undefined && { id_token_hint: logoutHint }),
      ...(state !== undefined && { state }),
    }).href;
  }

  /** A configuration is cheap and made per sign-in: a changed secret or algorithm list then counts at once. */
  async #configuration(provider: Provider, { settings }: OidcConnection, clock: Clock): Promise<client.Configuration> {
    const configuration = new client.Configuration(
      { ...provider.metadata, id_token_signing_alg_values_supported: settings.idTokenAlgorithms },
      settings.clientId,
      {
        [client.clockTolerance]: settings.clockToleranceSeconds,
        [client.clockSkew]: Math.round((clock.now() - Date.now()) / 1000),
      },
      await clientAuthentication(settings),
    );
    configuration[client.customFetch] = this.#fetch;
    // oxlint-disable-next-line typescript/no-deprecated -- deprecated to stand out; only where the operator allows plain http
    if (this.#options.allowPrivate) client.allowInsecureRequests(configuration);
    return configuration;
  }

  async #redeem(provider: Provider, connection: OidcConnection, pending: PendingSignIn, query: URLSearchParams, clock: Clock) {
    // Our own address as it was registered, not as a proxy in between happened to write it.
    const address = new URL(pending.callbackUrl);
    address.search = query.toString();
    const configuration = await this.#configuration(provider, connection, clock);
    try {
      const tokens = await client.authorizationCodeGrant(configuration, address, {
        expectedState: pending.handle,
        expectedNonce: String(pending.memory.nonce),
        pkceCodeVerifier: String(pending.memory.verifier),
        idTokenExpected: true,
      });
      const claims: Claims = tokens.claims() ?? {};
      return { tokens, idToken: tokens.id_token ?? '', claims };
    } catch (error) {
      throw redemptionError(error);
    }
  }
}

function queryOf(request: FinishInput['request']): URLSearchParams {
  if ('query' in request) return request.query;
  throw new DomainError('invalid', 'federation.oidc.wrong_protocol', 'A SAML response arrived at an OpenID Connect connection.', {
    details: { check: 'protocol', expected: 'oidc', actual: 'saml' },
  });
}
