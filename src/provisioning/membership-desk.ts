import { organizationContext, type OrganizationContext } from '../database/index.ts';
import type { GroupRoleRule } from '../domain/access/index.ts';
import { createLocalUser, type LocalUser } from './create-local-user.ts';
import { explainMember, type ExplainedMember } from './explain-member.ts';
import { linkAccount } from './link-account.ts';
import { previewMapping, type MappingPreview } from './preview-mapping.ts';
import type { ProvisioningOptions } from './provision-user.ts';
import { reconcileRoles, reconcileStale } from './reconcile-roles.ts';

/** What administrators may ask about people and roles of an organization, bound to one hub. */
export interface MembershipDesk {
  /** @returns the account's id */
  createLocalUser(context: OrganizationContext, user: LocalUser, requestId: string): Promise<string>;
  /** Says that a member is a person who has an account already. */
  linkAccount(context: OrganizationContext, memberId: string, accountId: string, requestId: string): Promise<void>;
  /** undefined when the account is no member */
  explain(context: OrganizationContext, accountId: string): Promise<ExplainedMember | undefined>;
  /** Changes nothing. */
  preview(context: OrganizationContext, rules: readonly GroupRoleRule[]): Promise<MappingPreview>;
  /** @returns whose roles changed */
  reconcile(context: OrganizationContext, accountIds: readonly string[]): Promise<readonly string[]>;
  /** Everybody resolved under an older map. @returns how many have other roles now */
  reconcileStale(context: OrganizationContext): Promise<number>;
}

export const createMembershipDesk = (options: ProvisioningOptions): MembershipDesk => ({
  createLocalUser: (context, user, requestId) => createLocalUser(options, context, user, requestId),
  linkAccount: (context, memberId, accountId, requestId) => linkAccount(options, context, memberId, accountId, requestId),
  explain: (context, accountId) => explainMember(options, context, accountId),
  preview: (context, rules) => previewMapping(options, context, rules),
  reconcile: (context, accountIds) => reconcileRoles(options, organizationContext(context), accountIds),
  reconcileStale: (context) => reconcileStale(options, organizationContext(context)),
});
