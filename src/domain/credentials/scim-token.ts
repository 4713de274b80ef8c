import { DomainError } from '../../platform/errors.ts';

export const SCIM_SCOPES = ['users', 'groups', 'read-only'] as const;
export type ScimScope = (typeof SCIM_SCOPES)[number];

/** A SCIM token as it may be shown: never the token itself. */
export interface ScimToken {
  readonly orgId: string;
  readonly id: string;
  readonly connectionId: string;
  readonly hint: string;
  readonly scopes: ScimScope[];
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
  readonly lastUsedAt: Date | null;
}

/** Two overlap while a token is exchanged for the next; a third would be one that nobody remembers. */
export const MOST_LIVE_TOKENS = 2;

export const isLive = (token: Pick<ScimToken, 'revokedAt' | 'expiresAt'>, now: number): boolean =>
  token.revokedAt === null && (token.expiresAt === null || token.expiresAt.getTime() > now);

/** @throws DomainError when the new token could never be used or would be one too many */
export function checkNewScimToken(existing: readonly ScimToken[], expiresAt: Date | null, now: number): void {
  if (expiresAt !== null && expiresAt.getTime() <= now)
    throw new DomainError('invalid', 'credentials.expiry_past', 'The expiry lies in the past.', { details: { expiresAt: expiresAt.toISOString() } });
  const live = existing.filter((token) => isLive(token, now));
  if (live.length >= MOST_LIVE_TOKENS)
    throw new DomainError('conflict', 'credentials.scim_tokens_live', `The connection has ${MOST_LIVE_TOKENS} live tokens already; revoke one first.`, {
      details: { live: live.map(({ id, hint }) => ({ id, hint })) },
    });
}
