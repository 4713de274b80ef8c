import { type OrganizationContext, organizationContext } from '../database/index.ts';
import { disableWithoutMembership, lockMemberships, moveMembership, shareAccount } from '../domain/accounts/index.ts';
import { appendAudit } from '../domain/audit/index.ts';
import { endGrants } from '../domain/grants/index.ts';
import { endSessionProofs } from '../domain/sessions/index.ts';
import { DomainError } from '../platform/errors.ts';
import type { ProvisioningOptions } from './provision-user.ts';

/**
 * Says that a member of one organization is a person who has an account already: the only way by which a further
 * identity joins an account. Never done by a feed or a sign-in, always by somebody, always told.
 * @param context the organization of the membership, and who decides
 * @param memberId the account that holds the membership now; it is disabled if nothing else is left to it
 * @param accountId the account that holds it afterwards
 */
export async function linkAccount(
  options: ProvisioningOptions,
  context: OrganizationContext,
  memberId: string,
  accountId: string,
  requestId: string,
): Promise<void> {
  if (memberId === accountId) throw new DomainError('invalid', 'accounts.link_to_itself', 'The membership belongs to this account already.');
  await options.database.lockThenApply<void>(
    [organizationContext(context), lockMemberships({ accounts: [memberId, accountId] }), shareAccount(accountId)],
    ([, memberships = [], account = []]) => {
      const held = new Set(memberships.map((row) => row['account_id']));
      if (!held.has(memberId)) throw new DomainError('not-found', 'accounts.member_unknown', 'The organization has no such member.');
      if (account.length === 0) throw new DomainError('not-found', 'accounts.account_unknown', 'There is no such active account to link to.');
      if (held.has(accountId)) {
        throw new DomainError('conflict', 'accounts.already_member', 'The account is a member of this organization already; remove that membership first.');
      }
      return {
        apply: [
          endGrants(memberId),
          endSessionProofs(memberId),
          ...moveMembership(memberId, accountId),
          disableWithoutMembership(memberId),
          appendAudit([{ action: 'account.linked', targetType: 'account', targetId: accountId, details: { from: memberId }, requestId }]),
        ],
        result: () => undefined,
      };
    },
  );
}
