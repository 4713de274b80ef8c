/**
 * What SCIM clients send that the RFCs do not foresee, as data. A quirk is understood because of what the request looks
 * like, so no strict client is harmed by it; `vendors` says who is known to need it. `STRICT` understands none.
 */
export type Vendor = 'okta' | 'entra' | 'onelogin' | 'google' | 'jumpcloud' | 'ping';

export interface Quirk {
  readonly vendors: readonly Vendor[];
  /** The request in which it shows. */
  readonly when: string;
  /** How it is understood. */
  readonly what: string;
}

export const QUIRKS = {
  'boolean-as-text': {
    vendors: ['entra'],
    when: 'A boolean attribute, in a body, a PATCH value or a filter, holds "True" or "False" as a string, in any case.',
    what: 'It is the boolean. Any other string stays a wrong type.',
  },
  'operation-in-any-case': {
    vendors: ['entra'],
    when: 'A PATCH operation is called "Add", "Replace" or "Remove".',
    what: 'The case of the name does not matter.',
  },
  'no-operations': {
    vendors: ['entra'],
    when: 'A PATCH has an empty list of operations.',
    what: 'It succeeds and changes nothing.',
  },
  'empty-text-clears': {
    vendors: ['entra', 'okta'],
    when: 'A value is "", alone or as a part of a complex value.',
    what: 'It means the same as null (RFC 7643 §2.5): the attribute has no value.',
  },
  'list-of-one': {
    vendors: ['entra'],
    when: 'A single-valued attribute receives a list with one element, possibly wrapped as { "value": … }.',
    what: 'The element is the value; an empty list clears.',
  },
  'bare-reference': {
    vendors: ['entra', 'okta', 'onelogin'],
    when: 'A complex attribute with a value part, such as manager or one of the members, receives the bare text.',
    what: 'The text is its value part.',
  },
  'single-for-list': {
    vendors: ['entra', 'onelogin', 'jumpcloud'],
    when: 'A PATCH of a multi-valued attribute carries one object instead of a list.',
    what: 'It is a list of that one.',
  },
  'create-on-absent': {
    vendors: ['entra'],
    when: 'An add or replace selects, by a filter such as type eq "work", a value that does not exist yet.',
    what: 'The value is created with what the filter demands; where the filter does not say how, the answer is noTarget.',
  },
  'paths-as-keys': {
    vendors: ['entra', 'okta'],
    when: 'The value of a PATCH operation without path has keys like "name.familyName", "urn:…:User:department" or emails[type eq "work"].value.',
    what: 'Each key is a path of its own.',
  },
  'bare-extension-name': {
    vendors: ['entra'],
    when: 'A filter or a path names an attribute of an extension without its URN, such as manager eq "…".',
    what: 'It is that attribute, unless a core attribute has the same name.',
  },
  'unchanged-id': {
    vendors: ['okta'],
    when: 'The value of a PATCH operation without path repeats the id of the resource.',
    what: 'The same id is ignored; another one is refused.',
  },
  'remove-with-value': {
    vendors: ['entra'],
    when: 'A remove operation names a multi-valued attribute, such as members, and carries a value.',
    what: 'The listed values are removed, and no others.',
  },
  'legacy-group-urn': {
    vendors: ['entra'],
    when: 'The schemas of a group hold http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group.',
    what: 'It is understood as the core Group schema.',
  },
  'schemas-left-out': {
    vendors: ['jumpcloud', 'onelogin'],
    when: 'A body has no schemas.',
    what: 'It is taken for what the endpoint expects.',
  },
  'unsaid-active-stays': {
    vendors: ['okta'],
    when: 'A PUT does not mention active, or a PATCH clears it.',
    what: 'The person keeps the state; only an explicit false suspends, and only an explicit true brings back.',
  },
} as const satisfies Record<string, Quirk>;

export type QuirkName = keyof typeof QUIRKS;

/** The quirks that are understood. */
export type Dialect = ReadonlySet<QuirkName>;

export const QUIRK_NAMES = Object.keys(QUIRKS) as readonly QuirkName[];

/** Understands everything; the ordinary case, since every quirk shows in the request itself. */
export const TOLERANT: Dialect = new Set(QUIRK_NAMES);

/** Understands what the RFCs define and nothing else; for testing clients. */
export const STRICT: Dialect = new Set();

/** The quirks a vendor's client is known to need. */
export function dialectOf(vendor: Vendor): Dialect {
  return new Set(QUIRK_NAMES.filter((name) => (QUIRKS[name].vendors as readonly Vendor[]).includes(vendor)));
}

/** The legacy URNs of Entra's first connector, in lower case, and what they stand for. */
export const LEGACY_SCHEMAS: ReadonlyMap<string, string> = new Map([
  ['http://schemas.microsoft.com/2006/11/resourcemanagement/adscim/2.0/group', 'urn:ietf:params:scim:schemas:core:2.0:Group'],
]);
