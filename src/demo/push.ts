import type { Company, Person } from './cast.ts';

/** A SCIM client: the company's identity provider that pushes people and groups. */
interface ScimClient {
  get(path: string): Promise<Body>;
  send(method: 'POST' | 'PATCH', path: string, body: Body): Promise<Body>;
}

type Body = Readonly<Record<string, unknown>>;

export interface PushOptions {
  readonly company: Company;
  readonly scimUrl: string;
  readonly token: string;
  /** Called for each person and group that has arrived. */
  readonly arrived: () => void;
}

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const AT_ONCE = 4;

function scimClient(base: string, token: string): ScimClient {
  const call = async (method: string, path: string, body?: Body): Promise<Body> => {
    const response = await fetch(`${base}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json', accept: 'application/scim+json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text.slice(0, 300)}`);
    return text === '' ? {} : (JSON.parse(text) as Body);
  };
  return { get: (path) => call('GET', path), send: (method, path, body) => call(method, path, body) };
}

/** How one vendor says what all of them say. */
interface Dialect {
  /** The look-up before a person is created. */
  lookUp(person: Person): string;
  user(person: Person): Body;
  group(name: string, index: number): Body;
  addMembers(ids: readonly string[]): Body;
}

const shared = ({ userName, givenName, familyName, title }: Person): Body => ({
  userName,
  name: { givenName, familyName },
  displayName: `${givenName} ${familyName}`,
  title,
  active: true,
});

const okta: Dialect = {
  lookUp: ({ userName }) => `userName eq "${userName}"`,
  user: (person) => ({ schemas: [USER], ...shared(person), emails: [{ primary: true, value: person.userName, type: 'work' }], externalId: person.id, locale: 'en-US', groups: [] }),
  group: (displayName) => ({ schemas: [GROUP], displayName, members: [] }),
  addMembers: (ids) => ({ schemas: [PATCH], Operations: [{ op: 'add', path: 'members', value: ids.map((value) => ({ value })) }] }),
};

const entra: Dialect = {
  lookUp: ({ id }) => `externalId eq "${id}"`,
  user: (person) => ({
    schemas: [USER, ENTERPRISE],
    externalId: person.id,
    ...shared(person),
    emails: [{ primary: true, type: 'work', value: person.userName }],
    meta: { resourceType: 'User' },
    [ENTERPRISE]: { department: person.groups.at(-1) },
  }),
  group: (displayName, index) => ({ schemas: [GROUP, 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'], externalId: `6b7c0000-0000-4000-8000-${String(index).padStart(12, '0')}`, displayName, meta: { resourceType: 'Group' } }),
  addMembers: (ids) => ({ schemas: [PATCH], Operations: [{ op: 'Add', path: 'members', value: ids.map((value) => ({ value })) }] }),
};

const DIALECTS = { okta, entra } as const;

/** A few at a time, as the vendors do. */
async function forEachAtOnce<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const item of queue) await work(item);
    }),
  );
}

/** Pushes a company's people, then its groups with their members, in its vendor's own words. */
export async function pushCompany({ company, scimUrl, token, arrived }: PushOptions): Promise<void> {
  const scim = scimClient(scimUrl, token);
  const dialect = DIALECTS[company.vendor];
  const ids = new Map<Person, string>();
  await forEachAtOnce(company.people, async (person) => {
    await scim.get(`/Users?filter=${encodeURIComponent(dialect.lookUp(person))}`);
    const created = await scim.send('POST', '/Users', dialect.user(person));
    ids.set(person, String(created['id']));
    arrived();
  });
  for (const [index, name] of company.groups.entries()) {
    const group = await scim.send('POST', '/Groups', dialect.group(name, index));
    const members = company.people.filter(({ groups }) => groups.includes(name)).flatMap((person) => ids.get(person) ?? []);
    if (members.length > 0) await scim.send('PATCH', `/Groups/${String(group['id'])}`, dialect.addMembers(members));
    arrived();
  }
}
