/**
 * Who has which role in an organization, and why: the group to role map, defaults, overrides, roles set by hand, and the
 * one function that makes effective roles of them. What the feeds say about groups it leaves to the directory; when to
 * resolve and what follows from a change it leaves to provisioning.
 */
export { explainRoles, printRoles, type RoleAccount } from './explain-roles.ts';
export { foldGroup } from './group-key.ts';
export {
  parseGroupRoleMap,
  parseRoleDefaults,
  printGroupRoleMap,
  readGroupRoleMap,
  readRoleDefaults,
  type GroupRoleMap,
  type GroupRoles,
} from './group-role-map.ts';
export { indexRules, rulesFor, rulesFrom, type GroupRoleRule, type MemberGroup, type RuleIndex, type RuleSource } from './group-role-rule.ts';
export {
  effectiveRoles,
  resolveRoles,
  type ExplainedRole,
  type GroupsStatement,
  type ResolveInput,
  type ResolvedRoles,
  type RoleReason,
  type SetGrant,
  type WithheldRole,
} from './resolve-roles.ts';
export { nextChange } from './next-change.ts';
export { diffGrants, type GrantCause, type RoleGrant, type SetCause } from './role-grant.ts';
export { grantManually, revokeManually, type ManualGrant } from './manual-grant-store.ts';
export { namedRoles, readRoleMappings, replaceRoleMappings } from './role-mapping-store.ts';
export { ROLE_NAME_RULE, isRoleName } from './role-name.ts';
export { lockOverrides, writeOverrides } from './role-override-store.ts';
export { overridesApply, overridesOf, parseRoleOverrides, type RoleOverrides } from './role-overrides.ts';
export { insertRoles, readRoles, STANDARD_ROLES, toRole, type Role } from './role-store.ts';
export { describeFault, type TextFault } from './text-fault.ts';
export {
  type GrantChange,
  deleteGrants,
  insertGrants,
  lockMap,
  readMap,
  shareMap,
  toMemberGroup,
  toRule,
} from './grant-store.ts';
export { type ResolutionInputs, type ToldByConnection, resolutionInputs, toResolutionInputs } from './resolution-store.ts';
export { type MemberChange, type MemberChangeRequest, changeMembers, toMemberChange } from './member-change-store.ts';
export { type LockedMembers, type MemberLockQuestion, type TouchedMember, lockMembers, mappingKeysOf, toLockedMembers } from './member-lock-store.ts';
export { adoptRoleSettings } from './role-settings-store.ts';
