/** The one source of "now", so that expiry and windows are testable at their boundaries. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** A clock that stands still until it is moved. For tests and for re-evaluating recorded evidence. */
export class ManualClock implements Clock {
  #now: number;

  constructor(start: number) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  /** @param milliseconds how far to move; negative turns it back. */
  advance(milliseconds: number): void {
    this.#now += milliseconds;
  }
}
