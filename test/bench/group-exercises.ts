import { numberedUser } from '../support/many-users.ts';
import { groupBody, patchBody } from '../support/scim-samples.ts';
import type { Exercise } from './closed-loop.ts';
import type { WireReply } from './http-wire.ts';
import type { ScimSubject } from './scim-subject.ts';

const BATCH = 500;

const wasChanged = ({ status }: WireReply): boolean => status === 204 || status === 200;
const change = (subject: ScimSubject, group: string, operation: object): Exercise => ({
  request: { method: 'PATCH', path: subject.at(`/Groups/${group}`), body: JSON.stringify(patchBody(operation)) },
  isRight: wasChanged,
});

export const addToGroup = (subject: ScimSubject, group: string, users: readonly string[]): Exercise =>
  change(subject, group, { op: 'add', path: 'members', value: users.map((value) => ({ value })) });

export const removeFromGroup = (subject: ScimSubject, group: string, user: string): Exercise => change(subject, group, { op: 'remove', path: `members[value eq "${user}"]` });

async function insist(subject: ScimSubject, { request, isRight }: Exercise): Promise<WireReply> {
  const [wire] = subject.wires;
  const reply = await wire?.send(request);
  if (reply === undefined || !isRight(reply)) throw new Error(`the group could not be filled: ${reply?.status} ${reply?.body.slice(0, 200)}`);
  return reply;
}

/** @returns id of a new group without members */
export async function growthGroup(subject: ScimSubject): Promise<string> {
  const { body } = await insist(subject, { request: { method: 'POST', path: subject.at('/Groups'), body: JSON.stringify(groupBody('growth')) }, isRight: ({ status }) => status === 201 });
  return (JSON.parse(body) as { id: string }).id;
}

/** By PATCH in batches, as an identity provider fills a group. */
export async function fillGroup(subject: ScimSubject, group: string, from: number, to: number): Promise<void> {
  for (let start = from; start < to; start += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, to - start) }, (_, index) => numberedUser(start + index + 1));
    await insist(subject, addToGroup(subject, group, batch));
  }
}
