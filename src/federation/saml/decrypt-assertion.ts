import { DomainError } from '../../platform/errors.ts';
import type { SamlSettings } from '../connection-settings.ts';
import { AES_CBC, AES_GCM, RSA_OAEP, XMLENC } from './saml-names.ts';
import { attributeOf, elementsOf, parseStrictXml, textOf, type XmlElement } from './strict-xml.ts';

/** A nonce of 12 bytes, a tag of 16, and something between them (XML Encryption 1.1 §5.2.4). */
const SHORTEST_GCM = 29;

export interface DecryptedAssertion {
  assertion: XmlElement;
  /** The one of our keys that fitted. */
  privateKey: string;
}

/**
 * Decrypts an EncryptedAssertion, so that what comes out passes the same gates as what comes in the clear. Every failure
 * reads the same: telling padding from content apart is what turns a decryptor into an oracle.
 */
export async function decryptAssertion(encrypted: XmlElement, settings: SamlSettings): Promise<DecryptedAssertion> {
  checkEncryptionForm(encrypted, settings);
  for (const { privateKey } of settings.encryptionKeys) {
    const text = await attempt(encrypted.toString(), privateKey);
    if (text !== undefined) return { assertion: parseStrictXml(text), privateKey };
  }
  throw new DomainError('unauthenticated', 'federation.saml.decryption', 'The assertion cannot be decrypted with a key of this connection.', {
    details: { check: 'decryption', expected: `one of ${settings.encryptionKeys.length} keys`, actual: 'none fitted' },
  });
}

async function attempt(xml: string, key: string): Promise<string | undefined> {
  // Loaded when first needed, like all that only a SAML sign-in uses: a start does not wait for it.
  const { decrypt } = await import('xml-encryption');
  return new Promise((resolve) => {
    try {
      decrypt(xml, { key, disallowDecryptionWithInsecureAlgorithm: true, warnInsecureAlgorithm: false }, (error, text) =>
        resolve(error ? undefined : text),
      );
    } catch {
      resolve(undefined);
    }
  });
}

function checkEncryptionForm(encrypted: XmlElement, settings: SamlSettings): void {
  const elements = elementsOf(encrypted).filter(({ namespaceURI }) => namespaceURI === XMLENC);
  const count = (name: string): number => elements.filter(({ localName }) => localName === name).length;
  const methods = elements.filter(({ localName }) => localName === 'EncryptionMethod');
  const algorithmBelow = (parent: string): string =>
    attributeOfFirst(methods.filter(({ parentNode }) => (parentNode as XmlElement | null)?.localName === parent));
  const content = algorithmBelow('EncryptedData');
  const accepted = settings.allowCbcEncryption ? [...AES_GCM, ...AES_CBC] : AES_GCM;
  const values = elements.filter(({ localName }) => localName === 'CipherValue').map((value) => textOf(value) ?? '');
  const wellFormed = count('EncryptedData') === 1 && count('EncryptedKey') === 1 && values.length === 2 && methods.length === 2;
  const longEnough = values.every((value) => Buffer.from(value, 'base64').length >= SHORTEST_GCM);
  if (!wellFormed || !longEnough || !accepted.includes(content) || algorithmBelow('EncryptedKey') !== RSA_OAEP) {
    throw new DomainError('unauthenticated', 'federation.saml.encryption_algorithm', 'The assertion is encrypted in a way that is not accepted.', {
      details: { check: 'encryption', expected: [...accepted, RSA_OAEP], actual: [content, algorithmBelow('EncryptedKey')] },
    });
  }
}

function attributeOfFirst([first]: XmlElement[]): string {
  return (first && attributeOf(first, 'Algorithm'))?.slice(0, 200) ?? 'none';
}
