import { ORG } from '../../database/context-sql.ts';
import { uniqueViolation, type AdministrativeTransaction, type Row, type Statement } from '../../database/index.ts';
import { DomainError } from '../../platform/errors.ts';
import { isRoleName, ROLE_NAME_RULE } from './role-name.ts';

/** A role that an organization has given a meaning. */
export interface Role {
  readonly name: string;
  readonly description: string;
  readonly createdAt: Date;
}

/** What every organization begins with. */
export const STANDARD_ROLES: readonly Pick<Role, 'name' | 'description'>[] = [
  { name: 'admin', description: 'Administers the organization and everything in it.' },
  { name: 'developer', description: 'Builds on what the organization offers.' },
  { name: 'viewer', description: 'Sees, and changes nothing.' },
];

export const readRoles = (): Statement => ({
  name: 'access.role.read',
  text: `select name, description, created_at from role where org_id = ${ORG} order by name`,
  values: [],
});

export const toRole = (row: Row): Role => ({
  name: row['name'] as string,
  description: row['description'] as string,
  createdAt: row['created_at'] as Date,
});

export async function insertRoles(tx: AdministrativeTransaction, roles: readonly Pick<Role, 'name' | 'description'>[]): Promise<void> {
  const wrong = roles.find(({ name }) => !isRoleName(name));
  if (wrong !== undefined) throw new DomainError('invalid', 'access.role_name_invalid', `A role's name is ${ROLE_NAME_RULE}.`);
  try {
    await tx.sql(`insert into role (org_id, name, description) select ${ORG}, r.name, r.description from unnest($1::text[], $2::text[]) as r (name, description)`, [
      roles.map(({ name }) => name),
      roles.map(({ description }) => description),
    ]);
  } catch (error) {
    if (uniqueViolation(error) === undefined) throw error;
    throw new DomainError('conflict', 'access.role_taken', 'The organization has a role of that name already.', { cause: error });
  }
}
