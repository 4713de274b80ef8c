import type { GrantBindingStore } from '../../domain/grants/index.ts';
import { claimsOf } from './claims.ts';
import { isActive, type MemberFacts, type ProviderDirectory } from './member-facts.ts';
import type { EntryGuard } from './organization-entry.ts';
import type { Account, KoaContextWithOIDC } from './provider-package.ts';

/** An account as the provider holds it: with the membership of the one organization its grant is for. */
export interface MemberAccount extends Account {
  readonly member?: MemberFacts;
}

export const memberOf = (account: Account | undefined): MemberFacts | undefined => account?.member as MemberFacts | undefined;

interface FoundToken {
  readonly grantId?: string | undefined;
}

export interface AccountSource {
  /** The provider's hook. Undefined, never anything else, for whoever may not act: the package trusts every other answer. */
  readonly findAccount: (context: KoaContextWithOIDC, accountId: string, token?: FoundToken) => Promise<MemberAccount | undefined>;
}

/**
 * Asked with a token or code, the answer is about the organization of its grant and with the roles that hold now, as long
 * as that organization would still let the person in by what proved them: every refresh comes through here. Asked with a
 * session alone, it only says that the account may still act somewhere; which organization it enters is decided after.
 */
export function accountSource(directory: ProviderDirectory, bindings: Pick<GrantBindingStore, 'find'>, guard: Pick<EntryGuard, 'stillProved'>): AccountSource {
  return {
    async findAccount(_context, accountId, token) {
      if (token === undefined) {
        const memberships = await directory.organizationsOfAccount(accountId);
        if (!memberships.some(({ status }) => status === 'active')) return undefined;
        return { accountId, claims: () => ({ sub: accountId }) };
      }
      if (token.grantId === undefined) return undefined;
      const binding = await bindings.find(token.grantId);
      if (binding === undefined || binding.accountId !== accountId) return undefined;
      const [member, proved] = await Promise.all([directory.findMember(binding.orgId, accountId), guard.stillProved(binding)]);
      if (member === undefined || !isActive(member) || !proved) return undefined;
      return { accountId, member, claims: () => claimsOf(member) };
    },
  };
}
