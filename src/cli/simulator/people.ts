import { CULTURES, DEPARTMENTS, SITES, TITLES } from './names.ts';
import { mix, oneOf } from './random.ts';

/** A person of the simulated company as its directory knows them, before any vendor put them into words of its own. */
export interface Person {
  readonly userName: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly displayName: string;
  readonly email: string;
  readonly title: string;
  readonly department: string;
  readonly employeeNumber: string;
  readonly locale: string;
  readonly timezone: string;
  readonly mobile: string;
}

/** How often what may change about a person has changed. */
export interface Revision {
  readonly renames: number;
  readonly emails: number;
}

const FIRST: Revision = { renames: 0, emails: 0 };
const LETTERS: Readonly<Record<string, string>> = { ß: 'ss', ø: 'o', ł: 'l', æ: 'ae', þ: 'th', ð: 'd', đ: 'd', ı: 'i' };

/** As addresses spell a name: lower case, a to z alone. */
const plain = (name: string): string =>
  name
    .toLowerCase()
    .normalize('NFD')
    .replace(/[^a-z]/g, (letter) => LETTERS[letter] ?? '');

function nameOf(list: string, number: number): { native: string; latin: string } {
  const [native = '', latin = native] = oneOf(list.split(' '), number).split('|');
  return { native, latin };
}

/**
 * Person number `index` of the company that `seed` stands for. The index stands in the userName behind letters alone, so
 * no two people of a company share one.
 */
export function personAt(seed: number, index: number, domain: string, { renames, emails } = FIRST): Person {
  const culture = oneOf(CULTURES, mix(seed, index, 1));
  const given = nameOf(culture.given, mix(seed, index, 2));
  const born = nameOf(culture.family, mix(seed, index, 3));
  const family = nameOf(culture.family, mix(seed, index, 3) + renames);
  const userName = `${plain(given.latin)}.${plain(born.latin)}${index}@${domain}`;
  return {
    userName,
    givenName: given.native,
    familyName: family.native,
    displayName: `${given.native} ${family.native}`,
    email: emails === 0 ? userName : `${plain(given.latin)}.${plain(family.latin)}${index}.${emails}@mail.${domain}`,
    title: oneOf(TITLES, mix(seed, index, 4)),
    department: oneOf(DEPARTMENTS, mix(seed, index, 5)),
    employeeNumber: String(100_000 + index),
    locale: culture.locale,
    timezone: culture.timezone,
    mobile: `+1 555 ${String(index % 10_000_000).padStart(7, '0')}`,
  };
}

/** Name of group number `index`, unique, after `renames` changes. */
export function groupNameAt(index: number, renames = 0): string {
  const round = Math.floor(index / DEPARTMENTS.length);
  const site = round === 0 ? '' : ` ${oneOf(SITES, round - 1)}`;
  const repeat = Math.floor((round - 1) / SITES.length);
  return `${oneOf(DEPARTMENTS, index)}${site}${repeat > 0 ? ` ${repeat + 1}` : ''}${renames === 0 ? '' : ` (${renames + 1})`}`;
}

const hex = (number: number, width: number): string => number.toString(16).padStart(8, '0').slice(-width);

/** A GUID as Entra's objectId; the index stands in it, so no two are alike. */
export function guidAt(seed: number, index: number, kind: number): string {
  const [a, b, c] = [mix(seed, kind, 11), mix(seed, index, kind, 12), mix(seed, index, kind, 13)];
  return `${hex(a, 8)}-${hex(b, 4)}-4${hex(c, 3)}-a${hex(mix(seed, index, kind, 14), 3)}-0000${hex(index, 8)}`;
}

/** What a vendor calls a person: Okta's user id, Entra's objectId; pushed as externalId, and said at sign-in. */
export const externalUserIdAt = (vendor: 'okta' | 'entra', seed: number, index: number): string =>
  vendor === 'okta' ? oktaIdAt(seed, index) : guidAt(seed, index, 1);

const BASE_62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

const digit = (number: number): string => BASE_62[number % 62] ?? '0';

/** An id as Okta's: `00u` and seventeen letters and digits, the last six of which are the index. */
function oktaIdAt(seed: number, index: number): string {
  const random = Array.from({ length: 11 }, (_, at) => digit(mix(seed, index, at, 21)));
  const count = Array.from({ length: 6 }, (_, at) => digit(Math.floor(index / 62 ** (5 - at))));
  return `00u${random.join('')}${count.join('')}`;
}
