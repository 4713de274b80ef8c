import { createHash } from 'node:crypto';
import type { Database, Statement } from '../../database/index.ts';
import type { GroupRoleRule } from './group-role-rule.ts';

const adopt = (fingerprint: string): Statement => ({
  name: 'access.role-settings.adopt',
  text: `with before as (select 1 from instance_fact where name = 'role-settings'),
         changed as (
           insert into instance_fact (name, value) values ('role-settings', $1)
           on conflict (name) do update set value = excluded.value where instance_fact.value <> excluded.value
           returning 1)
         update organization set mapping_generation = mapping_generation + 1 where exists (select 1 from changed)
         returning exists (select 1 from before) as settled_before`,
  values: [fingerprint],
});

/**
 * Takes note of the operator's map and defaults at start. Where they are others than at the last start, every membership
 * was resolved under an old map: the generation of each organization rises, and they are resolved anew.
 * @returns whether they have changed since a start before this one
 */
export async function adoptRoleSettings(
  database: Pick<Database, 'batch'>,
  settings: { readonly rules: readonly GroupRoleRule[]; readonly defaults: readonly string[] },
): Promise<boolean> {
  const rules = settings.rules.map(({ key, roles }) => [key, roles]);
  const fingerprint = createHash('sha256').update(JSON.stringify([rules, settings.defaults])).digest('base64url');
  const [rows = []] = await database.batch([adopt(fingerprint)]);
  return rows.some((row) => row['settled_before'] === true);
}
