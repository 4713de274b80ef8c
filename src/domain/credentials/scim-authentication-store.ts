import { type Statement, sqlState } from '../../database/index.ts';
import { DomainError } from '../../platform/errors.ts';

/** What a SCIM token must cover for the request at hand; nothing in particular for discovery. */
export type ScimScopeWanted = 'users' | 'groups' | '';

/**
 * Opens a batch as the holder of a SCIM token: sets organization, connection and actor for the statements after it, or
 * ends the batch. Yields connection_id.
 * @param hash SHA-256 of the token
 * @param known the mark of what the request takes for unique, where anything is; who writes must know what is
 */
export const authenticateScim = (hash: Buffer, wanted: ScimScopeWanted, writes: boolean, known?: string): Statement =>
  known === undefined
    ? { name: 'credentials.scim.authenticate', text: 'select authenticate_scim($1, $2, $3) as connection_id', values: [hash, wanted, writes] }
    : { name: 'credentials.scim.authenticate-knowing', text: 'select authenticate_scim($1, $2, $3, $4) as connection_id', values: [hash, wanted, writes, known] };

/**
 * The same for an application's access token (OAuth 2.0 client credentials with the scope `scim`).
 * @param hash SHA-256 of the token
 */
export const authenticateScimApplication = (hash: Buffer, wanted: ScimScopeWanted, writes: boolean, known?: string): Statement => ({
  name: 'credentials.scim.authenticate-application',
  text: 'select authenticate_scim_application($1, $2, $3, $4) as connection_id',
  values: [hash, wanted, writes, known ?? null],
});

/** Whether a writer was undone because it did not know what is unique in the organization; it may come again once it does. */
export const isOutOfDate = (error: unknown): boolean => sqlState(error) === 'GH410';

/** What the opening statement refused, in the hub's words; nothing for any other error. */
export function scimRefusal(error: unknown): DomainError | undefined {
  const state = sqlState(error);
  if (state === 'GH401') return new DomainError('unauthenticated', 'credentials.scim_token_invalid', 'The bearer token is not known, has expired or was revoked.');
  if (state === 'GH403') return new DomainError('denied', 'credentials.scim_token_scope', 'The bearer token does not cover this request.');
  if (isOutOfDate(error)) return new DomainError('unavailable', 'credentials.scim_unsettled', 'What must be unique in this organization is being changed; try again in a moment.', { cause: error });
  return undefined;
}
