import { DomainError } from '../../platform/errors.ts';
import { ROLE_NAME_RULE, isRoleName } from './role-name.ts';

/** What an administrator decided about one person's roles, as it stands in `claims.role_overrides` of the membership. */
export interface RoleOverrides {
  /** Off: kept for the record, without effect. */
  readonly enabled: boolean;
  /** Roles the person has whatever the feeds say. */
  readonly preserved: readonly string[];
  /** Roles the person does not have whatever grants them. */
  readonly suppressed: readonly string[];
  readonly reason: string | null;
  readonly author: string | null;
  /** RFC 3339 in UTC; without effect from this instant on. */
  readonly expires_at: string | null;
}

const FIELDS: ReadonlySet<string> = new Set(['enabled', 'preserved', 'suppressed', 'reason', 'author', 'expires_at']);
const MAX_ROLES = 500;
const MAX_TEXT = 1000;

function readRoles(value: unknown, field: string, faults: string[]): readonly string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.length > MAX_ROLES) {
    faults.push(`${field} must be a list of at most ${MAX_ROLES} roles`);
    return [];
  }
  const roles = new Set<string>();
  for (const [index, item] of value.entries()) {
    const role = typeof item === 'string' ? item.trim() : '';
    if (isRoleName(role)) roles.add(role);
    else faults.push(`${field}[${index}] ${shown(item)} is not a role name (${ROLE_NAME_RULE})`);
  }
  return [...roles].sort();
}

const shown = (value: unknown): string => (typeof value === 'string' ? JSON.stringify(value.slice(0, 80)) : `(${value === null ? 'null' : typeof value})`);

function readText(value: unknown, field: string, faults: string[]): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string' || value.length > MAX_TEXT || /[\0\p{Cs}]/u.test(value)) {
    faults.push(`${field} must be text of at most ${MAX_TEXT} characters`);
    return null;
  }
  return value.trim() === '' ? null : value.trim();
}

/** RFC 3339 §5.6 with its offset. `Date` would take the 30th of February for a day in March. */
function readInstant(value: unknown, field: string, faults: string[]): string | null {
  if (value === undefined || value === null) return null;
  const text = typeof value === 'string' ? value.trim() : '';
  const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/i.test(text) ? Date.parse(text) : Number.NaN;
  const day = Date.parse(`${text.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(instant) || Number.isNaN(day) || new Date(day).toISOString().slice(0, 10) !== text.slice(0, 10)) {
    faults.push(`${field} ${shown(value)} is not a date and time with offset, such as 2030-01-31T12:00:00Z`);
    return null;
  }
  return new Date(instant).toISOString();
}

/**
 * Checks and normalises overrides: roles trimmed, sorted, each once. A role may be preserved and suppressed at the same
 * time; suppression wins.
 * @throws DomainError `access.role_overrides_invalid` that lists every fault
 */
export function parseRoleOverrides(value: unknown): RoleOverrides {
  const faults: string[] = [];
  const object = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!object) faults.push('must be an object');
  const fields = new Map<string, unknown>(object ? Object.entries(value) : []);
  for (const name of fields.keys()) if (!FIELDS.has(name)) faults.push(`${JSON.stringify(name.slice(0, 80))} is not a field of it`);
  const enabled = fields.get('enabled') ?? true;
  if (typeof enabled !== 'boolean') faults.push('enabled must be true or false');
  const overrides: RoleOverrides = {
    enabled: enabled === true,
    preserved: readRoles(fields.get('preserved'), 'preserved', faults),
    suppressed: readRoles(fields.get('suppressed'), 'suppressed', faults),
    reason: readText(fields.get('reason'), 'reason', faults),
    author: readText(fields.get('author'), 'author', faults),
    expires_at: readInstant(fields.get('expires_at'), 'expires_at', faults),
  };
  if (faults.length > 0)
    throw new DomainError('invalid', 'access.role_overrides_invalid', `The role overrides cannot be used: ${faults.join('; ')}`, { details: { faults } });
  return overrides;
}

/**
 * The overrides in a membership's claims, if there are any. What cannot be read is refused, not ignored: to ignore it
 * would give back the roles that it withholds.
 */
export function overridesOf(claims: Readonly<Record<string, unknown>>): RoleOverrides | null {
  const value = Object.hasOwn(claims, 'role_overrides') ? claims['role_overrides'] : undefined;
  return value === undefined || value === null ? null : parseRoleOverrides(value);
}

/** Whether the overrides count at this moment. */
export const overridesApply = (overrides: RoleOverrides | null, now: number): overrides is RoleOverrides =>
  overrides !== null && overrides.enabled && (overrides.expires_at === null || now < Date.parse(overrides.expires_at));
