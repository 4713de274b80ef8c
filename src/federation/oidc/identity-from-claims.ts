import type { OidcConnection } from '../connection.ts';
import { readGroups } from '../groups-statement.ts';
import type { Identity } from '../identity.ts';
import { keepClaims, textClaim } from '../plain-claims.ts';
import type { Claims } from './id-token-checks.ts';

/** OIDC Core §5.1 and what providers commonly add; the groups travel beside the claims. */
const STANDARD_CLAIMS = [
  'sub', 'name', 'given_name', 'family_name', 'middle_name', 'nickname', 'preferred_username', 'profile', 'picture', 'website',
  'email', 'email_verified', 'zoneinfo', 'locale', 'phone_number', 'phone_number_verified', 'updated_at', 'acr', 'amr', 'auth_time', 'sid',
];

/** OpenID Connect claims, already verified, in the hub's own words. */
export function identityFromClaims(connection: OidcConnection, claims: Claims, displayNameClaim: string): Identity {
  const { settings } = connection;
  const match = connection.subjectMatch === null ? [] : [connection.subjectMatch.claim];
  const named = [settings.claims.email, settings.claims.userName, displayNameClaim];
  const email = textClaim(claims, settings.claims.email, 320);
  const userName = textClaim(claims, settings.claims.userName);
  const displayName = textClaim(claims, displayNameClaim) ?? fullName(claims);
  const verified = email === undefined ? undefined : booleanClaim(claims.email_verified);
  const acr = textClaim(claims, 'acr');
  const sessionIndex = textClaim(claims, 'sid');
  return {
    connectionId: connection.id,
    issuer: String(claims.iss),
    subject: String(claims.sub),
    claims: keepClaims(claims, [...STANDARD_CLAIMS, ...named, ...match, ...settings.extraClaims]),
    ...(email !== undefined && { email }),
    ...(verified !== undefined && { emailVerified: verified }),
    ...(displayName !== undefined && { displayName }),
    ...(userName !== undefined && { userName }),
    groups: readGroups(claims, settings.claims.groups, settings.absentGroups),
    ...(typeof claims.auth_time === 'number' && { authenticatedAt: claims.auth_time * 1000 }),
    ...(acr !== undefined && { acr }),
    ...(isTextList(claims.amr) && { amr: claims.amr }),
    ...(sessionIndex !== undefined && { sessionIndex }),
  };
}

function fullName(claims: Claims): string | undefined {
  const parts = [textClaim(claims, 'given_name'), textClaim(claims, 'family_name')].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(' ');
}

/** Some providers send the words instead of the values. */
function booleanClaim(value: unknown): boolean | undefined {
  if (value === true || value === 'true') return true;
  return value === false || value === 'false' ? false : undefined;
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.length <= 20 && value.every((item) => typeof item === 'string' && item.length <= 200);
}
