import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Position } from '../../domain/directory/index.ts';
import { expiredCursor, invalidCursor } from './list-query.ts';

/** Where a walk by cursor stands (RFC 9865 §2). */
export interface PageCursor {
  /** The connection whose resources are walked over. */
  readonly feed: string;
  readonly position: Position;
  /** How many matched when the walk began. */
  readonly total: number;
  /** Milliseconds since the epoch. */
  readonly issued: number;
}

const SIGNATURE_BYTES = 16;
const LONGEST = 8_192;

/**
 * Signs over the question too, without carrying it: a cursor of another filter, order or resource type does not verify.
 * @param question what is asked, in any stable form
 */
const sign = (key: string, question: string, payload: string): Buffer =>
  createHmac('sha256', Buffer.from(key, 'base64url')).update(`${Buffer.byteLength(question)}:`).update(question).update(payload).digest().subarray(0, SIGNATURE_BYTES);

/** @param keys the first one signs; the others are those of earlier secrets */
export function writeCursor(keys: readonly string[], question: string, { feed, position, total, issued }: PageCursor): string {
  const payload = Buffer.from(JSON.stringify([feed, position.value, position.id, total, issued]));
  return Buffer.concat([sign(keys[0] ?? '', question, payload.toString('latin1')), payload]).toString('base64url');
}

/**
 * What a cursor of ours says. Whether it is of the feed that was asked is known only when the token has been judged.
 * @param oldest the earliest moment at which a cursor that is still good was made
 */
export function readCursor(keys: readonly string[], question: string, text: string, oldest: number): PageCursor {
  const bytes = Buffer.from(text.slice(0, LONGEST), 'base64url');
  const [signature, payload] = [bytes.subarray(0, SIGNATURE_BYTES), bytes.subarray(SIGNATURE_BYTES)];
  // decoding passes over what is no base64url
  const whole = signature.length === SIGNATURE_BYTES && bytes.toString('base64url') === text;
  const genuine = whole && keys.some((key) => timingSafeEqual(sign(key, question, payload.toString('latin1')), signature));
  if (!genuine) throw invalidCursor('The cursor is none of this question: begin again without it.');
  const [feed, value, id, total, issued] = JSON.parse(payload.toString('utf8')) as [string, string | null, string, number, number];
  if (issued < oldest) throw expiredCursor('The cursor has expired: begin again without it.');
  return { feed, position: { value, id }, total, issued };
}
