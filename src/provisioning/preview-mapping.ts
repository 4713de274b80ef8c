import { organizationContext, type OrganizationContext } from '../database/index.ts';
import { indexRules, type GroupRoleRule, type RuleIndex } from '../domain/access/index.ts';
import { listMembers } from '../domain/organizations/index.ts';
import type { ProvisioningOptions } from './provision-user.ts';
import { loadMemberships, readLoaded, resolveMember, type LoadedMemberships } from './role-settlement.ts';

/** One member whose roles another map would change. */
export interface PreviewedMember {
  readonly account: string;
  readonly userName: string | null;
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

export interface MappingPreview {
  /** Members looked at. */
  readonly members: number;
  readonly changed: number;
  /** The first of those whose roles would change. */
  readonly items: readonly PreviewedMember[];
}

const PORTION = 500;
const MOST_SHOWN = 200;

function changesOf(options: ProvisioningOptions, loaded: LoadedMemberships, rules: RuleIndex, names: ReadonlyMap<string, string | null>): PreviewedMember[] {
  const now = options.clock.now();
  return loaded.memberships.flatMap((membership) => {
    // Both sides are resolved now: what is stored may be stale, and a preview of that would tell of changes that are none of this map's.
    const before = resolveMember(membership, loaded, options.roles, {}, now).roles;
    const after = resolveMember(membership, { ...loaded, rules }, options.roles, {}, now).roles;
    const added = after.filter((role) => !before.includes(role));
    const removed = before.filter((role) => !after.includes(role));
    const account = membership.accountId;
    return added.length + removed.length === 0 ? [] : [{ account, userName: names.get(account) ?? null, added, removed }];
  });
}

/** What would change, and for whom, if these were the organization's own rules. Reads in portions and writes nothing. */
export async function previewMapping(options: ProvisioningOptions, context: OrganizationContext, rules: readonly GroupRoleRule[]): Promise<MappingPreview> {
  const index = indexRules([...options.roles.rules, ...rules]);
  const items: PreviewedMember[] = [];
  let [members, changed] = [0, 0];
  let last: string | undefined;
  for (;;) {
    const [, page = []] = await options.database.batch([organizationContext(context), listMembers(PORTION, last)]);
    if (page.length === 0) return { members, changed, items };
    const names = new Map(page.map((row) => [row['account_id'] as string, row['user_name'] as string | null]));
    const accounts = [...names.keys()];
    const [, ...rows] = await options.database.batch([organizationContext(context), ...loadMemberships({ accounts })]);
    const portion = changesOf(options, readLoaded(rows, options.roles), index, names);
    members += page.length;
    changed += portion.length;
    items.push(...portion.slice(0, MOST_SHOWN - items.length));
    last = accounts.at(-1);
  }
}
