/** Why somebody has a role. `manual`, `scim`, `team` and `request` are set by somebody; the others are derived. */
export type GrantCause = 'mapping' | 'default' | 'override' | SetCause;
export type SetCause = 'manual' | 'scim' | 'team' | 'request';

/** One role for one cause: what is kept as one row. */
export interface RoleGrant {
  readonly role: string;
  readonly cause: GrantCause;
  /** Which rule, team, request …; with role and cause it is unique. */
  readonly causeRef: string;
  /** Milliseconds since the epoch; without effect from this instant on. */
  readonly expiresAt: number | null;
}

/** Unique, since neither roles nor references may hold NUL, and in the order of role, cause and reference. */
export const grantKey = ({ role, cause, causeRef }: Omit<RoleGrant, 'expiresAt'>): string => `${role}\0${cause}\0${causeRef}`;

const later = (left: number | null, right: number | null): number | null => (left === null || right === null ? null : Math.max(left, right));

/** In the order of role, cause and reference, each once; of two that differ in expiry alone the longer one counts. */
export function sortGrants(grants: readonly RoleGrant[]): readonly RoleGrant[] {
  const byKey = new Map<string, RoleGrant>();
  for (const grant of grants) {
    const other = byKey.get(grantKey(grant));
    byKey.set(grantKey(grant), other ? { ...grant, expiresAt: later(grant.expiresAt, other.expiresAt) } : grant);
  }
  return [...byKey].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, grant]) => grant);
}

/** Whether a grant counts at this moment. */
export const grantApplies = ({ expiresAt }: Pick<RoleGrant, 'expiresAt'>, now: number): boolean => expiresAt === null || now < expiresAt;

/**
 * What must be deleted and inserted to get from one set of rows to another. A grant whose expiry changed is in both:
 * delete first.
 */
export function diffGrants(previous: readonly RoleGrant[], next: readonly RoleGrant[]): { readonly add: readonly RoleGrant[]; readonly remove: readonly RoleGrant[] } {
  const expiries = (grants: readonly RoleGrant[]): ReadonlyMap<string, number | null> => new Map(grants.map((grant) => [grantKey(grant), grant.expiresAt]));
  const [from, to] = [sortGrants(previous), sortGrants(next)];
  const [before, after] = [expiries(from), expiries(to)];
  return {
    add: to.filter((grant) => before.get(grantKey(grant)) !== grant.expiresAt),
    remove: from.filter((grant) => after.get(grantKey(grant)) !== grant.expiresAt),
  };
}
