import { type Expected, holds, holdsIfTold, isCreated, isEmptyList, isList, isSelection, resourcesOf, valueAt } from './expectations.ts';
import { externalUserIdAt, guidAt } from './people.ts';
import { ENTERPRISE_SCHEMA, GROUP_SCHEMA, type Script, type Step, type Tenancy, USER_SCHEMA, type Vendor, chunks, equals, idsOf, patchOf } from './step.ts';

const LEGACY_GROUP_SCHEMA = 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group';
const MANAGER = `${ENTERPRISE_SCHEMA}:manager`;
const WORK_EMAIL = 'emails[type eq "work"].value';
const MOBILE = 'phoneNumbers[type eq "mobile"].value';
/** How many members Entra puts into one PATCH. */
const MEMBERS_AT_ONCE = 20;

/** Entra's provisioning service: reads before it writes, sends changes alone, and deletes at last. */
export class Entra implements Vendor {
  readonly name = 'entra';
  readonly deletesUsers = true;
  readonly contentType = 'application/scim+json; charset=utf-8';
  /** It sends no User-Agent at all, which some gateways refuse. */
  readonly headers = { Accept: 'application/scim+json' };
  readonly #tenancy: Tenancy;
  /** With `aadOptscim062020` in the tenant URL it speaks as RFC 7644 does. */
  readonly #compliant: boolean;

  constructor(tenancy: Tenancy, compliant: boolean) {
    this.#tenancy = tenancy;
    this.#compliant = compliant;
  }

  *connectionTest(): Script {
    const nobody = guidAt(this.#tenancy.company.size.seed, 0, 9);
    yield { kind: 'connection test', method: 'GET', path: `/Users?filter=${encodeURIComponent(equals('userName', nobody))}`, statuses: [200], check: isEmptyList };
  }

  readonly #op = (name: 'Add' | 'Replace' | 'Remove'): string => (this.#compliant ? name.toLowerCase() : name);
  readonly #boolean = (value: boolean): unknown => (this.#compliant ? value : value ? 'True' : 'False');
  readonly #replace = (path: string, value: unknown): object => ({ op: this.#op('Replace'), path, value });

  *createUser(index: number): Script {
    const { company, users } = this.#tenancy;
    const person = company.standing(index, 0);
    const path = `/Users?filter=${encodeURIComponent(equals('userName', person.userName))}`;
    const found = resourcesOf((yield { kind: 'user look-up', method: 'GET', path, statuses: [200], check: isSelection('userName', person.userName) }).body)[0];
    if (found !== undefined) {
      const id = String(valueAt(found, 'id'));
      users.set(index, id, false);
      yield this.#patchUser('user update', id, this.#expected(index, 0), ...this.#everything(index));
      return;
    }
    const answer = yield { kind: 'user create', method: 'POST', path: '/Users', body: this.#resource(index), statuses: [201], check: isCreated(this.#expected(index, 0)) };
    users.set(index, String(valueAt(answer.body, 'id')), true);
  }

  #resource(index: number): object {
    const person = this.#tenancy.company.standing(index, 0);
    return {
      schemas: [USER_SCHEMA, ENTERPRISE_SCHEMA],
      externalId: externalUserIdAt(this.name, this.#tenancy.company.size.seed, index),
      userName: person.userName,
      active: true,
      displayName: person.displayName,
      emails: [{ primary: true, type: 'work', value: person.email }],
      meta: { resourceType: 'User' },
      name: { formatted: person.displayName, familyName: person.familyName, givenName: person.givenName },
      title: person.title,
      preferredLanguage: person.locale,
      [ENTERPRISE_SCHEMA]: { employeeNumber: person.employeeNumber, department: person.department },
    };
  }

  /** Every mapped attribute, for somebody whom the server knew before. */
  #everything(index: number): object[] {
    const person = this.#tenancy.company.standing(index, 0);
    return [
      this.#replace('active', this.#boolean(true)),
      this.#replace('displayName', person.displayName),
      this.#replace('title', person.title),
      this.#replace(WORK_EMAIL, person.email),
      this.#replace('name.givenName', person.givenName),
      this.#replace('name.familyName', person.familyName),
      this.#replace('externalId', externalUserIdAt(this.name, this.#tenancy.company.size.seed, index)),
      this.#replace(`${ENTERPRISE_SCHEMA}:employeeNumber`, person.employeeNumber),
      this.#replace(`${ENTERPRISE_SCHEMA}:department`, person.department),
    ];
  }

  #expected(index: number, cycle: number): Expected {
    const { userName, givenName, familyName, displayName, email } = this.#tenancy.company.standing(index, cycle);
    return { userName, displayName, 'name/givenName': givenName, 'name/familyName': familyName, 'emails[type="work"]/value': email, active: true };
  }

  #patchUser(kind: string, id: string, expected: Expected, ...operations: readonly object[]): Step {
    return { kind, method: 'PATCH', path: `/Users/${id}`, body: patchOf(...operations), statuses: [200, 204], check: holdsIfTold({ id, ...expected }) };
  }

  #switch(id: string, active: boolean): Step {
    return this.#patchUser(active ? 'user enable' : 'user disable', id, { active }, this.#replace('active', this.#boolean(active)));
  }

  *changeUser(index: number, cycle: number): Script {
    const { company, users } = this.#tenancy;
    const id = users.get(index);
    const event = company.eventOf(index, cycle);
    if (id === undefined || event === undefined || event === 'move') return;
    yield { kind: 'user read', method: 'GET', path: `/Users/${id}`, statuses: [200], check: holds({ id }) };
    const person = company.standing(index, cycle);
    if (event === 'rename') yield this.#patchUser('user update', id, this.#expected(index, cycle), ...this.#rename(index, cycle));
    else if (event === 'email') {
      const operations = [this.#replace(WORK_EMAIL, person.email), { op: this.#op('Add'), path: MOBILE, value: person.mobile }];
      yield this.#patchUser('user update', id, { ...this.#expected(index, cycle), 'phoneNumbers[type="mobile"]/value': person.mobile }, ...operations);
    } else if (event === 'manager') yield* this.#setManager(id, person.manager);
    else if (event === 'clear') yield this.#patchUser('user update', id, { title: undefined }, { op: this.#op('Remove'), path: 'title' });
    else {
      yield this.#switch(id, false);
      if (event === 'pause') yield this.#switch(id, true);
      if (event === 'delete') yield { kind: 'user delete', method: 'DELETE', path: `/Users/${id}`, statuses: [204] };
    }
  }

  /** Every second person is renamed by paths; the others by an object whose keys are paths. */
  #rename(index: number, cycle: number): object[] {
    const { displayName, familyName } = this.#tenancy.company.standing(index, cycle);
    if (index % 2 === 0) return [this.#replace('displayName', displayName), this.#replace('name.familyName', familyName)];
    return [{ op: this.#op('Replace'), value: { displayName, 'name.familyName': familyName } }];
  }

  /** A reference is looked for before it is written. */
  *#setManager(id: string, manager: number | undefined): Script {
    const value = manager === undefined ? undefined : this.#tenancy.users.get(manager);
    if (value === undefined) return;
    const filter = `${equals('id', id)} and ${equals('manager', value)}`;
    yield { kind: 'reference look-up', method: 'GET', path: `/Users?filter=${encodeURIComponent(filter)}&attributes=id`, statuses: [200], check: isList };
    yield this.#patchUser('user update', id, { [`${ENTERPRISE_SCHEMA}/manager/value`]: value }, { op: this.#op('Add'), path: MANAGER, value });
  }

  *createGroup(group: number): Script {
    const { company, groups, users } = this.#tenancy;
    const displayName = company.groupName(group, 0);
    const path = `/Groups?excludedAttributes=members&filter=${encodeURIComponent(equals('displayName', displayName))}`;
    const found = resourcesOf((yield { kind: 'group look-up', method: 'GET', path, statuses: [200], check: isSelection('displayName', displayName) }).body)[0];
    if (found === undefined) {
      const schemas = this.#compliant ? [GROUP_SCHEMA] : [GROUP_SCHEMA, LEGACY_GROUP_SCHEMA];
      const body = { schemas, externalId: guidAt(company.size.seed, group, 2), displayName, meta: { resourceType: 'Group' } };
      const answer = yield { kind: 'group create', method: 'POST', path: '/Groups', body, statuses: [201], check: isCreated({ displayName }) };
      groups.set(group, String(valueAt(answer.body, 'id')), true);
    } else groups.set(group, String(valueAt(found, 'id')), false);
    yield this.#readGroup(group);
    yield* this.#add(group, idsOf(users, company.initialMembers(group)));
  }

  #readGroup(group: number): Step {
    const id = this.#tenancy.groups.get(group);
    const check = (body: unknown): string | undefined => holds({ id })(body) ?? (valueAt(body, 'members') === undefined ? undefined : 'members were excluded and yet came.');
    return { kind: 'group read', method: 'GET', path: `/Groups/${id}?excludedAttributes=members`, statuses: [200], check };
  }

  #patchGroup(kind: string, group: number, ...operations: readonly object[]): Step {
    const id = this.#tenancy.groups.get(group);
    return { kind, method: 'PATCH', path: `/Groups/${id}`, body: patchOf(...operations), statuses: [200, 204], check: holdsIfTold({ id }) };
  }

  *#add(group: number, ids: Iterable<[id: string, index: number]>): Script {
    for (const some of chunks(ids, MEMBERS_AT_ONCE)) {
      const value = some.map(([id]) => ({ $ref: null, value: id }));
      yield this.#patchGroup('members add', group, { op: this.#op('Add'), path: 'members', value });
    }
  }

  *#remove(group: number, ids: Iterable<[id: string, index: number]>): Script {
    for (const some of chunks(ids, MEMBERS_AT_ONCE)) {
      const operations = this.#compliant
        ? some.map(([id]) => ({ op: 'remove', path: `members[${equals('value', id)}]` }))
        : [{ op: 'Remove', path: 'members', value: some.map(([id]) => ({ $ref: null, value: id })) }];
      yield this.#patchGroup('members remove', group, ...operations);
    }
  }

  /** Who was deleted is not taken out of groups: that the server does by itself, or it keeps a member who is nobody. */
  *changeGroup(group: number, cycle: number, add: readonly number[], remove: readonly number[]): Script {
    const { company, groups, users } = this.#tenancy;
    const id = groups.get(group);
    if (id === undefined) return;
    if (company.isDissolved(group, cycle)) {
      yield { kind: 'group delete', method: 'DELETE', path: `/Groups/${id}`, statuses: [204] };
      return;
    }
    const still = remove.filter((index) => company.eventOf(index, cycle) !== 'delete');
    if (!company.isRenamed(group, cycle) && still.length + add.length === 0) return;
    yield this.#readGroup(group);
    const displayName = company.groupName(group, cycle);
    if (company.isRenamed(group, cycle)) yield { ...this.#patchGroup('group rename', group, this.#replace('displayName', displayName)), check: holdsIfTold({ id, displayName }) };
    yield* this.#remove(group, idsOf(users, still));
    yield* this.#add(group, idsOf(users, add));
  }
}
