import { createLocalJWKSet, jwtVerify, type JWK, type JWTPayload } from 'jose';
import type { Clock } from '../../platform/clock.ts';
import type { Configuration } from './provider-package.ts';

type NameOrigin = NonNullable<NonNullable<NonNullable<Configuration['formats']>['customizers']>['jwt']>;

/** What signs access tokens for APIs, whatever an application chose for its ID tokens. */
export const ACCESS_TOKEN_ALGORITHM = 'ES256';

/**
 * A person's token names the grant that it came from, and the session that it ends with unless that may be outlived: it
 * is stored nowhere, and whether it still holds must be told from itself. Neither name opens anything.
 */
export const nameOrigin: NameOrigin = (_context, token, { payload }) => {
  if (token.kind !== 'AccessToken') return;
  payload['grant'] = token.grantId;
  if (token.expiresWithSession === true) payload['session'] = token.sessionUid;
};

/** An access token of ours that carries everything itself (RFC 9068): genuine and not expired. */
export interface OwnAccessToken {
  readonly kind: 'AccessToken' | 'ClientCredentials';
  readonly clientId: string;
  readonly accountId: string | undefined;
  readonly grantId: string | undefined;
  readonly sessionUid: string | undefined;
  readonly jti: string;
  readonly aud: string | string[] | undefined;
  readonly iat: number;
  readonly exp: number;
  readonly scope: string | undefined;
  /** The key that it is bound to (RFC 9449 §6.1). */
  readonly cnf: { readonly jkt: string } | undefined;
  /** What we say in it beyond the standard. */
  readonly extra: Readonly<Record<string, unknown>>;
}

export type ReadAccessToken = (token: string) => Promise<OwnAccessToken | undefined>;

interface AccessTokenPayload extends JWTPayload {
  readonly jti: string;
  readonly sub: string;
  readonly iat: number;
  readonly exp: number;
  readonly client_id: string;
  readonly scope?: string;
  readonly cnf?: { readonly jkt: string };
  readonly grant?: string;
  readonly session?: string;
}

const REQUIRED = ['jti', 'sub', 'aud', 'iat', 'exp', 'client_id'];

function fromPayload(payload: AccessTokenPayload): OwnAccessToken {
  const { iss: _, jti, sub, aud, iat, exp, client_id, scope, cnf, grant, session, ...extra } = payload;
  const byPerson = sub !== client_id;
  return {
    kind: byPerson ? 'AccessToken' : 'ClientCredentials',
    clientId: client_id,
    accountId: byPerson ? sub : undefined,
    grantId: grant,
    sessionUid: session,
    jti,
    aud,
    iat,
    exp,
    scope,
    cnf,
    extra,
  };
}

const publicHalf = ({ kty, crv, x, y, kid }: JWK): JWK => ({ kty, crv, x, y, kid, alg: ACCESS_TOKEN_ALGORITHM, use: 'sig' }) as JWK;

/**
 * Tells our own access tokens from everything else that looks like a JWT: by signature with any key still shown, by type,
 * so that an ID token is none, by issuer and by time (RFC 9068 §4). A payload that passed is as we wrote it.
 */
export function accessTokenReader({ issuer, keys, clock }: { issuer: string; keys: readonly JWK[]; clock: Clock }): ReadAccessToken {
  const shown = createLocalJWKSet({ keys: keys.filter(({ alg }) => alg === ACCESS_TOKEN_ALGORITHM).map(publicHalf) });
  return async (token) => {
    const rules = { issuer, typ: 'at+jwt', algorithms: [ACCESS_TOKEN_ALGORITHM], requiredClaims: REQUIRED, currentDate: new Date(clock.now()) };
    // Nothing is asked of anybody here, so whatever fails is the token's fault.
    return jwtVerify<AccessTokenPayload>(token, shown, rules).then(
      ({ payload }) => fromPayload(payload),
      () => undefined,
    );
  };
}
