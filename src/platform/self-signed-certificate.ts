import { createPrivateKey, createPublicKey, randomBytes, sign } from 'node:crypto';

const TEN_YEARS_MS = 3_652 * 86_400_000;
const SHA256_WITH_RSA = '2a864886f70d01010b';
const COMMON_NAME = '550403';

/** X.509 version 3 (RFC 5280 §4.1), written out by hand: one fixed form, encoded only, never parsed. */
export function selfSignedCertificate(privateKey: string, commonName: string, now: number): string {
  const key = createPrivateKey(privateKey);
  const algorithm = sequence(oid(SHA256_WITH_RSA), tagged(0x05));
  const name = sequence(tagged(0x31, sequence(oid(COMMON_NAME), tagged(0x0c, Buffer.from(commonName.slice(0, 64))))));
  // A serial number is positive and at most 20 bytes: 16 random ones whose first bit is off and which is never zero.
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  const body = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(serial),
    algorithm,
    name,
    sequence(time(now - 86_400_000), time(now + TEN_YEARS_MS)),
    name,
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
  );
  const der = sequence(body, algorithm, tagged(0x03, Buffer.from([0]), sign('sha256', body, key)));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

/** Tag, length, value (X.690 §8.1). */
function tagged(tag: number, ...parts: Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  const length = value.length < 0x80 ? [value.length] : [0x82, value.length >> 8, value.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), value]);
}

function sequence(...parts: Buffer[]): Buffer {
  return tagged(0x30, ...parts);
}

function integer(value: Buffer): Buffer {
  return tagged(0x02, value);
}

function oid(encoded: string): Buffer {
  return tagged(0x06, Buffer.from(encoded, 'hex'));
}

/** UTCTime up to 2049, GeneralizedTime from then on (RFC 5280 §4.1.2.5). */
function time(at: number): Buffer {
  const digits = new Date(at).toISOString().replace(/[-:T]|\.\d+/g, '');
  return Number(digits.slice(0, 4)) < 2050 ? tagged(0x17, Buffer.from(digits.slice(2))) : tagged(0x18, Buffer.from(digits));
}
