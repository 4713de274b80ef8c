import { foldGroup } from './group-key.ts';
import type { GroupRoleMap } from './group-role-map.ts';

/** Who wrote a rule: the operator for every organization, an organization, or an organization for one connection. */
export type RuleSource = 'environment' | 'organization' | 'connection';

/** "Members of this group have these roles." */
export interface GroupRoleRule {
  readonly source: RuleSource;
  /** Set when, and only when, the rule counts for the groups of one connection alone. */
  readonly connectionId: string | null;
  /** The group's name or id as written. */
  readonly group: string;
  /** `foldGroup` of it. */
  readonly key: string;
  readonly roles: readonly string[];
}

/** Rules, to be found by what they concern and by their own reference. */
export interface RuleIndex {
  readonly byKey: ReadonlyMap<string, readonly GroupRoleRule[]>;
  readonly byRef: ReadonlyMap<string, GroupRoleRule>;
}

/** A group that a person is a member of, as a feed or an assertion names it. */
export interface MemberGroup {
  readonly id: string;
  readonly name: string;
  readonly externalId?: string | undefined;
  readonly connectionId: string;
  /** Indirect: through a group inside the group. */
  readonly via?: 'direct' | 'indirect' | undefined;
}

/** The rules that a map makes. */
export const rulesFrom = (map: GroupRoleMap, source: RuleSource, connectionId: string | null = null): readonly GroupRoleRule[] =>
  map.map(({ group, key, roles }) => ({ source, connectionId, group, key, roles }));

/** The stable name of a rule, kept with every role it grants. */
export const ruleRef = ({ source, connectionId, key }: GroupRoleRule): string => (source === 'connection' ? `${source}:${connectionId ?? ''}:${key}` : `${source}:${key}`);

/** Made once per set of rules and used for everyone whom it concerns. Rules of one reference become one. */
export function indexRules(rules: readonly GroupRoleRule[]): RuleIndex {
  const byRef = new Map<string, GroupRoleRule>();
  for (const rule of rules) {
    const other = byRef.get(ruleRef(rule));
    byRef.set(ruleRef(rule), other ? { ...other, roles: [...new Set([...other.roles, ...rule.roles])] } : rule);
  }
  const byKey = new Map<string, GroupRoleRule[]>();
  for (const rule of byRef.values()) byKey.set(rule.key, [...(byKey.get(rule.key) ?? []), rule]);
  return { byKey, byRef };
}

/** The rules that concern a group: by its display name, its id, or the id it has at the provider. */
export function rulesFor(group: MemberGroup, index: RuleIndex): readonly GroupRoleRule[] {
  const keys = new Set([group.name, group.id, group.externalId ?? group.id].map(foldGroup));
  return [...keys].flatMap((key) => index.byKey.get(key) ?? []).filter(({ source, connectionId }) => source !== 'connection' || connectionId === group.connectionId);
}
