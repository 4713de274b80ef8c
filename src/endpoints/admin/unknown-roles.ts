import type { RoleSettings } from '../../provisioning/index.ts';

/** A role that neither the organization nor a setting of the installation ever names is perhaps a slip; it is given all the same. */
export const unknownRoles = (role: string, known: ReadonlySet<string>, { rules, defaults }: RoleSettings): string[] =>
  known.has(role) || defaults.includes(role) || rules.some(({ roles }) => roles.includes(role)) ? [] : [role];
