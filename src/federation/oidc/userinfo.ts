import { createHash } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import { DomainError } from '../../platform/errors.ts';
import type { OidcSettings } from '../connection-settings.ts';
import type { SafeFetch } from '../safe-fetch.ts';
import { verifySignature, type Claims } from './id-token-checks.ts';
import type { Provider } from './provider-cache.ts';

const TTL_MS = 60_000;
/** A provider that is down is not asked again by every reload of the page. */
const FAILURE_TTL_MS = 10_000;
const MAX_ENTRIES = 1_000;

export interface UserInfoRequest {
  endpoint: URL;
  accessToken: string;
  /** The ID token's `sub`. */
  subject: string;
  provider: Provider;
  settings: OidcSettings;
  clock: Clock;
}

export type UserInfoReader = (request: UserInfoRequest) => Promise<Claims>;

/**
 * Where UserInfo is asked. An endpoint that an administrator or the operator set is taken as it is; one that the provider
 * only announces must live on the issuer's own origin, since a bearer token goes there.
 */
export function userInfoEndpoint(provider: Provider, settings: OidcSettings, configured: string | undefined): URL | undefined {
  const set = settings.userInfoEndpoint ?? configured;
  if (set !== undefined) return URL.canParse(set) ? new URL(set) : undefined;
  const announced = provider.metadata.userinfo_endpoint;
  if (typeof announced !== 'string' || !URL.canParse(announced)) return undefined;
  const url = new URL(announced);
  return url.origin === new URL(provider.metadata.issuer).origin ? url : undefined;
}

/** Reads UserInfo, remembering answers and failures for a moment by a hash of the token; the token itself is never kept. */
export function createUserInfoReader(fetch: SafeFetch): UserInfoReader {
  const answers = new Map<string, { answer: Promise<Claims>; expiresAt: number }>();
  return (request) => {
    const { endpoint, accessToken, subject, clock } = request;
    const key = createHash('sha256').update(JSON.stringify([endpoint.href, subject, accessToken])).digest('base64url');
    const known = answers.get(key);
    if (known !== undefined && known.expiresAt > clock.now()) return known.answer;
    const answer = askUserInfo(request, fetch);
    const entry = { answer, expiresAt: clock.now() + TTL_MS };
    answer.catch(() => (entry.expiresAt = clock.now() + FAILURE_TTL_MS));
    answers.delete(key);
    answers.set(key, entry);
    const oldest = answers.keys().next();
    if (answers.size > MAX_ENTRIES && !oldest.done) answers.delete(oldest.value);
    return answer;
  };
}

async function askUserInfo(request: UserInfoRequest, fetch: SafeFetch): Promise<Claims> {
  const response = await fetch(request.endpoint, {
    headers: { authorization: `Bearer ${request.accessToken}`, accept: 'application/json, application/jwt' },
    accept: ['application/json', 'application/jwt'],
  });
  if (!response.ok) {
    throw new DomainError('unavailable', 'federation.oidc.userinfo_refused', 'UserInfo did not answer with claims.', {
      details: { check: 'UserInfo status', expected: 200, actual: response.status },
    });
  }
  const signed = (response.headers.get('content-type') ?? '').toLowerCase().startsWith('application/jwt');
  const claims = parseClaims(signed ? await verifiedPayload(await response.text(), request) : await response.text());
  if (signed) checkSignedFor(claims, request);
  // OIDC Core §5.3.2: without this an access token of somebody else would complete this person.
  if (claims.sub !== request.subject) {
    throw new DomainError('unauthenticated', 'federation.oidc.userinfo_subject', 'UserInfo describes another person than the ID token.', {
      details: { check: 'UserInfo sub', expected: request.subject, actual: typeof claims.sub === 'string' ? claims.sub.slice(0, 255) : 'none' },
    });
  }
  return claims;
}

async function verifiedPayload(jwt: string, { provider, settings }: UserInfoRequest): Promise<string> {
  return Buffer.from(await verifySignature(jwt.trim(), provider, settings.idTokenAlgorithms)).toString('utf8');
}

/** OIDC Core §5.3.2: a signed answer carries issuer and audience, and they must be these. */
function checkSignedFor(claims: Claims, { provider, settings }: UserInfoRequest): void {
  const audience = Array.isArray(claims.aud) ? claims.aud : [claims.aud];
  if (claims.iss !== provider.metadata.issuer || !audience.includes(settings.clientId)) {
    throw new DomainError('unauthenticated', 'federation.oidc.userinfo_not_for_us', 'The signed UserInfo was made by or for somebody else.', {
      details: { check: 'UserInfo iss and aud', expected: [provider.metadata.issuer, settings.clientId], actual: [claims.iss, claims.aud] },
    });
  }
}

function parseClaims(text: string): Claims {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new DomainError('unavailable', 'federation.oidc.userinfo_malformed', 'UserInfo answered with something that is no JSON object.', {
      details: { check: 'UserInfo body', expected: 'a JSON object', actual: 'something else' },
    });
  }
  return value as Claims;
}
