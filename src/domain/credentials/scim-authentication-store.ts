import { type Statement, sqlState } from '../../database/index.ts';
import { DomainError } from '../../platform/errors.ts';

/** What a SCIM token must cover for the request at hand; nothing in particular for discovery. */
export type ScimScopeWanted = 'users' | 'groups' | '';

/**
 * Opens a batch as the holder of a SCIM token: sets organization, connection and actor for the statements after it, or
 * ends the batch. Yields connection_id.
 * @param hash SHA-256 of the token
 */
export const authenticateScim = (hash: Buffer, wanted: ScimScopeWanted, writes: boolean): Statement => ({
  name: 'credentials.scim.authenticate',
  text: 'select authenticate_scim($1, $2, $3) as connection_id',
  values: [hash, wanted, writes],
});

/**
 * The same for an application's access token (OAuth 2.0 client credentials with the scope `scim`).
 * @param hash SHA-256 of the token
 */
export const authenticateScimApplication = (hash: Buffer, wanted: ScimScopeWanted, writes: boolean): Statement => ({
  name: 'credentials.scim.authenticate-application',
  text: 'select authenticate_scim_application($1, $2, $3) as connection_id',
  values: [hash, wanted, writes],
});

/** What the opening statement refused, in the hub's words; nothing for any other error. */
export function scimRefusal(error: unknown): DomainError | undefined {
  const state = sqlState(error);
  if (state === 'GH401') return new DomainError('unauthenticated', 'credentials.scim_token_invalid', 'The bearer token is not known, has expired or was revoked.');
  if (state === 'GH403') return new DomainError('denied', 'credentials.scim_token_scope', 'The bearer token does not cover this request.');
  return undefined;
}
