import { organizationContext } from '../database/index.ts';
import { markSettled, organizationsToSettle, readMapGeneration } from '../domain/accounts/index.ts';
import type { ProvisioningOptions } from './provision-user.ts';
import { reconcileDue, reconcileStale } from './reconcile-roles.ts';

/** @returns how many have other roles now */
async function settleOrganization(options: ProvisioningOptions, orgId: string): Promise<number> {
  const open = organizationContext({ orgId, actor: 'system' });
  // Read first: a map that changes meanwhile leaves the organization on the list.
  const [, rows] = await options.database.batch([open, readMapGeneration()]);
  const settled = (await reconcileStale(options, open)) + (await reconcileDue(options, open));
  await options.database.batch([open, markSettled(rows?.[0]?.['mapping_generation'])]);
  return settled;
}

/**
 * Resolves what waits anywhere: after a change of a map whose reconciliation was cut short, after marks that a killed
 * process left behind, after the expiry of a grant or an override. For a job; without anything to do it is one look.
 * @returns how many have other roles now
 * @throws the first failure, after the other organizations had their turn
 */
export async function settleOwed(options: ProvisioningOptions, signal?: AbortSignal): Promise<number> {
  const [rows = []] = await options.database.batch([organizationsToSettle()]);
  const faults: unknown[] = [];
  let settled = 0;
  for (const row of rows) {
    if (signal?.aborted === true) break;
    settled += await settleOrganization(options, row['org_id'] as string).catch((error: unknown) => {
      faults.push(error);
      return 0;
    });
  }
  if (faults.length > 0) throw faults[0];
  return settled;
}
