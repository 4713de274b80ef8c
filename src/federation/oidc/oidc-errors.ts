import { AuthorizationResponseError, ClientError, ResponseBodyError, WWWAuthenticateChallengeError } from 'openid-client';
import { DomainError } from '../../platform/errors.ts';

/** Our own error inside a library's wrapping, for example what the guarded fetch refused. */
export function domainCause(error: unknown): DomainError | undefined {
  let current = error;
  for (let depth = 0; depth < 6 && current instanceof Error; depth += 1) {
    if (current instanceof DomainError) return current;
    current = current.cause;
  }
  return undefined;
}

/** The provider's answer in the browser's address says that it did not sign the person in (OIDC Core §3.1.2.6). */
export function refusedByProvider(error: string, description: string | null): DomainError {
  const details = { check: 'authorization response', expected: 'a code', actual: error.slice(0, 100), description: (description ?? '').slice(0, 500) };
  if (error === 'access_denied') {
    return new DomainError('denied', 'federation.oidc.cancelled', 'The sign-in was cancelled, or the provider does not let this person in.', { details });
  }
  if (['login_required', 'interaction_required', 'consent_required', 'account_selection_required'].includes(error)) {
    return new DomainError('unauthenticated', 'federation.oidc.interaction_required', 'The provider needs the person to act first.', { details });
  }
  if (['temporarily_unavailable', 'server_error'].includes(error)) {
    return new DomainError('unavailable', 'federation.oidc.provider_unavailable', 'The OpenID provider is not able to sign anybody in right now.', { details });
  }
  return new DomainError('unauthenticated', 'federation.oidc.provider_refused', 'The OpenID provider refused the sign-in.', { details });
}

/** Turns what openid-client throws while redeeming a code into the check that failed. */
export function redemptionError(error: unknown): DomainError {
  const inner = domainCause(error);
  if (inner !== undefined) return inner;
  if (error instanceof AuthorizationResponseError) return refusedByProvider(error.error, error.error_description ?? null);
  if (error instanceof ResponseBodyError) return tokenEndpointError(error, error.error, error.error_description);
  // Only a failed client authentication is answered with a challenge (RFC 6749 §5.2).
  if (error instanceof WWWAuthenticateChallengeError) return tokenEndpointError(error, 'invalid_client', undefined);
  if (error instanceof ClientError) return claimError(error);
  return unexpectedAnswer(error);
}

function tokenEndpointError(cause: Error, code: string, description = ''): DomainError {
  const options = { cause, details: { check: 'token endpoint', expected: 'tokens', actual: code.slice(0, 100), description: description.slice(0, 500) } };
  if (code === 'invalid_grant') {
    return new DomainError('unauthenticated', 'federation.oidc.code_refused', 'The OpenID provider did not accept its own code.', options);
  }
  if (code === 'invalid_client' || code === 'unauthorized_client') {
    return new DomainError('unavailable', 'federation.oidc.client_refused', 'The OpenID provider did not accept the client id or its secret.', options);
  }
  return new DomainError('unavailable', 'federation.oidc.token_endpoint', 'The OpenID provider did not exchange its code.', options);
}

interface Comparison {
  claim?: string;
  expected?: unknown;
  actual?: unknown;
}

function claimError(error: ClientError): DomainError {
  const { claim, expected, actual } = comparisonOf(error);
  const details = { check: `ID token ${claim ?? 'form'}`, expected: expected ?? 'as OpenID Connect Core §3.1.3.7 asks', actual: actual ?? messageOf(error) };
  const options = { cause: error, details };
  switch (claim) {
    case 'iss':
      return new DomainError('unauthenticated', 'federation.oidc.id_token_issuer', 'The ID token is from another issuer.', options);
    case 'aud':
    case 'azp':
      return new DomainError('unauthenticated', 'federation.oidc.id_token_audience', 'The ID token is meant for another client.', options);
    case 'nonce':
      return new DomainError('unauthenticated', 'federation.oidc.nonce_mismatch', 'The ID token was not made for this sign-in.', {
        cause: error,
        details: { check: 'ID token nonce', expected: 'the nonce of this sign-in', actual: 'another' },
      });
    case 'exp':
      return new DomainError('unauthenticated', 'federation.oidc.id_token_expired', 'The ID token has expired.', options);
    case 'nbf':
      return new DomainError('unauthenticated', 'federation.oidc.id_token_not_yet_valid', 'The ID token is not valid yet.', options);
    case 'alg':
      return new DomainError('unauthenticated', 'federation.oidc.id_token_algorithm', 'The ID token is signed by an algorithm that is not accepted.', options);
    case undefined:
    default:
      return unexpectedAnswer(error);
  }
}

function unexpectedAnswer(error: unknown): DomainError {
  return new DomainError('unauthenticated', 'federation.oidc.token_response_invalid', 'The OpenID provider answered with something that is no valid token response.', {
    cause: error,
    details: { check: 'token response', expected: 'as OpenID Connect Core §3.1.3.3 asks', actual: messageOf(error) },
  });
}

/** openid-client hands over the claim, what it expected and the token's claims in the chain of causes. */
function comparisonOf(error: Error): Comparison {
  let current: unknown = error.cause;
  while (current instanceof Error) {
    if (current.message.includes('"alg" header')) {
      const { expected, header } = recordOf(current.cause);
      return { claim: 'alg', expected, actual: recordOf(header).alg };
    }
    const missing = /^JWT "(\w+)" .* claim missing$/.exec(current.message)?.[1];
    if (missing !== undefined) return { claim: missing, actual: 'none' };
    current = current.cause;
  }
  const { claim, expected, claims, now } = recordOf(current);
  if (typeof claim !== 'string') return {};
  return { claim, expected: expected ?? now, actual: recordOf(claims)[claim] };
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function messageOf(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return inner instanceof Error ? inner.message.slice(0, 300) : 'failure';
}
