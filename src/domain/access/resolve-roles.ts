import { ruleRef, rulesFor, type GroupRoleRule, type MemberGroup, type RuleIndex } from './group-role-rule.ts';
import { grantApplies, grantKey, sortGrants, type RoleGrant, type SetCause } from './role-grant.ts';
import { overridesApply, type RoleOverrides } from './role-overrides.ts';

/**
 * What is known of a person's groups. `unknown` (an assertion without a groups claim, an overage) is not `empty`: the
 * first keeps what the last known groups granted, the second takes it back.
 */
export type GroupsStatement = { readonly state: 'present'; readonly groups: readonly MemberGroup[] } | { readonly state: 'empty' } | { readonly state: 'unknown' };

/** A role that somebody set. */
export interface SetGrant extends RoleGrant {
  readonly cause: SetCause;
}

export interface ResolveInput {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly status: 'active' | 'suspended';
  readonly groups: GroupsStatement;
  readonly rules: RuleIndex;
  /** Roles for those to whom no group gives one. */
  readonly defaults: readonly string[];
  readonly overrides: RoleOverrides | null;
  readonly set: readonly SetGrant[];
  /** The rows of cause `mapping` as they stand; other causes among them are ignored. */
  readonly previous: readonly RoleGrant[];
}

/** Why somebody has a role, for a machine (cause, reference) and for a person (text). */
export interface RoleReason extends Omit<RoleGrant, 'role'> {
  readonly text: string;
}

export interface ExplainedRole {
  readonly role: string;
  readonly reasons: readonly RoleReason[];
}

/** A role with a cause that is nevertheless not effective. */
export interface WithheldRole extends ExplainedRole {
  readonly why: 'suppressed' | 'suspended';
  readonly text: string;
}

export interface ResolvedRoles {
  /** The effective roles, sorted. */
  readonly roles: readonly string[];
  /**
   * Every cause in force, to be kept as rows: also of roles that are withheld, so that what was set by hand is there
   * again when the suppression or the suspension ends. Read rows through `effectiveRoles`, never as they are.
   */
  readonly grants: readonly RoleGrant[];
  /** The effective roles with their reasons. */
  readonly reasons: readonly ExplainedRole[];
  readonly withheld: readonly WithheldRole[];
}

interface Explained {
  readonly grant: RoleGrant;
  readonly text: string;
}

const RULE_OF: Readonly<Record<GroupRoleRule['source'], string>> = {
  environment: 'OIDC_GROUP_ROLE_MAP',
  organization: 'the mapping of the organization',
  connection: 'the mapping of the connection',
};

const SET_TEXT: Readonly<Record<SetCause, string>> = {
  manual: 'set by an administrator',
  scim: 'set by the provider in the roles of the user',
  team: 'given to a team of theirs',
  request: 'granted on request',
};

const until = (expiresAt: number | null): string => (expiresAt === null ? '' : ` until ${timeText(expiresAt)}`);

/** `toISOString` throws beyond the range of dates. */
const timeText = (time: number): string => (Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : String(time));

const mappingGrant = (rule: GroupRoleRule, role: string): RoleGrant => ({ role, cause: 'mapping', causeRef: ruleRef(rule), expiresAt: null });

function fromGroups(groups: readonly MemberGroup[], rules: RuleIndex): Explained[] {
  const members = new Map<string, { rule: GroupRoleRule; names: Set<string> }>();
  for (const group of groups)
    for (const rule of rulesFor(group, rules)) {
      const entry = members.get(ruleRef(rule)) ?? { rule, names: new Set<string>() };
      entry.names.add(`"${group.name}"${group.via === 'indirect' ? ' (through a nested group)' : ''}`);
      members.set(ruleRef(rule), entry);
    }
  return [...members.values()].flatMap(({ rule, names }) => {
    const text = `member of ${[...names].sort().join(', ')}, by ${RULE_OF[rule.source]}`;
    return rule.roles.map((role) => ({ grant: mappingGrant(rule, role), text }));
  });
}

/** Without word of the groups a role stays while the rule that gave it still gives it: no grant outlives its cause. */
function fromPrevious(previous: readonly RoleGrant[], rules: RuleIndex): Explained[] {
  return previous.flatMap((grant) => {
    const rule = grant.cause === 'mapping' ? rules.byRef.get(grant.causeRef) : undefined;
    return rule?.roles.includes(grant.role) ? [{ grant: mappingGrant(rule, grant.role), text: `kept from the last known groups ("${rule.group}"), by ${RULE_OF[rule.source]}` }] : [];
  });
}

function fromMapping({ groups, rules, previous }: ResolveInput): Explained[] {
  if (groups.state === 'unknown') return fromPrevious(previous, rules);
  return groups.state === 'present' ? fromGroups(groups.groups, rules) : [];
}

function fromSetters({ set, now }: ResolveInput): Explained[] {
  return set.filter((grant) => grantApplies(grant, now)).map((grant) => ({ grant, text: SET_TEXT[grant.cause] + until(grant.expiresAt) }));
}

function fromOverrides({ overrides, now }: ResolveInput): Explained[] {
  if (!overridesApply(overrides, now)) return [];
  const expiresAt = overrides.expires_at === null ? null : Date.parse(overrides.expires_at);
  const text = `preserved by an override${byWhom(overrides)}${until(expiresAt)}`;
  return overrides.preserved.map((role) => ({ grant: { role, cause: 'override', causeRef: 'preserved', expiresAt }, text }));
}

const byWhom = ({ author, reason }: RoleOverrides): string => `${author === null ? '' : ` of ${author}`}${reason === null ? '' : ` (${reason})`}`;

/** Defaults replace a mapping that gives nothing; roles from elsewhere do not stand in their way. */
function fromDefaults({ defaults }: ResolveInput, mapped: readonly Explained[]): Explained[] {
  if (mapped.length > 0) return [];
  const text = 'by default, since no group gives a role';
  return defaults.map((role) => ({ grant: { role, cause: 'default', causeRef: '', expiresAt: null }, text }));
}

type Standing = Pick<ResolveInput, 'status' | 'overrides' | 'now'>;

/** Why a role is not effective although something grants it. Suppression is named first: it outlasts a suspension. */
function withholding(role: string, { status, overrides, now }: Standing): Pick<WithheldRole, 'why' | 'text'> | undefined {
  if (overridesApply(overrides, now) && overrides.suppressed.includes(role)) {
    const expiresAt = overrides.expires_at === null ? null : Date.parse(overrides.expires_at);
    return { why: 'suppressed', text: `suppressed by an override${byWhom(overrides)}${until(expiresAt)}` };
  }
  return status === 'suspended' ? { why: 'suspended', text: 'withheld while the membership is suspended' } : undefined;
}

/** The roles that rows of grants amount to at this moment: the reading side of `resolveRoles`. */
export const effectiveRoles = (grants: readonly RoleGrant[], standing: Standing): readonly string[] =>
  [...new Set(grants.filter((grant) => grantApplies(grant, standing.now)).map(({ role }) => role))].filter((role) => !withholding(role, standing)).sort();

function explain(all: readonly Explained[], grants: readonly RoleGrant[]): readonly ExplainedRole[] {
  const texts = new Map(all.map(({ grant, text }) => [grantKey(grant), text]));
  const byRole = new Map<string, RoleReason[]>();
  for (const { role, cause, causeRef, expiresAt } of grants) {
    const reason = { cause, causeRef, expiresAt, text: texts.get(grantKey({ role, cause, causeRef })) ?? '' };
    const reasons = byRole.get(role);
    if (reasons) reasons.push(reason);
    else byRole.set(role, [reason]);
  }
  return [...byRole].map(([role, reasons]) => ({ role, reasons }));
}

/**
 * Which roles a person has in an organization, and why. The one place where this is decided: SCIM, sign-in, preview and
 * explanation all come here. A role is granted by a group's rule, by default, by hand or by an override; it is withheld
 * by suppression, which beats every grant, and by suspension.
 */
export function resolveRoles(input: ResolveInput): ResolvedRoles {
  const mapped = fromMapping(input);
  const all = [...mapped, ...fromDefaults(input, mapped), ...fromSetters(input), ...fromOverrides(input)];
  const grants = sortGrants(all.map(({ grant }) => grant));
  const explained = explain(all, grants);
  const withheld = explained.flatMap((entry) => {
    const withholds = withholding(entry.role, input);
    return withholds ? [{ ...entry, ...withholds }] : [];
  });
  const reasons = explained.filter(({ role }) => !withholding(role, input));
  return { roles: reasons.map(({ role }) => role), grants, reasons, withheld };
}
