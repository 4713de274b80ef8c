import { organizationContext, type OrganizationContext } from '../database/index.ts';
import { insertGrants } from '../domain/access/index.ts';
import { holdersOfUserName, insertPerson, lockUserName } from '../domain/accounts/index.ts';
import { appendAudit } from '../domain/audit/index.ts';
import { hashPassword, putPassword } from '../domain/credentials/index.ts';
import { DomainError } from '../platform/errors.ts';
import { foldKey } from '../platform/fold.ts';
import { uuidv7 } from '../platform/uuid.ts';
import type { ProvisioningOptions } from './provision-user.ts';
import { grantsOfNewcomer } from './role-settlement.ts';

/** A person without an identity provider. */
export interface LocalUser {
  readonly userName: string;
  readonly displayName?: string | undefined;
  readonly email?: string | undefined;
  /** Without one the person cannot sign in until one is set or an identity is linked. */
  readonly password?: string | undefined;
}

/**
 * Makes a member by hand: for operators, and for the day an identity provider is down.
 * @returns the account's id
 */
export async function createLocalUser(options: ProvisioningOptions, context: OrganizationContext, user: LocalUser, requestId: string): Promise<string> {
  const accountId = uuidv7();
  // Before the lock: a password takes a while to hash.
  const hash = user.password === undefined ? undefined : await hashPassword(user.password);
  const key = foldKey(user.userName);
  const grants = grantsOfNewcomer(accountId, options.roles);
  const profile = { userName: user.userName, displayName: user.displayName ?? null, email: user.email ?? null, emailVerified: false, profile: {} };
  const details = { userName: user.userName, password: hash !== undefined, roles: grants.map(({ role }) => role) };
  return options.database.lockThenApply<string>([organizationContext(context), lockUserName(key), holdersOfUserName(key)], ([, , holders = []]) => {
    if (holders.length > 0) throw new DomainError('conflict', 'accounts.user_name_taken', `Somebody in the organization is called ${user.userName} already.`);
    return {
      apply: [
        ...insertPerson(accountId, 'active', profile),
        ...(hash === undefined ? [] : [putPassword(accountId, hash)]),
        ...(grants.length > 0 ? [insertGrants(grants)] : []),
        appendAudit([{ action: 'account.created', targetType: 'account', targetId: accountId, details, requestId }]),
      ],
      result: () => accountId,
    };
  });
}
