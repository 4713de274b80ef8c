import { explainRoles } from '../../domain/access/index.ts';
import type { Organization, OrganizationMember } from '../../domain/organizations/index.ts';
import type { AdminDependencies } from './admin-dependencies.ts';
import { found, type OrganizationScope } from './admin-operation.ts';

/** A member as lists show one. */
export const memberAnswer = (organization: Organization, member: OrganizationMember): object => ({
  id: member.accountId,
  organization: organization.slug,
  userName: member.userName,
  displayName: member.displayName,
  email: member.email,
  emailVerified: member.emailVerified,
  status: member.status,
  createdAt: member.createdAt,
  updatedAt: member.updatedAt,
});

/** @param reference id or user name; a member of another organization is nobody here */
export const findMember = async ({ members }: Pick<AdminDependencies, 'members'>, organization: Organization, reference: string): Promise<OrganizationMember> =>
  found(await members.find(organization.id, reference), 'user', organization);

/** A member with roles, the reasons for each, and overrides. */
export async function userAnswer(dependencies: Pick<AdminDependencies, 'members' | 'desk'>, scope: OrganizationScope, reference: string): Promise<object> {
  const member = await findMember(dependencies, scope.organization, reference);
  const { resolved, overrides } = found(await dependencies.desk.explain(scope.context, member.accountId), 'user', scope.organization);
  return { ...memberAnswer(scope.organization, member), roles: resolved.roles, reasons: explainRoles(resolved), overrides };
}
