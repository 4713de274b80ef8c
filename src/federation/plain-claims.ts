import { DomainError } from '../platform/errors.ts';

const MAX_BYTES = 64 * 1024;
const MAX_DEPTH = 8;
const UNSAFE_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Copies the allowed claims into a fresh plain object: own keys only, JSON values only, no key that could reach a prototype.
 * What a provider sends beyond the list never enters the hub.
 */
export function keepClaims(source: Readonly<Record<string, unknown>>, allowed: Iterable<string>): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const name of new Set(allowed)) {
    if (UNSAFE_KEYS.has(name) || !isStorable(name) || !Object.hasOwn(source, name)) continue;
    const value = plain(source[name], 0);
    if (value !== undefined) kept[name] = value;
  }
  const size = Buffer.byteLength(JSON.stringify(kept));
  if (size > MAX_BYTES) {
    throw new DomainError('too-large', 'federation.claims_too_large', 'The identity provider sent more claims than can be kept.', {
      details: { check: 'claims size', expected: MAX_BYTES, actual: size },
    });
  }
  return kept;
}

function plain(value: unknown, depth: number): unknown {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : undefined;
  if (typeof value === 'string') return isStorable(value) ? value : undefined;
  if (typeof value !== 'object' || depth >= MAX_DEPTH) return undefined;
  if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1)).filter((item) => item !== undefined);
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const safe = UNSAFE_KEYS.has(key) || !isStorable(key) ? undefined : plain(item, depth + 1);
    if (safe !== undefined) copy[key] = safe;
  }
  return copy;
}

/** A claim as text a person typed or reads: trimmed, bounded, without control characters; anything else is as if absent. */
export function textClaim(claims: Readonly<Record<string, unknown>>, name: string, maxLength = 512): string | undefined {
  const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
  if (typeof value !== 'string' || !isStorable(value)) return undefined;
  const text = value.trim();
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return text === '' || text.length > maxLength || /[\u0000-\u001f\u007f]/.test(text) ? undefined : text;
}

/** PostgreSQL stores neither NUL nor lone surrogates in text or jsonb. */
export function isStorable(text: string): boolean {
  return !/[\0\p{Surrogate}]/u.test(text);
}
