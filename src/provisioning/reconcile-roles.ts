import type { Row, Statement } from '../database/index.ts';
import { nextChange, overridesOf } from '../domain/access/index.ts';
import { dueMembers, markResolved, raiseEpochs, setDue, staleMembers, type MemberDue } from '../domain/accounts/index.ts';
import { appendAudit, type AuditEvent } from '../domain/audit/index.ts';
import { appendOutbox, type OutboxEvent } from '../domain/outbox/index.ts';
import type { ProvisioningOptions } from './provision-user.ts';
import { loadMemberships, readLoaded, settleRoles, type LoadedMemberships, type Settlement } from './role-settlement.ts';

/** Memberships settled in one transaction: enough to be quick, few enough not to hold everybody's locks for long. */
const PORTION = 500;

const accountsIn = (rows: readonly Row[]): string[] => rows.map((row) => row['account_id'] as string);

const dueOf = ({ memberships, grants }: LoadedMemberships, now: number): MemberDue[] =>
  memberships.map(({ accountId, claims }) => ({ accountId, dueAt: nextChange(grants.get(accountId) ?? [], overridesOf(claims), now) }));

/** For whom time alone has changed something that no row tells, such as the end of a suppression: what was issued before is older. */
function elapsedAlone(elapsed: readonly string[], { changed }: Settlement): { accounts: string[]; audit: AuditEvent[]; outbox: OutboxEvent[] } {
  const settled = new Set(changed);
  const accounts = elapsed.filter((account) => !settled.has(account));
  return {
    accounts,
    audit: accounts.map((account) => ({ action: 'membership.roles_elapsed', targetType: 'account', targetId: account })),
    outbox: accounts.map((account) => ({ kind: 'roles.changed', payload: { account } })),
  };
}

/**
 * Resolves the roles of these members anew, from what the database holds once they are locked, and writes the
 * difference, and when time will next change them.
 * @param open sets organization and actor
 * @returns whose roles changed
 */
export async function reconcileRoles(options: ProvisioningOptions, open: Statement, accountIds: readonly string[]): Promise<readonly string[]> {
  const changed: string[] = [];
  for (let from = 0; from < accountIds.length; from += PORTION) {
    const portion = accountIds.slice(from, from + PORTION);
    const now = options.clock.now();
    const lock = [open, ...loadMemberships({ accounts: portion }), dueMembers(now, portion.length, portion)];
    const done = await options.database.lockThenApply<readonly string[]>(lock, ([, ...rows]) => {
      const loaded = readLoaded(rows, options.roles);
      const settlement = settleRoles(loaded, options.roles, {}, now);
      const elapsed = elapsedAlone(accountsIn(rows.at(-1) ?? []), settlement);
      const [audit, outbox] = [[...settlement.audit, ...elapsed.audit], [...settlement.outbox, ...elapsed.outbox]];
      return {
        apply: [
          ...settlement.statements,
          ...(elapsed.accounts.length > 0 ? [raiseEpochs(elapsed.accounts)] : []),
          markResolved(portion),
          setDue(dueOf(loaded, now)),
          ...(audit.length > 0 ? [appendAudit(audit)] : []),
          ...(outbox.length > 0 ? [appendOutbox(outbox)] : []),
        ],
        result: () => [...settlement.changed, ...elapsed.accounts],
      };
    });
    changed.push(...done);
  }
  return changed;
}

/** Reconciles in portions until nobody is left. */
async function reconcileAll(options: ProvisioningOptions, open: Statement, next: () => Statement): Promise<number> {
  let total = 0;
  for (;;) {
    const [, rows = []] = await options.database.batch([open, next()]);
    if (rows.length === 0) return total;
    total += (await reconcileRoles(options, open, accountsIn(rows))).length;
  }
}

/** Reconciles every member of the organization whose roles were resolved under an older map, or who was marked. */
export const reconcileStale = (options: ProvisioningOptions, open: Statement): Promise<number> => reconcileAll(options, open, () => staleMembers(PORTION));

/** Reconciles every member of the organization of whom a grant or an override has expired. */
export const reconcileDue = (options: ProvisioningOptions, open: Statement): Promise<number> =>
  reconcileAll(options, open, () => dueMembers(options.clock.now(), PORTION));
