import type { DirectoryUser, DirectoryUserFields } from '../../domain/directory/index.ts';
import { entityTag } from './entity-tag.ts';
import { valueKeysOf } from './keyed-values.ts';
import { type JsonObject, type JsonValue, isObject, textOf } from './resource-json.ts';

/** SCIM ⇄ directory user: the only file that speaks both languages. */

const isPrimary = (value: JsonValue): boolean => isObject(value) && value['primary'] === true;

/** The address that stands for the person: the primary one, else the one of type work, else the first. */
function email(resource: JsonObject): string | null {
  const list = resource['emails'];
  if (!Array.isArray(list)) return null;
  const chosen = list.find(isPrimary) ?? list.find((value) => isObject(value) && value['type'] === 'work') ?? list[0];
  return isObject(chosen) ? textOf(chosen, 'value') : null;
}

function addresses(resource: JsonObject): string[] {
  const list = resource['emails'];
  return Array.isArray(list) ? list.flatMap((value) => (isObject(value) ? (textOf(value, 'value') ?? []) : [])) : [];
}

/** SCIM attribute → standard claim of OpenID Connect Core §5.1. */
const PROFILE_OF = { nickName: 'nickname', profileUrl: 'profile', timezone: 'zoneinfo', locale: 'locale' } as const;
const PROFILE_OF_NAME = { givenName: 'given_name', familyName: 'family_name', middleName: 'middle_name' } as const;

function profile(resource: JsonObject, name: JsonObject): Record<string, unknown> {
  const claims: Record<string, unknown> = {};
  for (const [attribute, claim] of Object.entries(PROFILE_OF)) if (typeof resource[attribute] === 'string') claims[claim] = resource[attribute];
  for (const [attribute, claim] of Object.entries(PROFILE_OF_NAME)) if (typeof name[attribute] === 'string') claims[claim] = name[attribute];
  return claims;
}

/** Live, or (the password) not the directory's to keep. A checked body hardly ever has them. */
const NOT_STORED = ['password', 'groups', 'meta'] as const;

function storable(resource: JsonObject): JsonObject {
  if (!NOT_STORED.some((name) => name in resource)) return resource;
  const { password: _password, groups: _groups, meta: _meta, ...rest } = resource;
  return rest;
}

/** As JSON text, in one go; what it does not say of itself is put in front. */
function storedText(id: string, resource: JsonObject, active: boolean): string {
  const own = `${resource['id'] === undefined ? `"id":"${id}",` : ''}${resource['active'] === undefined ? `"active":${active},` : ''}`;
  return `{${own}${JSON.stringify(storable(resource)).slice(1)}`;
}

/** A checked resource as the directory keeps it. */
export function userFields(id: string, resource: JsonObject): DirectoryUserFields {
  const name = isObject(resource['name']) ? resource['name'] : {};
  const active = resource['active'] !== false;
  const address = email(resource);
  return {
    userName: textOf(resource, 'userName') ?? '',
    externalId: textOf(resource, 'externalId'),
    displayName: textOf(resource, 'displayName') ?? textOf(name, 'formatted'),
    givenName: textOf(name, 'givenName'),
    familyName: textOf(name, 'familyName'),
    email: address,
    otherEmails: addresses(resource).filter((one) => one !== address),
    valueKeys: valueKeysOf(resource),
    active,
    profile: profile(resource, name),
    resource: storedText(id, resource, active),
  };
}

const quoted = (value: string): string => JSON.stringify(value);

/** `groups` is readOnly and live: direct ones, and those that stand above them (RFC 7643 §4.1.2). */
function groupsJson(user: DirectoryUser, base: string): string {
  const values = user.groups.map(
    (group) => `{"value":"${group.id}","$ref":"${base}/Groups/${group.id}","display":${quoted(group.name)},"type":"${group.direct ? 'direct' : 'indirect'}"}`,
  );
  return `"groups":[${values.join(',')}],`;
}

/** The resource as a client reads it: the stored text with what is live spliced in, never parsed. */
export function renderUser(user: DirectoryUser, base: string): string {
  const groups = user.groups.length > 0 ? groupsJson(user, base) : '';
  const meta =
    `"meta":{"resourceType":"User","created":"${user.createdAt.toISOString()}","lastModified":"${user.updatedAt.toISOString()}",` +
    `"location":"${base}/Users/${user.id}","version":${quoted(entityTag(user.version))}}`;
  return `${user.resource.slice(0, -1)},${groups}${meta}}`;
}
