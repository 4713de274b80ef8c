import type { AdministrativeTransaction, Row, Statement } from '../../database/index.ts';
import { foreignKeyViolation } from '../../database/index.ts';
import { DomainError } from '../../platform/errors.ts';
import { uuidv7 } from '../../platform/uuid.ts';
import type { GroupRoleRule } from './group-role-rule.ts';

const ORG = `nullif(current_setting('app.org_id', true), '')::uuid`;

/** The organization's own rules; those of the environment stand beside them, not in the database. */
export const readRoleMappings = (): Statement => ({
  name: 'access.role-mapping.read',
  text: `select connection_id, group_name, group_key, roles from role_mapping where org_id = ${ORG}
          order by connection_id nulls first, group_key`,
  values: [],
});

export const toGroupRoleRule = (row: Row): GroupRoleRule => ({
  source: row['connection_id'] === null ? 'organization' : 'connection',
  connectionId: row['connection_id'] as string | null,
  group: row['group_name'] as string,
  key: row['group_key'] as string,
  roles: row['roles'] as string[],
});

/**
 * Puts these rules in the place of all others and raises the mapping generation, so that every membership resolved
 * before is known to be stale. The organization's row is the gate: of two replacements the later one wins whole.
 */
export async function replaceRoleMappings(tx: AdministrativeTransaction, rules: readonly GroupRoleRule[]): Promise<readonly GroupRoleRule[]> {
  await tx.sql(`update organization set mapping_generation = mapping_generation + 1, updated_at = now() where id = ${ORG}`);
  const before = await tx.sql<Row>(readRoleMappings().text);
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
  return before.map(toGroupRoleRule);
}
