import { compactVerify, errors } from 'jose';
import type { OidcSettings } from '../connection-settings.ts';
import { DomainError } from '../../platform/errors.ts';
import type { PendingSignIn } from '../sign-in-method.ts';
import { domainCause } from './oidc-errors.ts';
import type { Provider } from './provider-cache.ts';

export type Claims = Readonly<Record<string, unknown>>;

/**
 * OpenID Connect lets a client trust TLS instead of the signature of a token it fetched itself (Core §3.1.3.7, 6). We verify
 * it all the same: a token endpoint behind a broken proxy or a borrowed certificate is not the provider.
 */
export async function verifyIdTokenSignature(idToken: string, provider: Provider, settings: OidcSettings): Promise<void> {
  await verifySignature(idToken, provider, settings.idTokenAlgorithms);
}

/** @returns the verified payload */
export async function verifySignature(jwt: string, provider: Provider, algorithms: readonly string[]): Promise<Uint8Array> {
  try {
    return (await compactVerify(jwt, provider.keys, { algorithms: [...algorithms] })).payload;
  } catch (error) {
    const inner = domainCause(error);
    if (inner !== undefined) throw inner;
    const options = {
      cause: error,
      details: { check: 'signature', expected: 'by a key the provider publishes now', actual: error instanceof Error ? error.message : 'failure' },
    };
    if (error instanceof errors.JOSEAlgNotAllowed) {
      throw new DomainError('unauthenticated', 'federation.oidc.signature_algorithm', 'The token is signed by an algorithm that is not accepted.', options);
    }
    if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
      throw new DomainError('unauthenticated', 'federation.oidc.signature_key', 'The token names a key that the provider does not publish.', options);
    }
    throw new DomainError('unauthenticated', 'federation.oidc.signature_invalid', 'The signature of the token is not right.', options);
  }
}

/** OIDC Core §2: at most 255 ASCII characters; compared exactly, hence taken as it is or not at all. */
export function checkSubject({ sub }: Claims): void {
  if (typeof sub !== 'string' || !/^[\x20-\x7e]{1,255}$/.test(sub)) {
    throw new DomainError('unauthenticated', 'federation.oidc.subject_invalid', 'The subject is empty, too long or not plain text.', {
      details: { check: 'sub', expected: '1 to 255 ASCII characters', actual: typeof sub === 'string' ? `${sub.length} characters` : typeof sub },
    });
  }
}

/** `iat` is for us to judge (Core §3.1.3.7, 10): a token from the future is a wrong clock or a stockpile. */
export function checkIssuedAt(claims: Claims, now: number, toleranceSeconds: number): void {
  const issuedAt = Number(claims.iat);
  if (issuedAt > now / 1000 + toleranceSeconds) {
    throw new DomainError('unauthenticated', 'federation.oidc.issued_in_future', 'The ID token was issued in the future.', {
      details: { check: 'iat', expected: `at most ${Math.floor(now / 1000) + toleranceSeconds}`, actual: issuedAt },
    });
  }
}

/**
 * When a fresh proof was asked for, `auth_time` must show it (Core §3.1.2.1). Age counts from when the request was made, so
 * that a person who reads the consent page slowly is not refused.
 */
export function checkAuthenticationAge(claims: Claims, pending: PendingSignIn, toleranceSeconds: number): void {
  const maxAge = pending.memory.maxAge;
  if (typeof maxAge !== 'number') return;
  const oldest = Math.floor(pending.createdAt / 1000) - maxAge - toleranceSeconds;
  if (typeof claims.auth_time !== 'number' || claims.auth_time < oldest) {
    throw new DomainError('unauthenticated', 'federation.oidc.authentication_age', 'The provider did not ask the person to prove who they are again.', {
      details: { check: 'auth_time', expected: `at least ${oldest}`, actual: claims.auth_time ?? 'none' },
    });
  }
}
