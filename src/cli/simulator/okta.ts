import { type Expected, holds, holdsIfTold, isCreated, isList, isObject, isSelection, resourcesOf, valueAt } from './expectations.ts';
import { externalUserIdAt, guidAt } from './people.ts';
import { ENTERPRISE_SCHEMA, GROUP_SCHEMA, type Script, type Step, type Tenancy, USER_SCHEMA, type Vendor, chunks, equals, idsOf, patchOf } from './step.ts';

/** How many members Okta puts into one PATCH. */
const MEMBERS_AT_ONCE = 100;

/**
 * `catalog` is an application of the integration network: PUT for profiles, PATCH for what is switched and for groups.
 * `wizard` is one made by the App Integration Wizard: PUT for everything.
 */
export type OktaApplication = 'catalog' | 'wizard';

/** Okta's SCIM client: looks up, reads before it writes, switches off and never deletes. */
export class Okta implements Vendor {
  readonly name = 'okta';
  readonly deletesUsers = false;
  readonly contentType = 'application/scim+json; charset=utf-8';
  readonly headers = { 'User-Agent': 'Okta SCIM Client 1.0.0', Accept: 'application/scim+json', 'Accept-Charset': 'utf-8', 'Accept-Encoding': 'gzip,deflate' };
  readonly #tenancy: Tenancy;
  readonly #application: OktaApplication;

  constructor(tenancy: Tenancy, application: OktaApplication) {
    this.#tenancy = tenancy;
    this.#application = application;
  }

  *connectionTest(): Script {
    yield { kind: 'connection test', method: 'GET', path: '/Users?startIndex=1&count=2', statuses: [200], check: isList };
    yield { kind: 'connection test', method: 'GET', path: '/ServiceProviderConfig', statuses: [200], check: (body) => (isObject(valueAt(body, 'patch')) ? undefined : 'patch is missing.') };
    yield { kind: 'connection test', method: 'GET', path: '/Groups?startIndex=1&count=100', statuses: [200], check: isList };
  }

  *createUser(index: number): Script {
    const { users } = this.#tenancy;
    const { userName } = this.#tenancy.company.standing(index, 0);
    const found = resourcesOf((yield this.#lookUp(userName)).body)[0];
    if (found !== undefined) {
      users.set(index, String(valueAt(found, 'id')), false);
      yield this.#putUser(index, 0, String(valueAt(found, 'id')));
      return;
    }
    const password = guidAt(this.#tenancy.company.size.seed, index, 3);
    const body = { ...this.#resource(index, 0), groups: [], password };
    const answer = yield { kind: 'user create', method: 'POST', path: '/Users', body, statuses: [201], check: isCreated(this.#expected(index, 0)) };
    users.set(index, String(valueAt(answer.body, 'id')), true);
  }

  #lookUp(userName: string): Step {
    const path = `/Users?filter=${encodeURIComponent(equals('userName', userName))}&startIndex=1&count=100`;
    return { kind: 'user look-up', method: 'GET', path, statuses: [200], check: isSelection('userName', userName) };
  }

  #resource(index: number, cycle: number, active = true): object {
    const person = this.#tenancy.company.standing(index, cycle);
    const manager = person.manager === undefined ? undefined : this.#tenancy.users.get(person.manager);
    return {
      schemas: [USER_SCHEMA, ENTERPRISE_SCHEMA],
      userName: person.userName,
      name: { givenName: person.givenName, familyName: person.familyName },
      emails: [{ primary: true, value: person.email, type: 'work' }],
      displayName: person.displayName,
      ...(person.hasTitle && { title: person.title }),
      locale: person.locale,
      timezone: person.timezone,
      externalId: externalUserIdAt(this.name, this.#tenancy.company.size.seed, index),
      [ENTERPRISE_SCHEMA]: { employeeNumber: person.employeeNumber, department: person.department, ...(manager !== undefined && { manager: { value: manager } }) },
      active,
    };
  }

  #expected(index: number, cycle: number, active = true): Expected {
    const { userName, givenName, familyName, email } = this.#tenancy.company.standing(index, cycle);
    return { userName, 'name/givenName': givenName, 'name/familyName': familyName, 'emails[type="work"]/value': email, active };
  }

  #putUser(index: number, cycle: number, id: string, active = true): Step {
    const body = { ...this.#resource(index, cycle, active), id, groups: [] };
    return { kind: 'user replace', method: 'PUT', path: `/Users/${id}`, body, statuses: [200], check: holds({ id, ...this.#expected(index, cycle, active) }) };
  }

  *#switch(index: number, cycle: number, id: string, active: boolean): Script {
    if (this.#application === 'wizard') {
      yield this.#read(id);
      yield this.#putUser(index, cycle, id, active);
      return;
    }
    const kind = active ? 'user enable' : 'user disable';
    const body = patchOf({ op: 'replace', value: { active } });
    yield { kind, method: 'PATCH', path: `/Users/${id}`, body, statuses: [200, 204], check: holdsIfTold({ id, active }) };
  }

  readonly #read = (id: string): Step => ({ kind: 'user read', method: 'GET', path: `/Users/${id}`, statuses: [200], check: holds({ id }) });

  *changeUser(index: number, cycle: number): Script {
    const id = this.#tenancy.users.get(index);
    if (id === undefined) return;
    const event = this.#tenancy.company.eventOf(index, cycle);
    if (event === undefined || event === 'move') return;
    if (event === 'leave' || event === 'delete') yield* this.#switch(index, cycle, id, false);
    else if (event === 'pause') {
      yield* this.#switch(index, cycle, id, false);
      yield* this.#switch(index, cycle, id, true);
    } else {
      yield this.#read(id);
      yield this.#putUser(index, cycle, id);
    }
  }

  *createGroup(group: number): Script {
    const { company, groups } = this.#tenancy;
    const displayName = company.groupName(group, 0);
    const path = `/Groups?filter=${encodeURIComponent(equals('displayName', displayName))}&startIndex=1&count=100`;
    const found = resourcesOf((yield { kind: 'group look-up', method: 'GET', path, statuses: [200], check: isSelection('displayName', displayName) }).body)[0];
    if (found === undefined) {
      const body = { schemas: [GROUP_SCHEMA], displayName, members: this.#application === 'wizard' ? [...this.#members(company.initialMembers(group))] : [] };
      const answer = yield { kind: 'group create', method: 'POST', path: '/Groups', body, statuses: [201], check: isCreated({ displayName }) };
      groups.set(group, String(valueAt(answer.body, 'id')), true);
      if (this.#application === 'catalog') yield* this.#fill(group, 'add');
      return;
    }
    const id = String(valueAt(found, 'id'));
    groups.set(group, id, false);
    if (this.#application === 'wizard') yield this.#putGroup(group, 0, id);
    else yield* this.#fill(group, 'replace');
  }

  *#members(people: Iterable<number>): Generator<object> {
    for (const [value, index] of idsOf(this.#tenancy.users, people)) yield { value, display: this.#tenancy.company.standing(index, 0).userName };
  }

  /** @param first replaces what the server had when an existing group is linked; what follows is added */
  *#fill(group: number, first: 'add' | 'replace'): Script {
    let op = first;
    for (const value of chunks(this.#members(this.#tenancy.company.initialMembers(group)), MEMBERS_AT_ONCE)) {
      yield this.#patchGroup('members add', group, { op, path: 'members', value });
      op = 'add';
    }
  }

  #patchGroup(kind: string, group: number, ...operations: readonly object[]): Step {
    const id = this.#tenancy.groups.get(group);
    return { kind, method: 'PATCH', path: `/Groups/${id}`, body: patchOf(...operations), statuses: [200, 204], check: holdsIfTold({ id }) };
  }

  #putGroup(group: number, cycle: number, id: string): Step {
    const { company } = this.#tenancy;
    const displayName = company.groupName(group, cycle);
    const body = { schemas: [GROUP_SCHEMA], id, displayName, members: [...this.#members(company.membersOf(group, cycle))] };
    return { kind: 'group replace', method: 'PUT', path: `/Groups/${id}`, body, statuses: [200, 204], check: holdsIfTold({ id, displayName }) };
  }

  *changeGroup(group: number, cycle: number, add: readonly number[], remove: readonly number[]): Script {
    const { company, groups, users } = this.#tenancy;
    const id = groups.get(group);
    if (id === undefined) return;
    if (company.isDissolved(group, cycle)) {
      yield { kind: 'group delete', method: 'DELETE', path: `/Groups/${id}`, statuses: [204] };
      return;
    }
    if (this.#application === 'wizard') {
      yield { kind: 'group read', method: 'GET', path: `/Groups/${id}`, statuses: [200], check: holds({ id }) };
      yield this.#putGroup(group, cycle, id);
      return;
    }
    const displayName = company.groupName(group, cycle);
    if (company.isRenamed(group, cycle)) yield { ...this.#patchGroup('group rename', group, { op: 'replace', value: { id, displayName } }), check: holdsIfTold({ id, displayName }) };
    const removals = Array.from(idsOf(users, remove), ([value]) => ({ op: 'remove', path: `members[${equals('value', value)}]` }));
    for (const some of chunks(removals, MEMBERS_AT_ONCE)) yield this.#patchGroup('members remove', group, ...some);
    for (const value of chunks(this.#members(add), MEMBERS_AT_ONCE)) yield this.#patchGroup('members add', group, { op: 'add', path: 'members', value });
  }
}
