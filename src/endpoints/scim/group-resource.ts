import type { DirectoryGroup, DirectoryGroupFields, MemberTexts } from '../../domain/directory/index.ts';
import { entityTag } from './entity-tag.ts';
import { type JsonObject, textOf } from './resource-json.ts';

/** SCIM ⇄ directory group: the only file that speaks both languages. */

/** A checked resource, without its members, as the directory keeps it. */
export function groupFields(id: string, resource: JsonObject): DirectoryGroupFields {
  const { schemas, meta: _meta, members: _members, ...rest } = resource;
  return {
    displayName: textOf(resource, 'displayName') ?? '',
    externalId: textOf(resource, 'externalId'),
    resource: JSON.stringify({ schemas: schemas ?? [], ...rest, id }),
  };
}

const idsOf = (text: string): string[] => (text === '' ? [] : text.split(','));

/** Built from parts without escaping: every part is an id of ours or the base of our own URLs. */
function membersJson({ users, groups }: MemberTexts, base: string): string {
  const one = (kind: 'User' | 'Group') => (id: string) => `{"value":"${id}","$ref":"${base}/${kind}s/${id}","type":"${kind}"}`;
  return [...idsOf(users).map(one('User')), ...idsOf(groups).map(one('Group'))].join(',');
}

/**
 * The version of the group itself, by which `If-Match` is judged, and the moment of its members' last change, so that a
 * reader who asks `If-None-Match` learns of both.
 */
export const groupVersion = (group: DirectoryGroup): string => `${group.version}.${group.updatedAt.getTime().toString(36)}`;

/** @param members nothing when the client does not want to see them; then they are not even loaded */
export function renderGroup(group: DirectoryGroup, members: MemberTexts | undefined, base: string): string {
  const list = members && (members.users !== '' || members.groups !== '') ? `"members":[${membersJson(members, base)}],` : '';
  const meta =
    `"meta":{"resourceType":"Group","created":"${group.createdAt.toISOString()}","lastModified":"${group.updatedAt.toISOString()}",` +
    `"location":"${base}/Groups/${group.id}","version":${JSON.stringify(entityTag(groupVersion(group)))}}`;
  return `${group.resource.slice(0, -1)},${list}${meta}}`;
}
