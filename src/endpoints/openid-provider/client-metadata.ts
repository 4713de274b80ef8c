import type { RegisteredApplication } from '../../domain/applications/index.ts';
import type { AllClientMetadata } from './provider-package.ts';

/**
 * An application in the provider's terms. Only what is listed here reaches the provider: a stored member that means
 * something to the package but was never meant to be set (a sector, an encryption, an implicit grant) stays without effect.
 */
export function clientMetadata({ clientId, clientSecret, name, metadata }: RegisteredApplication): AllClientMetadata {
  const grants = metadata.grant_types ?? ['authorization_code', 'refresh_token'];
  const signsIn = grants.includes('authorization_code');
  const optional = {
    client_secret: clientSecret,
    jwks: metadata.jwks as AllClientMetadata['jwks'],
    backchannel_logout_uri: metadata.backchannel_logout_uri,
    id_token_signed_response_alg: metadata.id_token_signed_response_alg,
    client_uri: metadata.client_uri,
    policy_uri: metadata.policy_uri,
    tos_uri: metadata.tos_uri,
  };
  return {
    client_id: clientId,
    client_name: name,
    application_type: metadata.application_type ?? 'web',
    grant_types: [...grants],
    response_types: signsIn ? ['code'] : [],
    redirect_uris: signsIn ? [...(metadata.redirect_uris ?? [])] : [],
    post_logout_redirect_uris: [...(metadata.post_logout_redirect_uris ?? [])],
    token_endpoint_auth_method: metadata.token_endpoint_auth_method ?? 'client_secret_basic',
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  };
}
