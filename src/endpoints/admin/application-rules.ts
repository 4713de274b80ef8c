import type { ApplicationMetadata } from '../../domain/applications/index.ts';
import { DomainError } from '../../platform/errors.ts';

const LOOPBACK = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])([:/]|$)/;
/** Members of a private key (RFC 7518 §6): only the public half may be given away. */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'oth'];

const isSecure = (uri: string): boolean => uri.startsWith('https:') || LOOPBACK.test(uri);

/** What schemas cannot say: members of the metadata that contradict each other. Every fault is named. */
export function metadataFaults(metadata: ApplicationMetadata): readonly string[] {
  const { grant_types: grants = ['authorization_code', 'refresh_token'], token_endpoint_auth_method: method = 'client_secret_basic' } = metadata;
  const redirects = metadata.redirect_uris ?? [];
  const faults: string[] = [];
  if (grants.includes('authorization_code') && redirects.length === 0) faults.push('redirect_uris must name where people come back to');
  if (grants.includes('client_credentials') && method === 'none') faults.push('a public application cannot use client_credentials');
  if (grants.includes('refresh_token') && !grants.includes('authorization_code')) faults.push('refresh_token needs authorization_code');
  if ((method === 'private_key_jwt') !== (metadata.jwks !== undefined)) faults.push('jwks belongs to private_key_jwt, and private_key_jwt needs it');
  if (metadata.jwks?.keys.some((key) => PRIVATE_MEMBERS.some((member) => member in key)) === true) faults.push('jwks must hold public keys only');
  if (metadata.scim_connection !== undefined && !grants.includes('client_credentials')) faults.push('scim_connection needs the grant client_credentials');
  if (metadata.scim_scopes !== undefined && metadata.scim_connection === undefined) faults.push('scim_scopes belongs to scim_connection');
  if (metadata.application_type !== 'native')
    for (const uri of redirects.filter((one) => !isSecure(one))) faults.push(`redirect URI ${uri} must be https (http on the own machine only); other schemes are for native applications`);
  return faults;
}

/** @throws DomainError `admin.application_invalid` that names every fault */
export function checkMetadata(metadata: ApplicationMetadata): void {
  const faults = metadataFaults(metadata);
  if (faults.length > 0) throw new DomainError('invalid', 'admin.application_invalid', `The application is not valid: ${faults.join('; ')}.`, { details: { faults } });
}
