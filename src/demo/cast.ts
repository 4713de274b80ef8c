/** A person as their company's directory knows them. */
export interface Person {
  /** The directory's own id: Okta's `id`, Entra's `objectId`. */
  readonly id: string;
  readonly userName: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly title: string;
  readonly groups: readonly string[];
}

/** A company that brings its own identity provider. */
export interface Company {
  readonly slug: string;
  readonly name: string;
  readonly vendor: 'okta' | 'entra';
  readonly domain: string;
  readonly groups: readonly string[];
  /** In the grammar of `OIDC_GROUP_ROLE_MAP`. */
  readonly roleMap: string;
  /** Those worth signing in as: each has other roles, for another reason. */
  readonly leads: readonly Person[];
  readonly people: readonly Person[];
}

/** The demonstration runs on this machine only, for minutes, with invented people: one password, said aloud. */
export const PASSWORD = 'demo';
/** The role of everybody to whom no group gives one. */
export const DEFAULT_ROLE = 'viewer';

const GIVEN = ['Ada', 'Boris', 'Chidi', 'Dilek', 'Elena', 'Farid', 'Grace', 'Hana', 'Ibrahim', 'Jana', 'Kwame', 'Leila', 'Mateo', 'Nadia', 'Oskar', 'Paulina', 'Quentin', 'Rania', 'Sven', 'Tuyet'];
const FAMILY = ['Abara', 'Bergström', 'Castro', 'Dvořák', 'Eriksen', 'Fischer', 'García', 'Haddad', 'Ivanova', 'Jensen', 'Kowalski'];

type Lead = readonly [given: string, family: string, title: string, ...groups: string[]];
interface Plan extends Omit<Company, 'leads' | 'people'> {
  /** Every one of its people is in this group. */
  readonly everyone: string;
  readonly cast: readonly Lead[];
}

const plans: readonly Plan[] = [
  {
    slug: 'alder',
    name: 'Alder Bank',
    vendor: 'okta',
    domain: 'alder.example',
    everyone: 'Everyone',
    groups: ['Everyone', 'Platform Admins', 'Engineering', 'Sales', 'Finance', 'People'],
    roleMap: 'Platform Admins=admin,Engineering=developer',
    cast: [
      ['Amina', 'Diallo', 'Head of Platform', 'Platform Admins', 'Engineering'],
      ['Jonas', 'Weber', 'Software Engineer', 'Engineering'],
      ['Sofia', 'Rossi', 'Account Executive', 'Sales'],
    ],
  },
  {
    slug: 'birch',
    name: 'Birch Energy',
    vendor: 'entra',
    domain: 'birch.example',
    everyone: 'All Employees',
    groups: ['All Employees', 'IT Administrators', 'Grid Engineering', 'Trading', 'Customer Care', 'Legal'],
    roleMap: 'IT Administrators=admin|developer,Grid Engineering=developer',
    cast: [
      ['Kenji', 'Tanaka', 'IT Director', 'IT Administrators'],
      ['Maria', 'Silva', 'Grid Engineer', 'Grid Engineering'],
      ['Tom', 'Becker', 'Customer Care', 'Customer Care'],
    ],
  },
];

const plain = (name: string): string => name.normalize('NFD').replace(/[^a-zA-Z]/g, '').toLowerCase();

/** Ids in the shape of the vendor's own. */
const idOf = (vendor: Company['vendor'], index: number): string =>
  vendor === 'okta' ? `00u1demo${String(index).padStart(12, '0')}` : `5a7c0000-de30-4000-8000-${String(index).padStart(12, '0')}`;

function personOf({ vendor, domain, everyone }: Plan, index: number, [given, family, title, ...groups]: Lead): Person {
  const userName = `${plain(given)}.${plain(family)}@${domain}`;
  return { id: idOf(vendor, index), userName, givenName: given, familyName: family, title, groups: [everyone, ...groups] };
}

/** The lists' lengths have no common divisor, so no pair of names comes twice within their product. */
const extra = ({ groups }: Plan, index: number): Lead => [
  GIVEN[index % GIVEN.length] ?? '',
  FAMILY[index % FAMILY.length] ?? '',
  'Associate',
  // Neither the first group, which is everyone, nor the second, which makes administrators.
  groups[2 + (index % (groups.length - 2))] ?? '',
];

function companyOf(plan: Plan, size: number): Company {
  const leads = plan.cast.map((lead, index) => personOf(plan, index, lead));
  const others = Array.from({ length: Math.max(0, size - leads.length) }, (_, index) => personOf(plan, leads.length + index, extra(plan, index)));
  const { slug, name, vendor, domain, groups, roleMap } = plan;
  return { slug, name, vendor, domain, groups, roleMap, leads, people: [...leads, ...others] };
}

/** Most people of one company for whom there are names. */
export const MOST_PEOPLE = GIVEN.length * FAMILY.length;

/** Two companies that share the people between them: one with Okta, one with Entra ID. */
export const castOf = (people: number): readonly Company[] => plans.map((plan) => companyOf(plan, Math.ceil(people / plans.length)));
