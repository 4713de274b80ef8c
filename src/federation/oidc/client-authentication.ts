import { createPrivateKey } from 'node:crypto';
import { importPKCS8 } from 'jose';
import { ClientSecretBasic, ClientSecretPost, None, PrivateKeyJwt, type ClientAuth, type CryptoKey } from 'openid-client';
import { DomainError } from '../../platform/errors.ts';
import type { OidcSettings } from '../connection-settings.ts';

/** How the hub proves itself at the provider's token endpoint. */
export async function clientAuthentication(settings: OidcSettings): Promise<ClientAuth> {
  switch (settings.clientAuthentication) {
    case 'client_secret_basic':
      return ClientSecretBasic(settings.clientSecret ?? '');
    case 'client_secret_post':
      return ClientSecretPost(settings.clientSecret ?? '');
    case 'private_key_jwt':
      return PrivateKeyJwt(await clientKey(settings.clientPrivateKey ?? ''));
    case 'none':
    default:
      return None();
  }
}

async function clientKey(pem: string): Promise<CryptoKey> {
  try {
    return await importPKCS8(pem, createPrivateKey(pem).asymmetricKeyType === 'ec' ? 'ES256' : 'RS256');
  } catch (error) {
    throw new DomainError('invalid', 'federation.oidc.client_key', 'The client key of this connection cannot be read.', {
      cause: error,
      details: { check: 'clientPrivateKey', expected: 'an RSA or P-256 key as PKCS#8 PEM', actual: 'something else' },
    });
  }
}
