import { DomainError } from '../../platform/errors.ts';

/** A response with two thousand groups is about 300 KB. */
const MAX_BYTES = 512 * 1024;

/** Base64 from a form field to text, taken exactly or not at all. */
export function decodeResponse(value: unknown): string {
  if (typeof value !== 'string' || value === '') return refuseForm('no SAMLResponse');
  if (value.length > MAX_BYTES * 1.5) return refuseSize(value.length);
  const compact = value.replace(/[ \t\r\n]/g, '');
  const bytes = Buffer.from(compact, 'base64');
  if (bytes.toString('base64').replace(/=+$/, '') !== compact.replace(/=+$/, '')) return refuseForm('not base64');
  if (bytes.length > MAX_BYTES) return refuseSize(bytes.length);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    return refuseForm('not UTF-8');
  }
}

function refuseForm(actual: string): never {
  throw new DomainError('invalid', 'federation.saml.response_unreadable', 'What was posted is no SAML response.', {
    details: { check: 'SAMLResponse', expected: 'base64 of UTF-8 text', actual },
  });
}

function refuseSize(actual: number): never {
  throw new DomainError('too-large', 'federation.saml.response_too_large', 'The SAML response is larger than is accepted.', {
    details: { check: 'size in bytes', expected: MAX_BYTES, actual },
  });
}
