import { Company as SimulatedCompany, type Person as SimulatedPerson, externalUserIdAt, personAt } from '../cli/simulator/index.ts';

/** A person as their company's identity provider knows them. */
export interface Person extends SimulatedPerson {
  /** The provider's own id, which its SCIM client sends as `externalId`. */
  readonly id: string;
  readonly groups: readonly string[];
}

/** A company that brings its own identity provider. */
export interface Company {
  readonly slug: string;
  readonly name: string;
  readonly vendor: 'okta' | 'entra';
  readonly domain: string;
  /** From which the SCIM simulator makes the same people and groups. */
  readonly seed: number;
  readonly groups: readonly string[];
  /** In the grammar of `OIDC_GROUP_ROLE_MAP`. */
  readonly roleMap: string;
  readonly people: readonly Person[];
  /** Those worth signing in as: each is in other mapped groups, the last in none of them. */
  readonly leads: readonly Person[];
}

/** The demonstration runs on this machine only, for minutes, with invented people: one password, said aloud. */
export const PASSWORD = 'demo';
/** The role of everybody to whom no group gives one. */
export const DEFAULT_ROLE = 'viewer';
const GROUPS_EACH = 6;

type Plan = Pick<Company, 'slug' | 'name' | 'vendor' | 'seed'> & { readonly rolesOfGroups: Readonly<Record<string, string>> };

const plans: readonly Plan[] = [
  { slug: 'alder', name: 'Alder Bank', vendor: 'okta', seed: 7, rolesOfGroups: { Engineering: 'developer', Support: 'admin' } },
  { slug: 'birch', name: 'Birch Energy', vendor: 'entra', seed: 11, rolesOfGroups: { Engineering: 'admin|developer', Finance: 'auditor' } },
];

function leadsOf(people: readonly Person[], mapped: readonly string[]): readonly Person[] {
  const byGroups = new Map<string, Person>();
  for (const person of people) {
    const key = person.groups.filter((group) => mapped.includes(group)).join();
    if (!byGroups.has(key)) byGroups.set(key, person);
  }
  return [...byGroups].sort(([left], [right]) => right.length - left.length).map(([, person]) => person);
}

function companyOf({ slug, name, vendor, seed, rolesOfGroups }: Plan, size: number): Company {
  const domain = `${slug}.example`;
  const simulated = new SimulatedCompany({ people: size, groups: GROUPS_EACH, cycles: 0, seed, domain });
  const groups = Array.from({ length: GROUPS_EACH }, (_, group) => simulated.groupName(group, 0));
  const people = Array.from({ length: size }, (_, index): Person => {
    const own = groups.filter((_group, group) => simulated.isMember(index, group, 0));
    return { ...personAt(seed, index, domain), id: externalUserIdAt(vendor, seed, index), groups: own };
  });
  const roleMap = Object.entries(rolesOfGroups).map(([group, roles]) => `${group}=${roles}`).join(',');
  return { slug, name, vendor, domain, seed, groups, roleMap, people, leads: leadsOf(people, Object.keys(rolesOfGroups)) };
}

/** Two companies that share the people between them: one with Okta, one with Entra ID. */
export const castOf = (people: number): readonly Company[] => plans.map((plan) => companyOf(plan, Math.ceil(people / plans.length)));
