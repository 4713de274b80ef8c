import type { Row, Statement } from '../../database/index.ts';
import { type MembershipScope, type ToldGroups, scopeSql } from '../accounts/index.ts';
import { toGrant, toMemberGroup, toRule } from './grant-store.ts';
import type { GroupRoleRule, MemberGroup } from './group-role-rule.ts';
import type { RoleGrant } from './role-grant.ts';

/** Groups as the last sign-in through a connection told them. */
export interface ToldByConnection {
  readonly connectionId: string;
  readonly groups: ToldGroups;
}

/** What the roles of some members follow from, by account. */
export interface ResolutionInputs {
  readonly grants: ReadonlyMap<string, readonly RoleGrant[]>;
  readonly groups: ReadonlyMap<string, readonly MemberGroup[]>;
  readonly told: ReadonlyMap<string, readonly ToldByConnection[]>;
  /** Members whom a feed holds: then the feed, and not a sign-in, says who they are. */
  readonly held: ReadonlySet<string>;
  /** Of these, whom a feed that pushes groups holds: then the feed, and not what a sign-in told, says the groups. */
  readonly fed: ReadonlySet<string>;
  readonly rules: readonly GroupRoleRule[];
}

/**
 * Everything the resolver needs about these members, in one statement: their grants, all their groups in the
 * organization, what their sign-ins told, which feeds hold them, and the organization's map.
 */
export function resolutionInputs(scope: MembershipScope): Statement {
  const { suffix, sql, value } = scopeSql(scope);
  return {
    name: `access.resolution-${suffix}`,
    text: `select rules, grants, told, feeds, groups from resolution_inputs(array(${sql}))`,
    values: [value],
  };
}

function byAccount<T>(list: readonly Row[], read: (row: Row) => T): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const row of list) {
    const account = row['account_id'] as string;
    const known = found.get(account);
    if (known) known.push(read(row));
    else found.set(account, [read(row)]);
  }
  return found;
}

const accountsOf = (list: readonly Row[]): ReadonlySet<string> => new Set(list.map((row) => row['account_id'] as string));

/** Reads the one row of {@link resolutionInputs}: lists, absent where there is nothing. */
export function toResolutionInputs([row = {}]: readonly Row[]): ResolutionInputs {
  const list = (name: string): readonly Row[] => (row[name] ?? []) as Row[];
  const feeds = list('feeds');
  return {
    grants: byAccount(list('grants'), toGrant),
    groups: byAccount(list('groups'), toMemberGroup),
    told: byAccount(list('told'), (one) => ({ connectionId: one['connection_id'] as string, groups: one['groups'] as ToldGroups })),
    held: accountsOf(feeds),
    fed: accountsOf(feeds.filter((feed) => feed['groups'] === true)),
    rules: list('rules').map(toRule),
  };
}
