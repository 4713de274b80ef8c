const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

export interface ScimAnswer {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of every shape
  readonly body: any;
}

/** What a vendor's provisioning knows of a person. */
export interface Person {
  readonly externalId: string;
  readonly userName: string;
  readonly displayName: string;
}

/** One step of provisioning in a vendor's own words. @returns what the service provider calls it: its id */
export interface VendorClient {
  pushUser(person: Person): Promise<string>;
  setActive(id: string, active: boolean): Promise<void>;
  pushGroup(name: string, members: readonly string[]): Promise<string>;
  addMembers(group: string, members: readonly string[]): Promise<void>;
  removeMember(group: string, member: string): Promise<void>;
}

/** Plain HTTP against a SCIM service provider. */
export class ScimClient {
  readonly #base: string;
  readonly #token: string;

  constructor(base: string, token: string) {
    this.#base = base;
    this.#token = token;
  }

  async send(method: string, path: string, body?: unknown): Promise<ScimAnswer> {
    const response = await fetch(`${this.#base}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, accept: 'application/scim+json', ...(body === undefined ? {} : { 'content-type': 'application/scim+json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  }

  /** Where anything but success is a mistake. */
  async ask(method: string, path: string, body?: unknown): Promise<ScimAnswer['body']> {
    const answer = await this.send(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path} was answered with ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  async patch(path: string, ...operations: readonly object[]): Promise<void> {
    await this.ask('PATCH', path, { schemas: [PATCH], Operations: operations });
  }

  /** Everybody in a group, as the service provider tells it. */
  async members(group: string): Promise<string[]> {
    const { members = [] } = (await this.ask('GET', `/Groups/${group}`)) as { members?: { value: string }[] };
    return members.map(({ value }) => value).toSorted();
  }

  async find(resource: 'Users' | 'Groups', filter: string): Promise<{ id: string } | undefined> {
    const { Resources = [] } = (await this.ask('GET', `/${resource}?${new URLSearchParams({ filter, startIndex: '1', count: '100' }).toString()}`)) as { Resources?: { id: string }[] };
    return Resources[0];
  }
}

/** As Okta's provisioning does: looks up by user name, switches without a path, names members in paths. */
export function asOkta(scim: ScimClient): VendorClient {
  return {
    async pushUser({ externalId, userName, displayName }) {
      const found = await scim.find('Users', `userName eq "${userName}"`);
      if (found !== undefined) return found.id;
      const [givenName = '', familyName = ''] = displayName.split(' ');
      const emails = [{ primary: true, value: userName, type: 'work' }];
      return (await scim.ask('POST', '/Users', { schemas: [USER], userName, name: { givenName, familyName }, emails, displayName, locale: 'en-US', externalId, groups: [], active: true })).id;
    },
    setActive: (id, active) => scim.patch(`/Users/${id}`, { op: 'replace', value: { active } }),
    async pushGroup(displayName, members) {
      const { id } = await scim.ask('POST', '/Groups', { schemas: [GROUP], displayName, members: members.map((value) => ({ value })) });
      return id;
    },
    addMembers: (group, members) => scim.patch(`/Groups/${group}`, { op: 'add', path: 'members', value: members.map((value) => ({ value, display: value })) }),
    removeMember: (group, member) => scim.patch(`/Groups/${group}`, { op: 'remove', path: `members[value eq "${member}"]` }),
  };
}

const refs = (members: readonly string[]): object[] => members.map((value) => ({ $ref: null, value }));

/** As Entra ID's provisioning does: looks up by external id, capitalises operations, sends text for booleans. */
export function asEntra(scim: ScimClient): VendorClient {
  return {
    async pushUser({ externalId, userName, displayName }) {
      const found = await scim.find('Users', `externalId eq "${externalId}"`);
      if (found !== undefined) return found.id;
      const emails = [{ primary: true, type: 'work', value: userName }];
      const { id } = await scim.ask('POST', '/Users', { schemas: [USER, ENTERPRISE], externalId, userName, active: true, displayName, emails, meta: { resourceType: 'User' }, name: { formatted: displayName }, roles: [] });
      return id;
    },
    setActive: (id, active) => scim.patch(`/Users/${id}`, { op: 'Replace', path: 'active', value: active ? 'True' : 'False' }),
    async pushGroup(displayName, members) {
      const { id } = await scim.ask('POST', '/Groups', { schemas: [GROUP, 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'], externalId: crypto.randomUUID(), displayName, meta: { resourceType: 'Group' } });
      for (const member of members) await scim.patch(`/Groups/${id}`, { op: 'Add', path: 'members', value: refs([member]) });
      return id;
    },
    addMembers: (group, members) => scim.patch(`/Groups/${group}`, { op: 'Add', path: 'members', value: refs(members) }),
    removeMember: (group, member) => scim.patch(`/Groups/${group}`, { op: 'Remove', path: 'members', value: refs([member]) }),
  };
}
