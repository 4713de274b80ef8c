import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { DomainError } from './errors.ts';

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** RFC 5869. The salt may be fixed, since the input is 32 uniformly random bytes. */
const derive = (secret: Buffer, info: string, length: number): Buffer => Buffer.from(hkdfSync('sha256', secret, 'gatehouse', info, length));

/**
 * Seals what must not stand in the database in the clear: AES-256-GCM (NIST SP 800-38D) under a key derived per purpose.
 * An envelope is `v1.<key id>.<iv, ciphertext and tag in base64url>`; the purpose is authenticated with it, so a value
 * sealed for one purpose opens for no other. With random 96-bit nonces one key is good for 2^32 seals.
 */
export class MasterKeys {
  readonly #secrets: ReadonlyMap<string, Buffer>;
  readonly #currentId: string;

  /**
   * @param secret 32 bytes in base64; seals
   * @param previous secrets that may still open what was sealed before a rotation
   */
  constructor(secret: string, previous: readonly string[] = []) {
    const secrets = [secret, ...previous].map((text) => Buffer.from(text, 'base64'));
    if (secrets.some((bytes) => bytes.length !== 32)) throw new TypeError('a master secret is 32 bytes in base64');
    // The id is derived, not configured, so that a wrong secret is told from damaged data.
    const entries = secrets.map((bytes) => [derive(bytes, 'key id', 6).toString('base64url'), bytes] as const);
    this.#secrets = new Map(entries);
    this.#currentId = entries[0]?.[0] ?? '';
  }

  /** @param purpose what the value is for, and whose if it may not be moved to another row: `connection:<id>:client_secret` */
  seal(plaintext: string | Uint8Array, purpose: string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, this.#key(this.#currentId, purpose), iv).setAAD(Buffer.from(purpose));
    const body = Buffer.concat([iv, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
    return `v1.${this.#currentId}.${body.toString('base64url')}`;
  }

  /** The sealed bytes. @throws DomainError `crypto.wrong_secret` when no known secret sealed it, `crypto.damaged` when it was altered */
  openBytes(sealed: string, purpose: string): Buffer {
    const [version, keyId, encoded, ...rest] = sealed.split('.');
    const body = Buffer.from(encoded ?? '', 'base64url');
    if (version !== 'v1' || keyId === undefined || rest.length > 0 || body.length < IV_BYTES + TAG_BYTES)
      throw new DomainError('unavailable', 'crypto.damaged', `What was sealed for ${purpose} is not an envelope.`);
    const end = body.length - TAG_BYTES;
    const decipher = createDecipheriv(CIPHER, this.#key(keyId, purpose), body.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(purpose)).setAuthTag(body.subarray(end));
    try {
      return Buffer.concat([decipher.update(body.subarray(IV_BYTES, end)), decipher.final()]);
    } catch (error) {
      throw new DomainError('unavailable', 'crypto.damaged', `What was sealed for ${purpose} was altered or belongs elsewhere.`, { cause: error });
    }
  }

  /** As `openBytes`, for what was sealed as text. */
  open(sealed: string, purpose: string): string {
    return this.openBytes(sealed, purpose).toString('utf8');
  }

  /** Keys for signing and the like, one per secret, the current one's first: what a previous secret signed stays good. */
  derivedKeys(purpose: string): string[] {
    return [...this.#secrets.values()].map((secret) => derive(secret, `derive ${purpose}`, 32).toString('base64url'));
  }

  /** Whether a previous secret sealed it, so that it should be sealed anew. */
  needsReseal(sealed: string): boolean {
    return sealed.split('.')[1] !== this.#currentId;
  }

  /** The same secret sealed by the current key; undefined when it is already. @throws as `openBytes` */
  reseal(sealed: string, purpose: string): string | undefined {
    return this.needsReseal(sealed) ? this.seal(this.openBytes(sealed, purpose), purpose) : undefined;
  }

  #key(keyId: string, purpose: string): Buffer {
    const secret = this.#secrets.get(keyId);
    if (!secret)
      throw new DomainError('unavailable', 'crypto.wrong_secret', 'The master secret is not the one that sealed the stored data.', { details: { keyId } });
    return derive(secret, `seal ${purpose}`, 32);
  }
}

const CANARY = 'canary';

/** A sealed word to keep in the database, by which the next start recognises the secret. */
export const secretCanary = (keys: MasterKeys): string => keys.seal(CANARY, CANARY);

/**
 * Refuses a secret that cannot open what is stored, before anything is written with it.
 * @returns whether a previous secret sealed the canary, so that a new one should be stored
 */
export function checkCanary(keys: MasterKeys, stored: string): boolean {
  keys.open(stored, CANARY);
  return keys.needsReseal(stored);
}
