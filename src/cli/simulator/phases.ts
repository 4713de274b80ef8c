import type { IdTable } from './id-table.ts';
import type { Script, Tenancy, Vendor } from './step.ts';
import { groupsToCheck, peopleToCheck, verifyGroup, verifyUser } from './verification.ts';

/** A stretch of the simulation; scripts of one phase are independent of each other and run side by side. */
export interface Phase {
  readonly title: string;
  readonly total: number;
  readonly scripts: () => Generator<Script, void>;
}

function phase<T>(title: string, total: number, items: () => Iterable<T>, script: (item: T) => Script): Phase {
  return {
    title,
    total,
    *scripts() {
      for (const item of items()) yield script(item);
    },
  };
}

function* upTo(count: number): Generator<number> {
  for (let index = 0; index < count; index += 1) yield index;
}

/** Who moves changes nothing but groups. */
function* changedPeople({ company }: Tenancy, cycle: number): Generator<number> {
  for (const [index, event] of company.eventful(cycle)) if (event !== 'move') yield index;
}

function* cyclePhases(tenancy: Tenancy, vendor: Vendor, cycle: number): Generator<Phase> {
  const { company } = tenancy;
  const people = (): Iterable<number> => changedPeople(tenancy, cycle);
  yield phase(`cycle ${cycle}: people`, [...people()].length, people, (index) => vendor.changeUser(index, cycle));
  const changes = company.memberChanges(cycle);
  const touched = [...upTo(company.size.groups)].filter((group) => changes.has(group) || company.isRenamed(group, cycle) || company.isDissolved(group, cycle));
  yield phase(`cycle ${cycle}: groups`, touched.length, () => touched, (group) => {
    const { add = [], remove = [] } = changes.get(group) ?? {};
    return vendor.changeGroup(group, cycle, add, remove);
  });
}

/** What this run made is taken away again. It is not what the vendor would do, and a server may refuse to delete people. */
function* remove(kind: string, ids: IdTable, collection: string, index: number): Script {
  if (ids.isOurs(index)) yield { kind, method: 'DELETE', path: `/${collection}/${ids.get(index)}`, statuses: [204, 403, 404, 405, 501] };
}

function* tidyPhases({ company, users, groups }: Tenancy): Generator<Phase> {
  const { size } = company;
  yield phase('tidying: groups', size.groups, () => upTo(size.groups), (group) => remove('tidy group', groups, 'Groups', group));
  yield phase('tidying: people', size.people, () => upTo(size.people), (index) => remove('tidy user', users, 'Users', index));
}

/** All phases after the connection test, in the order in which a vendor goes through them. */
export function* phasesOf(tenancy: Tenancy, vendor: Vendor, keep: boolean): Generator<Phase> {
  const { people, groups, cycles } = tenancy.company.size;
  yield phase('initial cycle: people', people, () => upTo(people), (index) => vendor.createUser(index));
  yield phase('initial cycle: groups', groups, () => upTo(groups), (group) => vendor.createGroup(group));
  for (let cycle = 1; cycle <= cycles; cycle += 1) yield* cyclePhases(tenancy, vendor, cycle);
  const [someone, some] = [peopleToCheck(tenancy), groupsToCheck(tenancy)];
  yield phase('verification: people', someone.length, () => someone, (index) => verifyUser(tenancy, vendor, index));
  yield phase('verification: groups', some.length, () => some, (group) => verifyGroup(tenancy, vendor, group));
  if (!keep) yield* tidyPhases(tenancy);
}
