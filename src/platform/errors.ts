/**
 * Errors that the inside of the hub throws. They carry a stable dotted code and know no protocol: each endpoint
 * renders them in its own words (SCIM `scimType`, OAuth `error`, problem+json). Every code stands in
 * `config/errors.json` with its explanation; a test fails when one is missing there.
 */
export type ErrorKind =
  /** The request makes no sense as it stands. */
  | 'invalid'
  /** Nobody, or nobody known, asks. */
  | 'unauthenticated'
  /** Somebody known asks for what they may not have. */
  | 'denied'
  | 'not-found'
  /** A uniqueness rule or a concurrent change stands in the way. */
  | 'conflict'
  /** The caller's precondition (a version) no longer holds. */
  | 'stale'
  | 'too-large'
  | 'too-many'
  /** Something outside the hub (database, upstream provider) does not answer as it should. */
  | 'unavailable';

export interface ErrorOptionsWithDetails {
  cause?: unknown;
  /** Machine-readable facts for the answer, for example `{ attribute: 'userName' }`. Never secrets. */
  details?: Readonly<Record<string, unknown>>;
}

/** An expected failure with a stable identity. Anything else that is thrown is a defect. */
export class DomainError extends Error {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;

  /**
   * @param kind decides the status an endpoint answers with
   * @param code stable and dotted, for example `directory.user_name_taken`
   * @param message one sentence for a person; it may name values, never secrets
   */
  constructor(kind: ErrorKind, code: string, message: string, options: ErrorOptionsWithDetails = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'DomainError';
    this.kind = kind;
    this.code = code;
    this.details = options.details ?? {};
  }
}
