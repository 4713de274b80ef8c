import { organizationContext, type OrganizationContext } from '../database/index.ts';
import { overridesOf, type ResolvedRoles, type RoleOverrides } from '../domain/access/index.ts';
import type { ProvisioningOptions } from './provision-user.ts';
import { loadMemberships, readLoaded, resolveMember } from './role-settlement.ts';

/** A member's roles with their reasons, resolved now. */
export interface ExplainedMember {
  readonly resolved: ResolvedRoles;
  readonly overrides: RoleOverrides | null;
}

/** Why does this member have these roles? Resolved from the same rows as a settlement, and nothing written. */
export async function explainMember(options: ProvisioningOptions, context: OrganizationContext, accountId: string): Promise<ExplainedMember | undefined> {
  const [, ...rows] = await options.database.batch([organizationContext(context), ...loadMemberships({ accounts: [accountId] })]);
  const loaded = readLoaded(rows, options.roles);
  const [membership] = loaded.memberships;
  if (membership === undefined) return undefined;
  return { resolved: resolveMember(membership, loaded, options.roles, {}, options.clock.now()), overrides: overridesOf(membership.claims) };
}
