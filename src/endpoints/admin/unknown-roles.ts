import { readGroupRoleMap, readRoleDefaults, rulesFrom } from '../../domain/access/index.ts';
import type { Config } from '../../platform/settings.ts';

/** A role that neither the organization nor a setting of the installation ever names is perhaps a slip; it is given all the same. */
export function unknownRoles(role: string, known: ReadonlySet<string>, { oidcGroupRoleMap = '', oidcGroupRoleDefaults = '' }: Pick<Config, 'oidcGroupRoleMap' | 'oidcGroupRoleDefaults'>): string[] {
  const mapped = rulesFrom(readGroupRoleMap(oidcGroupRoleMap).map, 'environment').flatMap(({ roles }) => roles);
  return known.has(role) || mapped.includes(role) || readRoleDefaults(oidcGroupRoleDefaults).roles.includes(role) ? [] : [role];
}
