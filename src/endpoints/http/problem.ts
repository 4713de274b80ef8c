import { STATUS_CODES } from 'node:http';
import { DomainError, type ErrorKind } from '../../platform/errors.ts';

/** RFC 9457: how this API tells of every failure. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly requestId: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

const STATUS: Readonly<Record<ErrorKind, number>> = {
  invalid: 400,
  unauthenticated: 401,
  denied: 403,
  'not-found': 404,
  conflict: 409,
  stale: 412,
  'too-large': 413,
  'too-many': 429,
  unavailable: 503,
};

/** What only HTTP knows, and no kind of the inside covers. */
const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  'http.method_not_allowed': 405,
  'http.too_slow': 408,
  'http.media_type': 415,
  'http.expectation': 417,
  'http.headers_too_large': 431,
};

/** The error that express or its body parser threw, in our own words; undefined when it is none of theirs. */
function ownWords(error: unknown): DomainError | undefined {
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number') return undefined;
  if (error.status === 413) return new DomainError('too-large', 'http.body_too_large', 'The body is larger than this API accepts.', { cause: error });
  if (error.status === 415)
    return new DomainError('invalid', 'http.media_type', 'Send application/json in UTF-8, without a compression this hub does not know.', { cause: error });
  if (error.status >= 400 && error.status < 500)
    return new DomainError('invalid', 'http.malformed', 'The request cannot be read: its address or its JSON body is malformed.', { cause: error });
  return undefined;
}

/** An expected failure as such; undefined for a defect, of which the caller learns nothing but the request id. */
export const expectedError = (error: unknown): DomainError | undefined => (error instanceof DomainError ? error : ownWords(error));

/** @param error what was thrown; anything but a {@link DomainError} is a defect and answers 500 without a word about it */
export function problemOf(error: unknown, requestId: string): Problem {
  const known = expectedError(error);
  if (known === undefined) {
    const detail = `Something went wrong in the hub. Its log tells more under the request id ${requestId}.`;
    return { type: 'urn:gatehouse:error:internal', title: 'Internal Server Error', status: 500, detail, code: 'internal', requestId };
  }
  const status = STATUS_OF_CODE[known.code] ?? STATUS[known.kind];
  return {
    type: `urn:gatehouse:error:${known.code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: known.message,
    code: known.code,
    requestId,
    ...(Object.keys(known.details).length > 0 ? { details: known.details } : {}),
  };
}
