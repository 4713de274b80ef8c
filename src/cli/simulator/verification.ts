import { type Expected, hasMembers, holds, isEmptyList, isSelection, valueAt } from './expectations.ts';
import { externalUserIdAt } from './people.ts';
import { ENTERPRISE_SCHEMA, type Script, type Tenancy, type Vendor, equals, idsOf } from './step.ts';

/** Reads back what must be true after the last cycle: the only way to find out what a server said and did not do. */

const MOST_PEOPLE = 100;
const MOST_GROUPS = 20;
/** Larger groups are not read whole. */
const MOST_MEMBERS = 20_000;

/** At most so many, evenly spread. */
function spread<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items];
  return Array.from({ length: most }, (_, nth) => items[Math.floor((nth * items.length) / most)]).filter((item) => item !== undefined);
}

/** Half of them people to whom something happened, the others anybody. */
export function peopleToCheck({ company, users }: Tenancy): number[] {
  const { people, cycles } = company.size;
  const eventful = new Set<number>();
  for (let cycle = 1; cycle <= cycles; cycle += 1) for (const [index] of company.eventful(cycle)) eventful.add(index);
  const everybody = Array.from({ length: Math.min(people, MOST_PEOPLE / 2) }, (_, nth, all = Math.min(people, MOST_PEOPLE / 2)) => Math.floor((nth * people) / all));
  return [...new Set([...spread([...eventful], MOST_PEOPLE / 2), ...everybody])].filter((index) => users.get(index) !== undefined);
}

export function groupsToCheck({ company, groups }: Tenancy): number[] {
  const all = Array.from({ length: company.size.groups }, (_, group) => group).filter((group) => groups.get(group) !== undefined);
  return [...new Set([...spread(all.filter((group) => company.initialSize(group) <= MOST_MEMBERS), MOST_GROUPS - 1), ...all.slice(-1)])];
}

function expectedOf({ company, users }: Tenancy, vendor: Vendor, index: number): Expected {
  const { cycles } = company.size;
  const person = company.standing(index, cycles);
  const manager = person.manager === undefined ? undefined : company.standing(person.manager, cycles).present ? users.get(person.manager) : undefined;
  return {
    id: users.get(index),
    userName: person.userName,
    externalId: externalUserIdAt(vendor.name, company.size.seed, index),
    active: person.present,
    displayName: person.displayName,
    'name/givenName': person.givenName,
    'name/familyName': person.familyName,
    'emails[type="work"]/value': person.email,
    title: person.hasTitle ? person.title : undefined,
    [`${ENTERPRISE_SCHEMA}/department`]: person.department,
    ...(manager !== undefined && { [`${ENTERPRISE_SCHEMA}/manager/value`]: manager }),
  };
}

const isDeleted = ({ company }: Tenancy, vendor: Vendor, index: number): boolean =>
  vendor.deletesUsers && Array.from({ length: company.size.cycles }, (_, at) => company.eventOf(index, at + 1)).includes('delete');

export function* verifyUser(tenancy: Tenancy, vendor: Vendor, index: number): Script {
  const id = tenancy.users.get(index);
  if (id === undefined) return;
  const { userName } = tenancy.company.standing(index, 0);
  const lookUp = { kind: 'verify user', method: 'GET', path: `/Users?filter=${encodeURIComponent(equals('userName', userName))}`, statuses: [200] };
  if (isDeleted(tenancy, vendor, index)) {
    yield { kind: 'verify user', method: 'GET', path: `/Users/${id}`, statuses: [404] };
    yield { ...lookUp, check: isEmptyList };
    return;
  }
  yield { kind: 'verify user', method: 'GET', path: `/Users/${id}`, statuses: [200], check: holds(expectedOf(tenancy, vendor, index)) };
  yield { ...lookUp, check: (body) => isSelection('userName', userName)(body) ?? (valueAt(body, 'totalResults') === 1 ? undefined : `There is not exactly one ${userName}.`) };
}

export function* verifyGroup(tenancy: Tenancy, vendor: Vendor, group: number): Script {
  const { company, groups, users } = tenancy;
  const { cycles } = company.size;
  const id = groups.get(group);
  if (id === undefined) return;
  if (company.isDissolved(group, cycles)) {
    yield { kind: 'verify group', method: 'GET', path: `/Groups/${id}`, statuses: [404] };
    return;
  }
  const expected = new Set(Array.from(idsOf(users, company.membersOf(group, cycles)), ([value]) => value));
  // Entra adds to a group that it found; whoever was in it before stays.
  const check = hasMembers(expected, vendor.name === 'entra' && !groups.isOurs(group));
  const displayName = company.groupName(group, cycles);
  yield { kind: 'verify group', method: 'GET', path: `/Groups/${id}`, statuses: [200], check: (body) => holds({ id, displayName })(body) ?? check(body) };
}
