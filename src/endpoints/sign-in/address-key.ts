import { isIPv4, isIPv6 } from 'node:net';

/** Groups of one side of the `::`; the last may be written as an IPv4 address (RFC 4291 §2.2). */
function parseGroups(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}

/** The eight groups of a valid IPv6 address. */
function groupsOf(address: string): number[] {
  const [head = '', tail] = address.split('::');
  const [left, right] = [parseGroups(head), parseGroups(tail ?? '')];
  return tail === undefined ? left : [...left, ...Array.from<number>({ length: 8 - left.length - right.length }).fill(0), ...right];
}

/**
 * What counts as one visitor: an IPv4 address, or the /64 that an IPv6 network hands to one customer, however it is
 * written. Otherwise a household has 2^64 addresses to guess from.
 */
export function addressKey(address: string | undefined): string {
  const bare = (address ?? '').replace(/%.*$/, '');
  if (isIPv4(bare)) return bare;
  if (!isIPv6(bare)) return 'unknown';
  const groups = groupsOf(bare);
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (mapped) return [groups[6] ?? 0, groups[7] ?? 0].flatMap((group) => [group >> 8, group & 0xff]).join('.');
  return `${groups.slice(0, 4).map((group) => group.toString(16)).join(':')}::/64`;
}
