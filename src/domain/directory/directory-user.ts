import type { UniqueChange } from './unique-value.ts';

/** What the directory keeps of a user that a feed pushed. The resource text is opaque here: a feed's language. */
export interface DirectoryUserFields {
  readonly userName: string;
  readonly externalId: string | null;
  readonly displayName: string | null;
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly email: string | null;
  /** Further addresses of the person, to be searched. */
  readonly otherEmails: readonly string[];
  /** Numbers of the values that only the resource holds, by which they are found. */
  readonly valueKeys: readonly number[];
  readonly active: boolean;
  /** Further standard claims in the terms of OpenID Connect Core §5.1, for the membership. */
  readonly profile: Readonly<Record<string, unknown>>;
  /** The resource as its feed will read it again, as JSON text. */
  readonly resource: string;
  /** Values that nobody else may hold, as far as they change; absent where none do. */
  readonly unique?: UniqueChange;
}

/** A group that a user is in, directly or through another group. */
export interface GroupOfUser {
  readonly id: string;
  readonly connectionId: string;
  readonly name: string;
  readonly externalId: string | null;
  readonly direct: boolean;
}

export interface DirectoryUser {
  readonly id: string;
  readonly accountId: string;
  readonly active: boolean;
  readonly resource: string;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly groups: readonly GroupOfUser[];
}

export interface DirectoryGroupFields {
  readonly displayName: string;
  readonly externalId: string | null;
  readonly resource: string;
  /** As with users. */
  readonly unique?: UniqueChange;
}

export interface DirectoryGroup {
  readonly id: string;
  readonly displayName: string;
  readonly externalId: string | null;
  readonly resource: string;
  /** The resource's own version; changes of members do not raise it. */
  readonly version: number;
  readonly createdAt: Date;
  /** The later of the resource's and its members' last change. */
  readonly updatedAt: Date;
}

export type MemberKind = 'User' | 'Group';

export interface MemberRef {
  readonly id: string;
  readonly kind: MemberKind;
}

/** How a caller narrows a list; conditions of the feed's own filter language arrive already translated. */
export interface Page {
  /** How many resources to pass over. */
  readonly offset: number;
  readonly limit: number;
}
