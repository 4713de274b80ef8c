import { DomainError } from '../../platform/errors.ts';
import type { ErrorKind } from '../../platform/errors.ts';

/** RFC 7644 table 9, and RFC 9865 §2.2 for the last three. */
export type ScimType =
  | 'invalidFilter'
  | 'tooMany'
  | 'uniqueness'
  | 'mutability'
  | 'invalidSyntax'
  | 'invalidPath'
  | 'noTarget'
  | 'invalidValue'
  | 'invalidVers'
  | 'sensitive'
  | 'invalidCursor'
  | 'expiredCursor'
  | 'invalidCount';

export interface ScimErrorBody {
  schemas: [typeof ERROR_SCHEMA];
  status: string;
  scimType?: ScimType;
  detail: string;
}

export const ERROR_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:Error';

export interface ScimErrorOptions extends ErrorOptions {
  /** What the status demands beside the body, such as `Allow` or `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal in SCIM's own words (RFC 7644 §3.12). */
export class ScimError extends Error {
  readonly status: number;
  readonly scimType: ScimType | undefined;
  readonly headers: Readonly<Record<string, string>>;

  /** @param detail one sentence for a person; it may name values, never secrets */
  constructor(status: number, scimType: ScimType | undefined, detail: string, options?: ScimErrorOptions) {
    super(detail, options);
    this.headers = options?.headers ?? {};
    this.name = 'ScimError';
    this.status = status;
    this.scimType = scimType;
  }

  /** The response body; the status is a string there. */
  toJSON(): ScimErrorBody {
    const body: ScimErrorBody = { schemas: [ERROR_SCHEMA], status: String(this.status), detail: this.message };
    if (this.scimType !== undefined) body.scimType = this.scimType;
    return body;
  }
}

export const invalidFilter = (detail: string): ScimError => new ScimError(400, 'invalidFilter', detail);
export const invalidPath = (detail: string): ScimError => new ScimError(400, 'invalidPath', detail);
export const invalidSyntax = (detail: string): ScimError => new ScimError(400, 'invalidSyntax', detail);
export const invalidValue = (detail: string): ScimError => new ScimError(400, 'invalidValue', detail);
export const mutability = (detail: string): ScimError => new ScimError(400, 'mutability', detail);
export const noTarget = (detail: string): ScimError => new ScimError(400, 'noTarget', detail);

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

const SCIM_TYPE: Readonly<Partial<Record<ErrorKind, ScimType>>> = { invalid: 'invalidValue', conflict: 'uniqueness' };

/** Whatever was thrown, as SCIM says it. A defect becomes a 500 that tells the client nothing about its cause. */
export function toScimError(error: unknown): ScimError {
  if (error instanceof ScimError) return error;
  if (error instanceof DomainError) return new ScimError(STATUS[error.kind], SCIM_TYPE[error.kind], error.message, { cause: error });
  return new ScimError(500, undefined, 'The server could not process the request.', { cause: error });
}
