import { randomUUID } from 'node:crypto';
import { systemClock, type Clock } from './clock.ts';

const SEQUENCE_LIMIT = 0x1000;

/**
 * A source of version 7 identifiers (RFC 9562 §5.7): 48 bits of milliseconds, a 12-bit sequence, 62 random bits. Within
 * one process they only rise (§6.2, method 1): ids of one millisecond count up, a clock turned back is ignored.
 */
export function createUuidSource(clock: Clock): () => string {
  let time = 0;
  let sequence = 0;
  return () => {
    // of a version 4 identifier the last 64 bits are the same: variant and 62 random bits, from a pool that node keeps
    const random = randomUUID();
    const now = clock.now();
    if (now > time) {
      time = now;
      // §6.2: seeded in the lower half, so that the upper half is room to count within the millisecond.
      sequence = Number.parseInt(random.slice(0, 3), 16) & 0x7ff;
    } else if (++sequence === SEQUENCE_LIMIT) {
      time += 1;
      sequence = 0;
    }
    const stamp = time.toString(16).padStart(12, '0');
    return `${stamp.slice(0, 8)}-${stamp.slice(8)}-7${sequence.toString(16).padStart(3, '0')}${random.slice(18)}`;
  };
}

/** A new identifier whose order is the order of creation. */
export const uuidv7 = createUuidSource(systemClock);
