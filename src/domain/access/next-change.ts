import type { RoleGrant } from './role-grant.ts';
import type { RoleOverrides } from './role-overrides.ts';

/** When roles next change by time alone: the earliest expiry still to come of a grant or an override; null for never. */
export function nextChange(grants: readonly RoleGrant[], overrides: RoleOverrides | null, now: number): number | null {
  const expiries = grants.map(({ expiresAt }) => expiresAt);
  if (overrides?.enabled === true && overrides.expires_at !== null) expiries.push(Date.parse(overrides.expires_at));
  const toCome = expiries.filter((expiry): expiry is number => expiry !== null && expiry > now);
  return toCome.length === 0 ? null : Math.min(...toCome);
}
