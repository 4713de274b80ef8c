import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const BODY_LENGTH = 43;
const CHECK_LENGTH = 6;

/** Letters and digits only, so that a double click selects the whole token. */
function base62(value: bigint, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest /= 62n) text = DIGITS.charAt(Number(rest % 62n)) + text;
  return text;
}

const checksum = (text: string): string => base62(BigInt(crc32(text)), CHECK_LENGTH);

/**
 * A new secret token: `<prefix>_<256 random bits>_<checksum>`. Prefix and checksum let scanners of source code
 * recognise a leaked one without asking us, and let us refuse a mistyped one without asking the database.
 * @param prefix names the kind, for example `gh_scim`
 */
export function mintToken(prefix: string): string {
  const body = `${prefix}_${base62(BigInt(`0x${randomBytes(32).toString('hex')}`), BODY_LENGTH)}`;
  return `${body}_${checksum(body)}`;
}

/** Whether the text has the form and the checksum of a token of ours, of this kind if one is named. Says nothing about validity. */
export function tokenLooksValid(token: string, prefix?: string): boolean {
  if (token.length > 128 || !/^[a-z][a-z0-9_]*_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/.test(token)) return false;
  const body = token.slice(0, -CHECK_LENGTH - 1);
  return checksum(body) === token.slice(-CHECK_LENGTH) && (prefix === undefined || body.slice(0, -BODY_LENGTH - 1) === prefix);
}

/** What is stored of a token. Plain SHA-256 is enough for 256 random bits; it would not be for a password. */
export const hashToken = (token: string): Buffer => hash('sha256', token, 'buffer');

/** Compares without telling by its duration where the texts differ or how long the other one is. */
export const constantTimeEquals = (left: string, right: string): boolean => timingSafeEqual(hashToken(left), hashToken(right));
