import type { Organization } from '../../domain/organizations/index.ts';
import { splitSecrets, type AdministeredConnection, type Protocol } from '../../federation/index.ts';

/** The addresses of ours that somebody must enter at the provider. */
export function connectionUrls(publicUrl: string, protocol: Protocol, id: string): Readonly<Record<string, string>> {
  const scim = `${publicUrl}/scim/v2`;
  const base = `${publicUrl}/federation/${id}`;
  if (protocol === 'oidc') return { scim, callback: `${base}/oidc/callback` };
  if (protocol === 'saml') return { scim, acs: `${base}/saml/acs`, metadata: `${base}/saml/metadata`, logout: `${base}/saml/logout` };
  return { scim };
}

/** A connection as it may be shown: which secrets there are, never what they are. */
export function connectionAnswer(publicUrl: string, organization: Organization, connection: AdministeredConnection): object {
  const { id, name, protocol, vendor, subjectMatch, jit, enabled, createdAt, updatedAt } = connection;
  const { open, secrets } = splitSecrets(protocol, connection.settings);
  return {
    id,
    organization: organization.slug,
    name,
    protocol,
    vendor,
    settings: open,
    secrets: Object.keys(secrets),
    subjectMatch,
    jit,
    enabled,
    urls: connectionUrls(publicUrl, protocol, id),
    createdAt,
    updatedAt,
  };
}
