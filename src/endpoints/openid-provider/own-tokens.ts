import type { RevokedTokenStore } from '../../domain/grants/index.ts';
import type { OwnAccessToken, ReadAccessToken } from './access-token-reader.ts';
import type { ProviderHooks } from './provider-hooks.ts';
import { errors, type Client, type KoaContextWithOIDC, type ProviderInstance } from './provider-package.ts';

export interface OwnTokensInput extends Pick<ProviderHooks, 'mayIntrospect' | 'mayRevoke'> {
  readonly read: ReadAccessToken;
  readonly revokedTokens: Pick<RevokedTokenStore, 'revoke' | 'isRevoked'>;
}

/** As for a stored token: its grant is there, is of the same person and application, and so is the session it ends with. */
async function grantStands({ Grant, Session }: ProviderInstance, { clientId, accountId, grantId, sessionUid }: OwnAccessToken): Promise<boolean> {
  if (accountId === undefined) return true;
  if (grantId === undefined) return false;
  const [grant, session] = await Promise.all([Grant.find(grantId), sessionUid === undefined ? undefined : Session.findByUid(sessionUid)]);
  if (grant?.clientId !== clientId || grant.accountId !== accountId) return false;
  return sessionUid === undefined || (session?.accountId === accountId && session.grantIdFor(clientId) === grantId);
}

/** RFC 7662 §2.2. Undefined members are left out of the answer. */
function description(issuer: string, token: OwnAccessToken): Record<string, unknown> {
  const { clientId, accountId, jti, aud, iat, exp, scope, cnf, extra } = token;
  const type = cnf === undefined ? 'Bearer' : 'DPoP';
  return { ...extra, active: true, iss: issuer, sub: accountId ?? clientId, aud, client_id: clientId, jti, iat, exp, scope, cnf, token_type: type };
}

/** Beside the token itself, this ends what the package ends with a stored access token: the tokens of its grant, not the grant. */
async function revoke({ AccessToken, AuthorizationCode, RefreshToken }: ProviderInstance, { jti, exp, grantId }: OwnAccessToken, revoked: OwnTokensInput['revokedTokens']): Promise<void> {
  await revoked.revoke(jti, exp);
  if (grantId === undefined) return;
  await Promise.all([AccessToken, AuthorizationCode, RefreshToken].map((model) => model.revokeByGrantId(grantId)));
}

/**
 * Introspection (RFC 7662) and revocation (RFC 7009) of access tokens that are JWTs. The package stores none, so it
 * refuses each, once it knows which application asks; where that is its only objection, the answer is given here.
 */
export function answerForOwnTokens(provider: ProviderInstance, { read, revokedTokens, mayIntrospect, mayRevoke }: OwnTokensInput): void {
  const refused = new WeakSet<object>();
  const note = (context: KoaContextWithOIDC, error: Error): void => {
    if (error instanceof errors.UnsupportedTokenType) refused.add(context);
  };
  provider.on('introspection.error', note);
  provider.on('revocation.error', note);

  async function introspect(context: KoaContextWithOIDC, client: Client, token: OwnAccessToken | undefined): Promise<Record<string, unknown>> {
    if (token === undefined || !(await mayIntrospect(context, client, token))) return { active: false };
    const [revoked, stands] = await Promise.all([revokedTokens.isRevoked(token.jti), grantStands(provider, token)]);
    return revoked || !stands ? { active: false } : description(provider.issuer, token);
  }

  async function answer(context: KoaContextWithOIDC): Promise<Record<string, unknown> | ''> {
    const { client, params, route } = context.oidc;
    const token = await read(String(params?.['token']));
    if (client === undefined) return { active: false };
    if (route === 'introspection') return introspect(context, client, token);
    // A token that is unknown, not ours or somebody else's is answered like one that was ended (RFC 7009 §2.2).
    if (token !== undefined && mayRevoke(context, client, token)) await revoke(provider, token, revokedTokens);
    return '';
  }

  provider.use(async (context, next) => {
    await next();
    const known = context as KoaContextWithOIDC;
    if (!refused.has(known)) return;
    try {
      const body = await answer(known);
      known.status = 200;
      known.remove('Content-Type');
      known.body = body;
    } catch (error) {
      provider.emit('server_error', known, error);
      known.status = 500;
      known.body = { error: 'server_error', error_description: 'the token could not be looked up' };
    }
  });
}
