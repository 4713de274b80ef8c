const STEP = Math.log(1.03);
const BUCKETS = 800;

/** Latencies in buckets of 3 %, from a microsecond to hours: percentiles of any number of requests in constant memory. */
export class LatencyHistogram {
  readonly #buckets = new Uint32Array(BUCKETS);
  #count = 0;

  add(milliseconds: number): void {
    const bucket = Math.min(BUCKETS - 1, Math.max(0, Math.floor(Math.log(Math.max(milliseconds, 0.001) * 1000) / STEP)));
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
    this.#count += 1;
  }

  get count(): number {
    return this.#count;
  }

  /** @param share between 0 and 1; the answer is in milliseconds, with three digits that mean something */
  percentile(share: number): number {
    let left = Math.max(1, Math.ceil(this.#count * share));
    for (const [bucket, count] of this.#buckets.entries()) {
      left -= count;
      if (left <= 0) return Number((Math.exp((bucket + 0.5) * STEP) / 1000).toPrecision(3));
    }
    return 0;
  }
}
