export type ArtifactPayload = Record<string, unknown>;

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Takes out of a payload what would let a reader of the database act for somebody: the identifier itself, which is the
 * bearer secret, the address that ends in it, and the identifier of the session an interaction belongs to.
 */
export function stripSecrets(id: string, payload: ArtifactPayload): ArtifactPayload {
  const { jti: _, ...kept } = payload;
  if (typeof kept.returnTo === 'string' && kept.returnTo.endsWith(`/${id}`)) kept.returnTo = kept.returnTo.slice(0, -id.length);
  if (isRecord(kept.session)) {
    const { cookie: _cookie, ...session } = kept.session;
    kept.session = session;
  }
  return kept;
}

/** The payload as it was, for whoever presented the identifier. One that was found by another key stays without it. */
export function restoreSecrets(id: string | undefined, stored: ArtifactPayload): ArtifactPayload {
  if (id === undefined) return stored;
  const returnTo = typeof stored.returnTo === 'string' && stored.returnTo.endsWith('/') ? { returnTo: stored.returnTo + id } : {};
  return { ...stored, jti: id, ...returnTo };
}
