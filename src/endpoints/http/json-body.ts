import express, { type RequestHandler } from 'express';
import { DomainError } from '../../platform/errors.ts';

const DEEPEST = 24;
/** PostgreSQL stores no NUL, and a lone surrogate is no character: both would fail far from here, in other words. */
// oxlint-disable-next-line no-control-regex -- NUL is exactly what is looked for
const UNSTORABLE = /\u0000|\p{Surrogate}/u;

function refuse(problem: string): never {
  throw new DomainError('invalid', 'http.body_hostile', `The body cannot be accepted: ${problem}.`);
}

/** Whether a text could not be kept as it is. */
export const isUnstorable = (text: string): boolean => UNSTORABLE.test(text);

/**
 * Refuses what no honest client sends and what would hurt behind the schemas, where some objects are free in form:
 * keys that reach prototypes, text that cannot be stored, nesting without end. Walks without recursion.
 */
export function refuseHostile(body: unknown): void {
  const waiting: { value: unknown; depth: number }[] = [{ value: body, depth: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, depth } = next;
    if (typeof value === 'string' && isUnstorable(value)) refuse('a text holds NUL or half a character');
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= DEEPEST) refuse(`it is nested more than ${DEEPEST} deep`);
    for (const [key, inner] of Object.entries(value)) {
      if (key === '__proto__' || key === 'constructor' || key === 'prototype') refuse(`it has a property named ${key}`);
      if (isUnstorable(key)) refuse('a name holds NUL or half a character');
      waiting.push({ value: inner, depth: depth + 1 });
    }
  }
}

/** Parses a JSON body up to a size, and only JSON: a form from a browser never gets this far. */
export function jsonBody(limit: number): RequestHandler[] {
  const parse = express.json({ limit, strict: true, type: ['application/json', 'application/*+json'] });
  return [
    parse,
    (request, _response, next) => {
      const sent = request.headers['content-length'] !== undefined && request.headers['content-length'] !== '0';
      if (request.body === undefined && (sent || request.headers['transfer-encoding'] !== undefined))
        throw new DomainError('invalid', 'http.media_type', 'The body must be sent as application/json.');
      if (request.body !== undefined) refuseHostile(request.body);
      next();
    },
  ];
}
