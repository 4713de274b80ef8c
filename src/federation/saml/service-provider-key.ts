import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { selfSignedCertificate } from '../../platform/self-signed-certificate.ts';
import type { CertificateAndKey } from '../connection-settings.ts';

/**
 * Makes a key and a certificate for it. In SAML a certificate is only the wrapping in which a key travels: nobody checks
 * who issued it, and providers merely warn about its end, so it is signed by itself and lives long.
 */
export async function generateServiceProviderKey(commonName: string, now: number): Promise<CertificateAndKey> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 3072,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return { privateKey, certificate: selfSignedCertificate(privateKey, commonName, now) };
}
