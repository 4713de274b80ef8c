import { DomainError } from '../../platform/errors.ts';
import type { SafeFetch } from '../safe-fetch.ts';
import { parseIdpMetadata, type IdpMetadata } from './parse-idp-metadata.ts';

/** Fetches and reads the metadata at an address that an administrator gave; `fetch` guards the way there. */
export async function fetchIdpMetadata(url: string, fetch: SafeFetch, now: number, entityId?: string): Promise<IdpMetadata> {
  const response = await fetch(url, { headers: { accept: 'application/samlmetadata+xml, application/xml, text/xml' } });
  if (!response.ok) {
    throw new DomainError('unavailable', 'federation.saml.metadata_unavailable', 'The metadata of the identity provider could not be fetched.', {
      details: { check: 'metadata status', expected: 200, actual: response.status },
    });
  }
  return parseIdpMetadata(await response.text(), now, entityId);
}
