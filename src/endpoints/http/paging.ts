import { DomainError } from '../../platform/errors.ts';

/** Query parameters of every list. */
export const pageQuery = {
  limit: { type: 'integer', minimum: 1, maximum: 500, default: 100, description: 'Most entries of one page.' },
  cursor: { type: 'string', minLength: 1, maxLength: 600, description: 'The `next` of the page before.' },
} as const;

/** One page of a list; without `next` it is the last. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

/** The answer's schema of a list. */
export const pageSchema = <const S>(items: S) =>
  ({
    type: 'object',
    additionalProperties: false,
    required: ['items'],
    properties: { items: { type: 'array', items }, next: { type: 'string', description: 'Give this as `cursor` to get the next page.' } },
  }) as const;

/** Cursors are opaque to callers, so that what they hold may change. */
const encode = (key: string): string => Buffer.from(`k:${key}`).toString('base64url');

/** Bytes that are no UTF-8 were never a cursor of ours; U+FFFD itself may well stand in a name. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
function textOf(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** The key after which the page begins. */
export function cursorKey(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const text = textOf(Buffer.from(cursor, 'base64url'));
  // NUL is refused by the database, so no key holds one
  if (text?.startsWith('k:') !== true || text.includes('\0'))
    throw new DomainError('invalid', 'http.cursor_invalid', 'The cursor is not one that this hub gave out.');
  return text.slice(2);
}

/**
 * @param rows one more than `limit` when there are more
 * @param keyOf what the list is ordered by
 */
export function pageOf<Row, T>(rows: readonly Row[], limit: number, keyOf: (row: Row) => string, render: (row: Row) => T): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(render), ...(rows.length > limit && last !== undefined ? { next: encode(keyOf(last)) } : {}) };
}
