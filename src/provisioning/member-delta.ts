/** One step of a change of a group's members, in the order in which the feed gave it. */
export type MemberDelta =
  | { readonly kind: 'add'; readonly ids: readonly string[] }
  | { readonly kind: 'remove'; readonly ids: readonly string[] }
  | { readonly kind: 'removeAll' }
  | { readonly kind: 'replaceAll'; readonly ids: readonly string[] };

/** What a list of steps comes to: who is in afterwards for sure, who is out. Nobody is in both. */
export interface MemberOutcome {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** Whether the steps can only be told with knowledge of who is in the group now. */
export const needsCurrent = (deltas: readonly MemberDelta[]): boolean =>
  deltas.some((delta) => delta.kind === 'removeAll' || delta.kind === 'replaceAll');

/**
 * Folds the steps into one difference; of several steps about one member the last holds.
 * @param current the members now, when {@link needsCurrent}. Others may write meanwhile: the difference then is as if
 *   the replacement had happened when these were read, which is one of the orders in which both could have happened.
 */
export function foldDeltas(deltas: readonly MemberDelta[], current: readonly string[]): MemberOutcome {
  const wanted = new Map<string, boolean>();
  for (const delta of deltas) {
    if (delta.kind === 'removeAll' || delta.kind === 'replaceAll') {
      for (const id of [...current, ...wanted.keys()]) wanted.set(id, false);
    }
    if (delta.kind === 'removeAll') continue;
    for (const id of delta.ids) wanted.set(id, delta.kind !== 'remove');
  }
  const known = new Set(needsCurrent(deltas) ? current : []);
  const entries = [...wanted];
  return {
    add: entries.filter(([id, inside]) => inside && !known.has(id)).map(([id]) => id),
    remove: entries.filter(([, inside]) => !inside).map(([id]) => id),
  };
}
