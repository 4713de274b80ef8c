import { ORG } from '../../database/context-sql.ts';
import { foreignKeyViolation, type AdministrativeTransaction, type Row } from '../../database/index.ts';
import { DomainError } from '../../platform/errors.ts';
import { uuidv7 } from '../../platform/uuid.ts';
import { lockMap, readMap, toRule } from './grant-store.ts';
import type { GroupRoleRule } from './group-role-rule.ts';
import { readRoles, toRole } from './role-store.ts';

/** The organization's own rules; those of the environment stand beside them, not in the database. */
export const readRoleMappings = async (tx: AdministrativeTransaction): Promise<readonly GroupRoleRule[]> => (await tx.sql<Row>(readMap().text)).map(toRule);

/** The roles that the organization has defined, and those that its own map gives. */
export async function namedRoles(tx: AdministrativeTransaction): Promise<ReadonlySet<string>> {
  const defined = (await tx.sql<Row>(readRoles().text)).map((row) => toRole(row).name);
  return new Set([...defined, ...(await readRoleMappings(tx)).flatMap(({ roles }) => roles)]);
}

/**
 * Puts these rules in the place of all others and raises the mapping generation, so that every membership resolved
 * before is known to be stale. Under the map's lock: whoever resolves by the old map has finished, and of two
 * replacements the later one wins whole.
 * @returns the rules that were replaced
 */
export async function replaceRoleMappings(tx: AdministrativeTransaction, rules: readonly GroupRoleRule[]): Promise<readonly GroupRoleRule[]> {
  await tx.sql(lockMap().text);
  await tx.sql(`update organization set mapping_generation = mapping_generation + 1, updated_at = now() where id = ${ORG}`);
  const before = await readRoleMappings(tx);
  await tx.sql(`delete from role_mapping where org_id = ${ORG}`);
  try {
    await tx.sql(
      `insert into role_mapping (org_id, id, connection_id, group_name, group_key, roles)
       select ${ORG}, r.id, r.connection_id, r.group_name, r.group_key, array(select jsonb_array_elements_text(r.roles))
         from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::jsonb[]) as r (id, connection_id, group_name, group_key, roles)`,
      [
        rules.map(() => uuidv7()),
        rules.map(({ connectionId }) => connectionId),
        rules.map(({ group }) => group),
        rules.map(({ key }) => key),
        rules.map(({ roles }) => JSON.stringify(roles)),
      ],
    );
  } catch (error) {
    if (foreignKeyViolation(error) === undefined) throw error;
    throw new DomainError('invalid', 'access.mapping_connection_unknown', 'A rule names a connection that the organization does not have.', { cause: error });
  }
  return before;
}
