import type { OidcSettings } from '../connection-settings.ts';
import { DomainError } from '../../platform/errors.ts';
import type { Claims } from './id-token-checks.ts';
import type { UserInfoReader } from './userinfo.ts';

/** What the ID token alone says about who speaks, to whom and how: UserInfo never changes or adds any of it. */
const PROTOCOL_CLAIMS = ['iss', 'sub', 'aud', 'azp', 'exp', 'iat', 'nbf', 'jti', 'nonce', 'auth_time', 'acr', 'amr', 'sid', 'at_hash', 'c_hash'];

export interface Enrichment {
  claims: Claims;
  settings: OidcSettings;
  displayNameClaim: string;
  /** Asks UserInfo with the access token of this sign-in; undefined where there is nothing to ask. */
  read: (() => ReturnType<UserInfoReader>) | undefined;
}

/** Completes the claims of a sparse ID token from UserInfo, as the connection's settings say. */
export async function enrichClaims({ claims, settings, displayNameClaim, read }: Enrichment): Promise<Claims> {
  const missing = missingClaims(claims, settings, displayNameClaim);
  if (settings.userInfo === 'never' || (settings.userInfo === 'when-missing' && missing.length === 0)) return claims;
  if (read === undefined) return unanswered(claims, settings, missing);
  try {
    return mergeClaims(claims, await read(), settings.claims.email);
  } catch (error) {
    if (!(error instanceof DomainError) || settings.userInfoFailure === 'refuse' || error.code === 'federation.oidc.userinfo_subject') throw error;
    return claims;
  }
}

/** The key claims that the token leaves out: e-mail, display name, groups. */
export function missingClaims(claims: Claims, settings: OidcSettings, displayNameClaim: string): string[] {
  const wanted = [settings.claims.email, displayNameClaim, settings.claims.groups];
  return wanted.filter((name) => !Object.hasOwn(claims, name) || claims[name] === null || claims[name] === '');
}

/** Fills in what is absent. An address and its verification belong together: the second is taken only with its own first. */
export function mergeClaims(token: Claims, userInfo: Claims, emailClaim: string): Claims {
  const merged: Record<string, unknown> = Object.assign(Object.create(null), token);
  const sameEmail = absent(token, emailClaim) || token[emailClaim] === userInfo[emailClaim];
  for (const [name, value] of Object.entries(userInfo)) {
    if (PROTOCOL_CLAIMS.includes(name) || name === '__proto__' || !absent(token, name)) continue;
    if (name === 'email_verified' && !sameEmail) continue;
    merged[name] = value;
  }
  // A bare "verified" of the token says nothing about an address that only UserInfo names.
  if (absent(token, emailClaim) && !absent(userInfo, emailClaim) && !Object.hasOwn(userInfo, 'email_verified')) delete merged.email_verified;
  else if (absent(token, emailClaim) && Object.hasOwn(userInfo, 'email_verified')) merged.email_verified = userInfo.email_verified;
  return merged;
}

function absent(claims: Claims, name: string): boolean {
  return !Object.hasOwn(claims, name) || claims[name] === null || claims[name] === '';
}

function unanswered(claims: Claims, settings: OidcSettings, missing: string[]): Claims {
  if (settings.userInfoFailure === 'continue') return claims;
  throw new DomainError('unavailable', 'federation.oidc.userinfo_missing', 'Claims are missing and the provider offers no UserInfo to complete them.', {
    details: { check: 'UserInfo endpoint', expected: missing, actual: 'none' },
  });
}
