import { ORG } from '../../database/context-sql.ts';
import type { AdministrativeTransaction } from '../../database/index.ts';
import { overridesOf, type RoleOverrides } from './role-overrides.ts';

/** The overrides of a member, locked for a change; undefined when the account is no member here. */
export async function lockOverrides(tx: AdministrativeTransaction, accountId: string): Promise<{ readonly overrides: RoleOverrides | null } | undefined> {
  const [row] = await tx.sql<{ claims: Record<string, unknown> }>(
    `select claims from membership where org_id = ${ORG} and account_id = $1 for update`,
    [accountId],
  );
  return row === undefined ? undefined : { overrides: overridesOf(row.claims) };
}

/** Writes or (null) clears them. The membership is stale until its roles have been resolved anew. */
export async function writeOverrides(tx: AdministrativeTransaction, accountId: string, overrides: RoleOverrides | null): Promise<void> {
  await tx.sql(
    `update membership
        set claims = case when $2::jsonb is null then claims - 'role_overrides' else jsonb_set(claims, '{role_overrides}', $2::jsonb) end,
            resolved_generation = 0, updated_at = now()
      where org_id = ${ORG} and account_id = $1`,
    [accountId, overrides === null ? null : JSON.stringify(overrides)],
  );
}
