import { ORG } from '../../database/context-sql.ts';
import type { AdministrativeTransaction } from '../../database/index.ts';
import { DomainError } from '../../platform/errors.ts';
import { ROLE_NAME_RULE, isRoleName } from './role-name.ts';

/** A role given by hand: no sync takes it away. */
export interface ManualGrant {
  readonly accountId: string;
  readonly role: string;
  readonly expiresAt: Date | null;
  readonly grantedBy: string;
}

/**
 * Gives a role, or changes until when. Locks the membership first, as everyone does who touches its grants.
 * @returns false when the account is no member here
 */
export async function grantManually(tx: AdministrativeTransaction, grant: ManualGrant): Promise<boolean> {
  if (!isRoleName(grant.role)) throw new DomainError('invalid', 'access.role_name_invalid', `A role's name is ${ROLE_NAME_RULE}.`);
  if (!(await touchMembership(tx, grant.accountId))) return false;
  await tx.sql(
    `insert into role_grant (org_id, account_id, role, cause, expires_at, granted_by) values (${ORG}, $1, $2, 'manual', $3, $4)
     on conflict (org_id, account_id, role, cause, cause_ref)
       do update set expires_at = excluded.expires_at, granted_by = excluded.granted_by, granted_at = now()`,
    [grant.accountId, grant.role, grant.expiresAt, grant.grantedBy],
  );
  return true;
}

/** @returns whether the role had been given by hand; roles from other causes stay */
export async function revokeManually(tx: AdministrativeTransaction, accountId: string, role: string): Promise<boolean> {
  if (!(await touchMembership(tx, accountId))) return false;
  const gone = await tx.sql(`delete from role_grant where org_id = ${ORG} and account_id = $1 and role = $2 and cause = 'manual' returning 1`, [accountId, role]);
  return gone.length > 0;
}

/** Locks it, raises its epoch (tokens of before no longer tell the truth) and marks its roles as to be resolved anew. */
async function touchMembership(tx: AdministrativeTransaction, accountId: string): Promise<boolean> {
  const rows = await tx.sql(
    `update membership set epoch = epoch + 1, resolved_generation = 0, updated_at = now() where org_id = ${ORG} and account_id = $1 returning 1`,
    [accountId],
  );
  return rows.length > 0;
}
