import { DomainError } from '../../platform/errors.ts';
import { RateLimiterMemory, RateLimiterRes } from '../../platform/rate-limiter.ts';
import { addressKey } from './address-key.ts';

export interface ThrottleLimits {
  /** Tries of one name from one address; a person who mistypes. */
  readonly pair: number;
  /** Tries of one name from anywhere; above `pair`, so that a stranger cannot lock somebody out with a few. */
  readonly name: number;
  /** Tries of any name from one address. */
  readonly address: number;
  readonly windowSeconds: number;
}

export const DEFAULT_LIMITS: ThrottleLimits = { pair: 5, name: 30, address: 100, windowSeconds: 900 };

/**
 * Slows down guessing of passwords, by name and by address. The counts stand in the memory of one node: a guesser must not
 * be able to make the database write, and a cluster of a few nodes multiplies the limit only by their number.
 */
export class PasswordThrottle {
  readonly #pair: RateLimiterMemory;
  readonly #name: RateLimiterMemory;
  readonly #address: RateLimiterMemory;

  constructor({ pair, name, address, windowSeconds: duration }: ThrottleLimits = DEFAULT_LIMITS) {
    this.#pair = new RateLimiterMemory({ points: pair, duration });
    this.#name = new RateLimiterMemory({ points: name, duration });
    this.#address = new RateLimiterMemory({ points: address, duration });
  }

  /**
   * Counts one try before the password is looked at, so that tries at the same time count as well.
   * @throws DomainError `sign_in.throttled` with `seconds` to wait
   */
  async try(nameKey: string, address: string | undefined): Promise<void> {
    const visitor = addressKey(address);
    try {
      await this.#address.consume(visitor);
      await this.#pair.consume(`${visitor} ${nameKey}`);
      await this.#name.consume(nameKey);
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      const seconds = Math.ceil(error.msBeforeNext / 1000);
      throw new DomainError('too-many', 'sign_in.throttled', 'There were too many attempts. Please wait before you try again.', { details: { seconds } });
    }
  }

  /** The right person came: their own mistakes are forgotten. The address keeps its count, since it may guess other names. */
  async succeeded(nameKey: string, address: string | undefined): Promise<void> {
    await Promise.all([this.#pair.delete(`${addressKey(address)} ${nameKey}`), this.#name.delete(nameKey)]);
  }
}
