import { randomFillSync } from 'node:crypto';
import { systemClock, type Clock } from './clock.ts';

const SEQUENCE_LIMIT = 0x1000;

/**
 * A source of version 7 identifiers (RFC 9562 §5.7): 48 bits of milliseconds, a 12-bit sequence, 62 random bits. Within
 * one process they only rise (§6.2, method 1): ids of one millisecond count up, a clock turned back is ignored.
 */
export function createUuidSource(clock: Clock): () => string {
  const pool = Buffer.alloc(10 * 256);
  let used = pool.length;
  let time = 0;
  let sequence = 0;
  return () => {
    if (used === pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    const random = pool.subarray(used, (used += 10));
    const now = clock.now();
    if (now > time) {
      time = now;
      // §6.2: seeded in the lower half, so that the upper half is room to count within the millisecond.
      sequence = random.readUInt16BE(0) & 0x7ff;
    } else if (++sequence === SEQUENCE_LIMIT) {
      time += 1;
      sequence = 0;
    }
    const stamp = time.toString(16).padStart(12, '0');
    const tail = random.toString('hex', 2);
    const variant = (0x8 | (random.readUInt8(2) & 0x3)).toString(16);
    return `${stamp.slice(0, 8)}-${stamp.slice(8)}-7${sequence.toString(16).padStart(3, '0')}-${variant}${tail.slice(1, 4)}-${tail.slice(4)}`;
  };
}

/** A new identifier whose order is the order of creation. */
export const uuidv7 = createUuidSource(systemClock);
