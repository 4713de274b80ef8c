/**
 * A number that depends on nothing but its arguments: the simulated company is computed where it is looked at, never kept.
 * @returns an unsigned 32-bit integer (the finaliser of MurmurHash3 over each argument)
 */
export function mix(seed: number, ...parts: readonly number[]): number {
  let hash = seed ^ 0x9e37_79b9;
  for (const part of parts) {
    hash = Math.imul(hash ^ part, 0x85eb_ca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
    hash ^= hash >>> 16;
  }
  return hash >>> 0;
}

/** One of a list that is not empty. */
export function oneOf<T>(list: readonly T[], number: number): T {
  const chosen = list[number % list.length];
  if (chosen === undefined) throw new RangeError('Nothing to choose from.');
  return chosen;
}
