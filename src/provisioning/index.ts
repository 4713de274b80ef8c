/**
 * Where both paths meet: a change that a feed pushed, and a statement about a person who signs in, become accounts,
 * memberships and roles here, with everything that must follow (audit, the end of what a person held, events for the
 * outside) in the same transaction. It decides and composes; rows belong to the rooms of the domain, protocols to the
 * endpoints.
 */
export { type UserEdit, updateUser } from './change-user.ts';
export { type LocalUser, createLocalUser } from './create-local-user.ts';
export { endAccessOfConnection, endAccessOfOrganization } from './end-access.ts';
export { type ExplainedMember, explainMember } from './explain-member.ts';
export type { Feed } from './feed.ts';
export { linkAccount } from './link-account.ts';
export { createMembershipDesk, type MembershipDesk } from './membership-desk.ts';
export type { MemberDelta } from './member-delta.ts';
export { type MappingPreview, type PreviewedMember, previewMapping } from './preview-mapping.ts';
export { type ProvisionedIdentity, type SignInConnection, provisionFromIdentity } from './provision-from-identity.ts';
export { type GroupEdit, createGroup, deleteGroup, updateGroup } from './provision-group.ts';
export { type ProvisioningOptions, createUser, deleteUser } from './provision-user.ts';
export { DecidedGroups } from './decided-groups.ts';
export { RecentUsers } from './recent-users.ts';
export { reconcileRoles, reconcileStale } from './reconcile-roles.ts';
export { settleOwed } from './settle-owed.ts';
export type { RoleSettings } from './role-settlement.ts';
export { type MemberWithRoles, findMember, findOrganizationsOfAccount } from './read-member.ts';
