/** So many are remembered; a large installation has fewer groups that give roles. */
const MOST = 10_000;

/** Ids of groups, the one that was remembered first in front. */
const groups = new Set<string>();

/**
 * Whether the last change of this group's members had to be decided by the hub, since roles follow from it. A guess that
 * saves the attempt to have the database alone change them: a wrong one costs a round trip and changes nothing else.
 */
export const wasDecided = (groupId: string): boolean => groups.has(groupId);

/** Remembers how it was this time. */
export function rememberDecided(groupId: string, decided: boolean): void {
  if (!decided) {
    groups.delete(groupId);
    return;
  }
  groups.add(groupId);
  if (groups.size <= MOST) return;
  const [oldest = groupId] = groups;
  groups.delete(oldest);
}
