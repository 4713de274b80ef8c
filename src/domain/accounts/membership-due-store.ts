import { ORG } from '../../database/context-sql.ts';
import type { Statement } from '../../database/index.ts';

/** When the roles of a member next change by time alone; null for never. */
export interface MemberDue {
  readonly accountId: string;
  readonly dueAt: number | null;
}

/** Of these members (or of all, in portions), those for whom that time has come. */
export const dueMembers = (now: number, limit: number, among: readonly string[] | null = null): Statement => ({
  name: 'accounts.membership.due',
  text: `select account_id from membership where org_id = ${ORG} and due_at <= $1 and ($3::uuid[] is null or account_id = any($3)) order by due_at limit $2`,
  values: [new Date(now), limit, among],
});

/** Written only where it differs, which is rare. */
export const setDue = (members: readonly MemberDue[]): Statement => ({
  name: 'accounts.membership.set-due',
  text: `update membership m set due_at = d.due_at from unnest($1::uuid[], $2::timestamptz[]) as d (account_id, due_at)
          where m.org_id = ${ORG} and m.account_id = d.account_id and m.due_at is distinct from d.due_at`,
  values: [members.map(({ accountId }) => accountId), members.map(({ dueAt }) => (dueAt === null ? null : new Date(dueAt)))],
});

/** Organizations in which roles wait to be resolved; across organizations, hence through a definer function. */
export const organizationsToSettle = (): Statement => ({ name: 'accounts.organizations.to-settle', text: 'select org_id from organizations_to_settle()', values: [] });

export const readMapGeneration = (): Statement => ({
  name: 'accounts.map-generation.read',
  text: `select mapping_generation from organization where id = ${ORG}`,
  values: [],
});

/** Every member is resolved under the map of this generation. */
export const markSettled = (generation: unknown): Statement => ({
  name: 'accounts.map-generation.settled',
  text: `update organization set settled_generation = $1 where id = ${ORG} and settled_generation < $1`,
  values: [generation],
});
