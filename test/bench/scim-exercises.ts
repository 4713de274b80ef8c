import type { Exercise } from './closed-loop.ts';
import type { WireReply } from './http-wire.ts';
import type { ScimSubject } from './scim-subject.ts';

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

const PAGE = 100;
const userName = (n: number): string => `bench${n}@bench.example`;

/** What an identity provider sends of a person: some 900 bytes. */
function userBody(n: number, title: string): string {
  return JSON.stringify({
    schemas: [USER, ENTERPRISE],
    userName: userName(n),
    externalId: `bench-${n}`,
    active: true,
    displayName: `Given${n} Family${n % 997}`,
    title,
    name: { givenName: `Given${n}`, familyName: `Family${n % 997}`, formatted: `Given${n} Family${n % 997}` },
    emails: [{ value: userName(n), type: 'work', primary: true }],
    phoneNumbers: [{ value: `+1 555 ${String(n).padStart(7, '0')}`, type: 'work' }],
    addresses: [{ type: 'work', streetAddress: `${n} Main Street`, locality: 'Springfield', region: 'CA', postalCode: '90000', country: 'US' }],
    preferredLanguage: 'en-US',
    timezone: 'Europe/Berlin',
    [ENTERPRISE]: { employeeNumber: String(100_000 + n), department: `Department ${n % 40}`, costCenter: `CC${n % 12}`, organization: 'Example' },
  });
}

interface Answer {
  readonly id?: string;
  readonly active?: boolean;
  readonly title?: string;
  readonly totalResults?: number;
  readonly Resources?: readonly { readonly id?: string }[];
}
const answerOf = ({ body }: WireReply): Answer => JSON.parse(body) as Answer;
const patchBody = (operation: object): string => JSON.stringify({ schemas: [PATCH], Operations: [operation] });

/** Any user, by a step that has no common divisor with ordinary sizes. */
const someone = (subject: ScimSubject): number => ((subject.count += 1) * 7919) % subject.users.length;

export function create(subject: ScimSubject): Exercise {
  const n = (subject.count += 1);
  return {
    request: { method: 'POST', path: subject.at('/Users'), body: userBody(n, 'Engineer') },
    isRight(reply) {
      const { id } = reply.status === 201 ? answerOf(reply) : {};
      if (id === undefined) return false;
      subject.users.push(id);
      subject.names.set(id, userName(n));
      return true;
    },
  };
}

export function createGroup(subject: ScimSubject): Exercise {
  const n = (subject.count += 1);
  return {
    request: { method: 'POST', path: subject.at('/Groups'), body: JSON.stringify({ schemas: [GROUP], displayName: `bench group ${n}` }) },
    isRight(reply) {
      const { id } = reply.status === 201 ? answerOf(reply) : {};
      if (id !== undefined) subject.groups.push(id);
      return id !== undefined;
    },
  };
}

export function read(subject: ScimSubject): Exercise {
  const id = subject.users[someone(subject)] ?? '';
  return { request: { method: 'GET', path: subject.at(`/Users/${id}`) }, isRight: (reply) => reply.status === 200 && reply.body.includes(id) };
}

export function findByUserName(subject: ScimSubject): Exercise {
  const id = subject.users[someone(subject)] ?? '';
  const filter = encodeURIComponent(`userName eq "${subject.names.get(id) ?? ''}"`);
  return {
    request: { method: 'GET', path: subject.at(`/Users?filter=${filter}`) },
    isRight(reply) {
      if (reply.status !== 200) return false;
      const { totalResults, Resources } = answerOf(reply);
      return totalResults === 1 && Resources?.[0]?.id === id;
    },
  };
}

export function page(subject: ScimSubject): Exercise {
  const start = 1 + (someone(subject) % Math.max(1, subject.users.length - PAGE));
  return {
    request: { method: 'GET', path: subject.at(`/Users?startIndex=${start}&count=${PAGE}`) },
    isRight: (reply) => reply.status === 200 && answerOf(reply).Resources?.length === PAGE,
  };
}

/** As Entra ID writes it: the operation capitalized, the value a text. */
export function patchActive(subject: ScimSubject): Exercise {
  const n = (subject.count += 1);
  const [id, active] = [subject.users[n % subject.users.length] ?? '', Math.floor(n / subject.users.length) % 2 === 1];
  return {
    request: { method: 'PATCH', path: subject.at(`/Users/${id}`), body: patchBody({ op: 'Replace', path: 'active', value: active ? 'True' : 'False' }) },
    isRight: (reply) => reply.status === 204 || (reply.status === 200 && answerOf(reply).active === active),
  };
}

export function put(subject: ScimSubject): Exercise {
  const n = (subject.count += 1);
  const id = subject.users[n % subject.users.length] ?? '';
  const number = Number(/^bench(\d+)@/.exec(subject.names.get(id) ?? '')?.[1] ?? 0);
  const title = `Lead ${n}`;
  return {
    request: { method: 'PUT', path: subject.at(`/Users/${id}`), body: userBody(number, title) },
    isRight: (reply) => reply.status === 200 && answerOf(reply).title === title && reply.body.includes(id),
  };
}

/** Every pair of a group and a user has a number: the first group is filled with everybody, then the next. */
function pairAt(subject: ScimSubject, n: number): { group: string; user: string } | undefined {
  const group = subject.groups[Math.floor(n / subject.users.length)];
  const user = subject.users[n % subject.users.length];
  return group === undefined || user === undefined ? undefined : { group, user };
}

const wasChanged = ({ status }: WireReply): boolean => status === 204 || status === 200;

export function addMember(subject: ScimSubject): Exercise | undefined {
  const pair = pairAt(subject, subject.added);
  if (pair === undefined) return undefined;
  subject.added += 1;
  return { request: { method: 'PATCH', path: subject.at(`/Groups/${pair.group}`), body: patchBody({ op: 'Add', path: 'members', value: [{ value: pair.user }] }) }, isRight: wasChanged };
}

/** Of those that were added, in the same order. */
export function removeMember(subject: ScimSubject): Exercise | undefined {
  const pair = subject.removed < subject.added ? pairAt(subject, subject.removed) : undefined;
  if (pair === undefined) return undefined;
  subject.removed += 1;
  return { request: { method: 'PATCH', path: subject.at(`/Groups/${pair.group}`), body: patchBody({ op: 'Remove', path: `members[value eq "${pair.user}"]` }) }, isRight: wasChanged };
}

/** How many members the groups show, against how many they must have by now: a change is answered without a body. */
export async function membersAreRight(subject: ScimSubject): Promise<boolean> {
  const [wire] = subject.wires;
  let shown = 0;
  for (const group of subject.groups) {
    const reply = await wire?.send({ method: 'GET', path: subject.at(`/Groups/${group}`) });
    if (reply?.status !== 200) return false;
    const { members = [] } = JSON.parse(reply.body) as { members?: unknown[] };
    shown += members.length;
  }
  return shown === subject.added - subject.removed;
}
