import type { Statement } from '../database/index.ts';
import { markResolved, staleMembers } from '../domain/accounts/index.ts';
import { appendAudit } from '../domain/audit/index.ts';
import { appendOutbox } from '../domain/outbox/index.ts';
import type { ProvisioningOptions } from './provision-user.ts';
import { loadMemberships, readLoaded, settleRoles } from './role-settlement.ts';

/** Memberships settled in one transaction: enough to be quick, few enough not to hold everybody's locks for long. */
const PORTION = 500;

/**
 * Resolves the roles of these members anew, from what the database holds once they are locked, and writes the
 * difference.
 * @param open sets organization and actor
 * @returns whose roles changed
 */
export async function reconcileRoles(options: ProvisioningOptions, open: Statement, accountIds: readonly string[]): Promise<readonly string[]> {
  const changed: string[] = [];
  for (let from = 0; from < accountIds.length; from += PORTION) {
    const portion = accountIds.slice(from, from + PORTION);
    const done = await options.database.lockThenApply<readonly string[]>([open, ...loadMemberships({ accounts: portion })], ([, ...rows]) => {
      const settlement = settleRoles(readLoaded(rows, options.roles), options.roles, {}, options.clock.now());
      return {
        apply: [
          ...settlement.statements,
          markResolved(portion),
          ...(settlement.audit.length > 0 ? [appendAudit(settlement.audit)] : []),
          ...(settlement.outbox.length > 0 ? [appendOutbox(settlement.outbox)] : []),
        ],
        result: () => settlement.changed,
      };
    });
    changed.push(...done);
  }
  return changed;
}

/** Reconciles every member of the organization whose roles were resolved under an older map, or who was marked. */
export async function reconcileStale(options: ProvisioningOptions, open: Statement): Promise<number> {
  let total = 0;
  for (;;) {
    const [, rows = []] = await options.database.batch([open, staleMembers(PORTION)]);
    if (rows.length === 0) return total;
    total += (await reconcileRoles(options, open, rows.map((row) => row['account_id'] as string))).length;
  }
}
