import type { OrganizationFacts } from '../../domain/sessions/index.ts';

/** What the provider needs to know of a person in one organization. */
export interface MemberFacts {
  readonly accountId: string;
  readonly orgId: string;
  readonly orgSlug: string;
  readonly accountStatus: 'active' | 'disabled';
  readonly membershipStatus: 'active' | 'suspended';
  readonly organizationStatus: 'active' | 'suspended';
  readonly userName?: string | null | undefined;
  readonly displayName?: string | null | undefined;
  readonly email?: string | null | undefined;
  readonly emailVerified: boolean;
  /** Further standard claims, as last told by the feed or the provider. */
  readonly profile: Readonly<Record<string, unknown>>;
  readonly roles: readonly string[];
  readonly groups: readonly string[];
  /** Raised whenever roles or status change. */
  readonly epoch: number;
}

/** A membership in an active organization, as the picker shows it. */
export interface MembershipFacts {
  readonly orgId: string;
  readonly slug: string;
  readonly name: string;
  /** Of the membership. */
  readonly status: string;
}

/** The people and organizations behind the provider; the composition root hands it over. */
export interface ProviderDirectory {
  /** With the roles that hold now. */
  findMember(orgId: string, accountId: string): Promise<MemberFacts | undefined>;
  /** Empty for an account that is disabled or unknown. */
  organizationsOfAccount(accountId: string): Promise<readonly MembershipFacts[]>;
  findOrganization(slugOrId: string): Promise<OrganizationFacts | undefined>;
  /** The organization that proved to own the domain. */
  organizationForDomain(domain: string): Promise<OrganizationFacts | undefined>;
}

/** May this person act in this organization now? Everything that can be switched off counts. */
export const isActive = (member: MemberFacts): boolean =>
  member.accountStatus === 'active' && member.membershipStatus === 'active' && member.organizationStatus === 'active';
