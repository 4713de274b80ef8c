import { type Person, type Revision, groupNameAt, personAt } from './people.ts';
import { mix } from './random.ts';

/** What happens to people between two cycles. `leave` is unassigned, `delete` is gone for good, `pause` comes back at once. */
export const EVENTS = ['rename', 'email', 'manager', 'pause', 'leave', 'move', 'delete', 'clear'] as const;
export type PersonEvent = (typeof EVENTS)[number];

/** A person as they must stand on the server after a cycle. */
export interface Standing extends Person {
  readonly present: boolean;
  /** Index of the manager. */
  readonly manager: number | undefined;
  readonly hasTitle: boolean;
  readonly revision: Revision;
}

export interface MemberChange {
  readonly add: number[];
  readonly remove: number[];
}

export interface CompanySize {
  readonly people: number;
  readonly groups: number;
  readonly cycles: number;
  readonly seed: number;
  readonly domain: string;
}

/**
 * The simulated company: everything about person or group number n after cycle c follows from the seed, so a company of
 * 100,000 takes no more memory than one of ten. Cycle 0 is the initial one.
 */
export class Company {
  readonly size: CompanySize;
  /** Every so many people stand in line for the same event. */
  readonly #period: number;

  constructor(size: CompanySize) {
    this.size = size;
    this.#period = Math.min(Math.max(Math.floor(size.people / 2), EVENTS.length), 200);
  }

  /** What happens to a person in a cycle, if anything; nothing happens to who is gone. */
  eventOf(index: number, cycle: number): PersonEvent | undefined {
    return this.#isGone(index, cycle - 1) ? undefined : this.#slot(index, cycle);
  }

  #slot(index: number, cycle: number): PersonEvent | undefined {
    return cycle === 0 ? undefined : EVENTS[(index + cycle * EVENTS.length) % this.#period];
  }

  #isGone(index: number, cycle: number): boolean {
    for (let past = 1; past <= cycle; past += 1) {
      const event = this.#slot(index, past);
      if (event === 'leave' || event === 'delete') return true;
    }
    return false;
  }

  /** Everybody to whom something happens in a cycle. */
  *eventful(cycle: number): Generator<[index: number, event: PersonEvent]> {
    for (let index = 0; index < this.size.people; index += 1) {
      const event = this.eventOf(index, cycle);
      if (event) yield [index, event];
    }
  }

  standing(index: number, cycle: number): Standing {
    let [renames, emails, cleared] = [0, 0, false];
    let manager: number | undefined;
    for (let past = 1; past <= cycle; past += 1) {
      const event = this.eventOf(index, past);
      if (event === 'rename') renames += 1;
      if (event === 'email') emails += 1;
      if (event === 'clear') cleared = true;
      if (event === 'manager') manager = this.#managerFor(index, past) ?? manager;
    }
    const revision = { renames, emails };
    const person = personAt(this.size.seed, index, this.size.domain, revision);
    return { ...person, revision, manager, hasTitle: !cleared, present: !this.#isGone(index, cycle) };
  }

  /** Somebody else who is still there after the cycle. */
  #managerFor(index: number, cycle: number): number | undefined {
    const { people, seed } = this.size;
    for (let attempt = 0; attempt < 16; attempt += 1) {
      const candidate = mix(seed, index, cycle, attempt, 31) % people;
      if (candidate !== index && !this.#isGone(candidate, cycle)) return candidate;
    }
    return undefined;
  }

  /** How many members a group starts with: a few are large, most are small. */
  initialSize(group: number): number {
    return Math.min(this.size.people, Math.max(1, Math.floor(this.size.people / (group + 2))));
  }

  #firstMember(group: number): number {
    return mix(this.size.seed, group, 41) % this.size.people;
  }

  *initialMembers(group: number): Generator<number> {
    const [first, size] = [this.#firstMember(group), this.initialSize(group)];
    for (let nth = 0; nth < size; nth += 1) yield (first + nth) % this.size.people;
  }

  /** Everybody in a group after a cycle, without asking each person of the company. */
  *membersOf(group: number, cycle: number): Generator<number> {
    const initial = (index: number): boolean => this.#isInitial(index, group);
    for (const index of this.initialMembers(group)) if (this.isMember(index, group, cycle)) yield index;
    const moved = new Set<number>();
    for (let past = 1; past <= cycle; past += 1) for (const index of this.#withSlot('move', past)) if (!initial(index)) moved.add(index);
    for (const index of moved) if (this.isMember(index, group, cycle)) yield index;
  }

  *#withSlot(event: PersonEvent, cycle: number): Generator<number> {
    const period = this.#period;
    const first = (((EVENTS.indexOf(event) - cycle * EVENTS.length) % period) + period) % period;
    for (let index = first; index < this.size.people; index += period) yield index;
  }

  #isInitial(index: number, group: number): boolean {
    const { people } = this.size;
    return (index - this.#firstMember(group) + people) % people < this.initialSize(group);
  }

  /** The two groups between which somebody moves: out where they are a member, in where they are not. */
  #movesIn(index: number, cycle: number): number[] {
    const { groups, seed } = this.size;
    if (groups === 0 || this.eventOf(index, cycle) !== 'move') return [];
    const one = mix(seed, index, cycle, 51) % groups;
    return groups === 1 ? [one] : [one, (one + 1 + (mix(seed, index, cycle, 52) % (groups - 1))) % groups];
  }

  isMember(index: number, group: number, cycle: number): boolean {
    if (this.#isGone(index, cycle)) return false;
    let member = this.#isInitial(index, group);
    for (let past = 1; past <= cycle; past += 1) if (this.#movesIn(index, past).includes(group)) member = !member;
    return member;
  }

  /** Who comes into and goes out of which group in a cycle; who is gone leaves all groups. */
  memberChanges(cycle: number): Map<number, MemberChange> {
    const changes = new Map<number, MemberChange>();
    const note = (group: number, kind: 'add' | 'remove', index: number): void => {
      const change = changes.get(group) ?? { add: [], remove: [] };
      change[kind].push(index);
      changes.set(group, change);
    };
    for (const [index, event] of this.eventful(cycle)) {
      if (event === 'move') for (const group of this.#movesIn(index, cycle)) note(group, this.isMember(index, group, cycle) ? 'add' : 'remove', index);
      if (event === 'leave' || event === 'delete') {
        for (let group = 0; group < this.size.groups; group += 1) if (this.isMember(index, group, cycle - 1)) note(group, 'remove', index);
      }
    }
    return changes;
  }

  isRenamed(group: number, cycle: number): boolean {
    return cycle > 0 && !this.isDissolved(group, cycle) && (group + cycle) % 4 === 0;
  }

  groupName(group: number, cycle: number): string {
    let renames = 0;
    for (let past = 1; past <= cycle; past += 1) if (this.isRenamed(group, past)) renames += 1;
    return groupNameAt(group, renames);
  }

  /** The last group of a larger company is given up in the last cycle. */
  isDissolved(group: number, cycle: number): boolean {
    const { groups, cycles } = this.size;
    return cycles > 0 && cycle === cycles && groups > 3 && group === groups - 1;
  }
}
