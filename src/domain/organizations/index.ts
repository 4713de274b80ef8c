/**
 * Organizations and who belongs to them. It owns the organization itself and the domains it claims, and finds its members; how somebody becomes or
 * ceases to be a member is `provisioning`, who a member is elsewhere is `accounts`, what a member may do is `access`.
 */
export { checkSlug, isId, type Organization, type OrganizationSettings, type OrganizationStatus } from './organization.ts';
export { OrganizationStore, type NewOrganization, type OrganizationChanges } from './organization-store.ts';
export type { MemberPosition, OrganizationMember } from './organization-member.ts';
export { MemberDirectory, positionOf } from './member-directory-store.ts';
export { OrganizationFinder, type FoundOrganization } from './organization-finder-store.ts';
export { isProved, proofRecord, type DomainProof, type OrganizationDomain, type ProofRecord } from './organization-domain.ts';
export { OrganizationDomainStore } from './organization-domain-store.ts';
export { listMembers } from './organization-member-store.ts';
