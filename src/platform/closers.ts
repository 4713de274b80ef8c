/** Closes what was opened, last first; what cannot be closed does not keep the rest open. */
export class Closers {
  readonly #closers: (() => Promise<unknown>)[] = [];

  add(close: () => Promise<unknown>): void {
    this.#closers.unshift(close);
  }

  /** @throws the first failure, after everything had its turn */
  async closeAll(): Promise<void> {
    const faults: unknown[] = [];
    for (const close of this.#closers.splice(0)) await close().catch((error: unknown) => faults.push(error));
    if (faults.length > 0) throw faults[0];
  }
}
