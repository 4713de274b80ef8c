import type { Metrics } from '../../platform/metrics.ts';
import type { KoaContextWithOIDC, ProviderInstance } from './provider-package.ts';

export type GrantEnded = (grantType: string, outcome: string) => void;

const GRANT_TYPES = ['authorization_code', 'refresh_token', 'client_credentials'] as const;
/** RFC 6749 §5.2, RFC 8707 §2. */
const OUTCOMES = ['success', 'invalid_request', 'invalid_client', 'invalid_grant', 'unauthorized_client', 'unsupported_grant_type', 'invalid_scope', 'invalid_target'] as const;

function typeOf({ oidc }: KoaContextWithOIDC): string {
  const given = (oidc.params as { grant_type?: unknown } | undefined)?.grant_type;
  return typeof given === 'string' ? given : '';
}

/** Passes on what the package tells of its token endpoint. */
export function tellGrants(provider: ProviderInstance, onGrant: GrantEnded | undefined): void {
  if (onGrant === undefined) return;
  provider.on('grant.success', (context) => onGrant(typeOf(context), 'success'));
  provider.on('grant.error', (context, error) => onGrant(typeOf(context), error.error));
}

/** Counts requests for tokens. */
export function countGrants(metrics: Metrics): GrantEnded {
  const grants = metrics.counter('gatehouse_token_grants_total', 'Requests for tokens by how they ended.', { grant_type: GRANT_TYPES, outcome: OUTCOMES });
  return (grantType, outcome) => grants.record({ grant_type: grantType, outcome });
}
