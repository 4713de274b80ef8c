import { ScimError } from './scim-error.ts';

/** Weak, since what other rows splice in (groups, members) is not part of it (RFC 7644 §3.14). */
export const entityTag = (version: string | number): string => `W/"${version}"`;

const TAG = /(?:W\/)?"([^"]*)"/g;

/** Whether a list of tags, or `*`, names this version; weak comparison (RFC 9110 §8.8.3.2). */
function names(header: string, version: string): boolean {
  if (header.trim() === '*') return true;
  return [...header.matchAll(TAG)].some((match) => match[1] === version);
}

/** What a client demands of the version it is about to change or has seen. */
export interface Preconditions {
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
}

export const NO_PRECONDITIONS: Preconditions = { ifMatch: undefined, ifNoneMatch: undefined };

/** RFC 9110 §13.1: a write goes on only when the client knew the current version. */
export function assertMatches({ ifMatch, ifNoneMatch }: Preconditions, version: string | number): void {
  const current = String(version);
  if ((ifMatch !== undefined && !names(ifMatch, current)) || (ifNoneMatch !== undefined && names(ifNoneMatch, current))) {
    throw new ScimError(412, undefined, 'The resource has changed since the version that the request names.');
  }
}

/** A read that would answer what the client has already; one that names another version by If-Match is refused (RFC 9110 §13.1.1). */
export function isKnown({ ifMatch, ifNoneMatch }: Preconditions, version: string | number): boolean {
  assertMatches({ ifMatch, ifNoneMatch: undefined }, version);
  return ifNoneMatch !== undefined && names(ifNoneMatch, String(version));
}
