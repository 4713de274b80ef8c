import type { ResolvedRoles, RoleReason } from './resolve-roles.ts';

/** One role of a person, effective or withheld, as it is shown to an administrator. */
export interface RoleAccount {
  readonly role: string;
  readonly effective: boolean;
  /** Why it is withheld, if it is. */
  readonly withheld?: string;
  readonly reasons: readonly Omit<RoleReason, 'expiresAt'>[];
}

const account = (reasons: readonly RoleReason[]): RoleAccount['reasons'] => reasons.map(({ cause, causeRef, text }) => ({ cause, causeRef, text }));

/** Every role that anything grants, sorted, with all its reasons: the answer to "why does she have this role?". */
export function explainRoles({ reasons, withheld }: ResolvedRoles): readonly RoleAccount[] {
  const effective = reasons.map((entry) => ({ role: entry.role, effective: true, reasons: account(entry.reasons) }));
  const others = withheld.map((entry) => ({ role: entry.role, effective: false, withheld: entry.text, reasons: account(entry.reasons) }));
  return [...effective, ...others].sort((left, right) => (left.role < right.role ? -1 : 1));
}

/** The same in lines for a terminal. */
export const printRoles = (roles: readonly RoleAccount[]): string =>
  roles
    .flatMap(({ role, withheld, reasons }) => [`${role}${withheld === undefined ? '' : ` (${withheld})`}`, ...reasons.map(({ text }) => `  ${text}`)])
    .join('\n');
