/**
 * Marks of use, gathered in memory and written together now and then: no row that many requests share is updated by
 * each of them. What is lost at a kill is a mark, never a right.
 */
export class LastUsed<Key> {
  readonly #marks = new Map<Key, Date>();

  mark(key: Key, at: Date): void {
    this.#marks.set(key, at);
  }

  /** Takes all marks; the next ones are gathered anew. */
  take(): readonly (readonly [Key, Date])[] {
    const marks = [...this.#marks];
    this.#marks.clear();
    return marks;
  }
}
