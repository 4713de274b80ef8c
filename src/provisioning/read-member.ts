import { type Database, organizationContext } from '../database/index.ts';
import { type RoleGrant, effectiveRoles, overridesOf } from '../domain/access/index.ts';
import { type Member, type OrganizationOfAccount, organizationsOfAccount, readMember, toMember, toOrganizationOfAccount } from '../domain/accounts/index.ts';
import type { ProvisioningOptions } from './provision-user.ts';
import { reconcileRoles } from './reconcile-roles.ts';

/** A member with the roles that are in force at this moment. */
export interface MemberWithRoles extends Member {
  readonly roles: readonly string[];
}

const ACTOR = 'system';

async function read({ database }: ProvisioningOptions, orgId: string, accountId: string): Promise<Member | undefined> {
  const [, rows] = await database.batch([organizationContext({ orgId, actor: ACTOR }), readMember(accountId)]);
  return rows?.[0] && toMember(rows[0]);
}

/**
 * What a token may say of a member. Roles that were resolved under an older map, or wait for their reconciliation, are
 * resolved first: a token never tells what no longer holds.
 */
export async function findMember(options: ProvisioningOptions, orgId: string, accountId: string): Promise<MemberWithRoles | undefined> {
  let member = await read(options, orgId, accountId);
  if (member?.stale) {
    await reconcileRoles(options, organizationContext({ orgId, actor: ACTOR }), [accountId]);
    member = await read(options, orgId, accountId);
  }
  if (!member) return undefined;
  const standing = { status: member.membershipStatus, overrides: overridesOf(member.claims), now: options.clock.now() };
  return { ...member, roles: effectiveRoles(member.grants as readonly RoleGrant[], standing) };
}

/** Where this person is a member; empty for an account that is disabled or unknown. */
export async function findOrganizationsOfAccount({ database }: { readonly database: Pick<Database, 'batch'> }, accountId: string): Promise<OrganizationOfAccount[]> {
  const [rows = []] = await database.batch([organizationsOfAccount(accountId)]);
  return rows.map(toOrganizationOfAccount);
}
