/** Longer names would not fit the index that keeps them unique. */
const MAX_LENGTH = 512;

/**
 * The form under which a group is found: without outer blanks and without regard to case, since providers and
 * administrators do not agree on either. Applied to what a rule says and to what a feed says alike.
 */
export const foldGroup = (name: string): string => name.trim().toLowerCase().normalize('NFC').trim();

/** Why the text cannot name a group, or nothing. */
export function groupNameFault(name: string): string | undefined {
  if (name.trim() === '') return 'has no group before =';
  if (name.length > MAX_LENGTH) return `has a group of more than ${MAX_LENGTH} characters`;
  // Cs matches only a surrogate that has lost its partner.
  if (/[\p{Cc}\p{Cs}]/u.test(name)) return 'has a group with control characters or broken Unicode';
  return undefined;
}
