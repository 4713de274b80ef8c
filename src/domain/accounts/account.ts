/** What an organization knows of a member, in the terms of OpenID Connect Core §5.1. */
export interface MemberProfile {
  readonly userName: string | null;
  readonly displayName: string | null;
  readonly email: string | null;
  readonly emailVerified: boolean;
  readonly profile: Readonly<Record<string, unknown>>;
}

export type MembershipStatus = 'active' | 'suspended';

/** A person in one organization, with everything a token may say. */
export interface Member extends MemberProfile {
  readonly orgId: string;
  readonly orgSlug: string;
  readonly accountId: string;
  readonly accountStatus: 'active' | 'disabled';
  readonly membershipStatus: MembershipStatus;
  readonly organizationStatus: 'active' | 'suspended';
  readonly claims: Readonly<Record<string, unknown>>;
  /** Rows of persisted roles; which of them are in force now, `access` says. */
  readonly grants: readonly StoredGrant[];
  readonly groups: readonly string[];
  readonly epoch: number;
  /** The roles were resolved under an older group → role map and must be resolved anew before they are told. */
  readonly stale: boolean;
}

/** A persisted role as it stands, opaque to this room. */
export interface StoredGrant {
  readonly role: string;
  readonly cause: string;
  readonly causeRef: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number | null;
}

export interface OrganizationOfAccount {
  readonly orgId: string;
  readonly slug: string;
  readonly name: string;
  readonly status: MembershipStatus;
}

/** A membership as it stands under lock while roles or status are decided. */
export interface LockedMembership {
  readonly accountId: string;
  readonly status: MembershipStatus;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly epoch: number;
}

/** Which memberships a statement is about: by account, or by the users of the current feed. */
export type MembershipScope = { readonly accounts: readonly string[] } | { readonly users: readonly string[] };
