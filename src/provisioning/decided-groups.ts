/** So many are remembered; a large installation has fewer groups that give roles. */
const MOST = 10_000;

/**
 * Groups of which the last change of members had to be decided by the hub, since roles follow from it. A guess that saves
 * the attempt to have the database alone change them: a wrong one costs a round trip and changes nothing else.
 */
export class DecidedGroups {
  /** Ids, the one that was remembered first in front. */
  readonly #groups = new Set<string>();

  has(groupId: string): boolean {
    return this.#groups.has(groupId);
  }

  /** How it was this time. */
  remember(groupId: string, decided: boolean): void {
    if (!decided) {
      this.#groups.delete(groupId);
      return;
    }
    this.#groups.add(groupId);
    if (this.#groups.size <= MOST) return;
    const [oldest = groupId] = this.#groups;
    this.#groups.delete(oldest);
  }
}
