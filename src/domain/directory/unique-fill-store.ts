import type { AdministrativeTransaction } from '../../database/index.ts';
import type { MemberKind } from './directory-user.ts';
import type { UniqueClash, UniqueRules } from './unique-value.ts';
import { HOLDER } from './unique-value-store.ts';

/** Resources at a time: some may be as long as a request. */
const PAGE = 100;
const NOBODY = '00000000-0000-0000-0000-000000000000';
const TABLE: Readonly<Record<MemberKind, string>> = { User: 'directory_user', Group: 'directory_group' };

/**
 * Makes the unique values of an organization anew, of all that its resources hold. Nobody may write meanwhile. Of several
 * that have a value the first one in the order of ids, which is that of their making, holds it; the others stand behind.
 */
export async function fillUniqueValues(tx: AdministrativeTransaction, orgId: string, rules: UniqueRules | undefined): Promise<void> {
  // First those that would move up.
  await tx.sql('delete from directory_unique_value where org_id = $1 and place > 0', [orgId]);
  await tx.sql('delete from directory_unique_value where org_id = $1', [orgId]);
  if (rules === undefined) return;
  for (const { id } of await tx.sql('select id from connection where org_id = $1 order by id', [orgId])) {
    for (const kind of rules.kinds.keys()) await fillConnection(tx, orgId, id as string, kind, rules);
  }
}

async function fillConnection(tx: AdministrativeTransaction, orgId: string, connectionId: string, kind: MemberKind, rules: UniqueRules): Promise<void> {
  for (let after = NOBODY; ; ) {
    const rows = await tx.sql(
      `select id, resource from ${TABLE[kind]}
        where org_id = $1 and connection_id = $2 and id > $3 and ($4::text[] is null or exists (select from unnest($4::text[]) t where strpos(resource, t) > 0))
        order by id limit ${PAGE}`,
      [orgId, connectionId, after, rules.kinds.get(kind) ?? null],
    );
    const held = rows.flatMap((row) => rules.claimsOf(kind, row['resource'] as string).map((claim) => ({ ...claim, id: row['id'] as string })));
    if (held.length > 0) {
      await tx.sql(ENTER(kind), [orgId, connectionId, held.map(({ digest }) => digest), held.map(({ attribute }) => attribute), held.map(({ wide }) => wide), held.map(({ id }) => id)]);
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = last['id'] as string;
  }
}

const ENTER = (kind: MemberKind): string => `
  insert into directory_unique_value (org_id, scope_id, digest, place, attribute, connection_id, ${HOLDER[kind]})
  select $1::uuid, v.scope, v.digest,
         coalesce((select max(h.place) + 1 from directory_unique_value h where h.digest = v.digest and h.scope_id = v.scope and h.org_id = $1::uuid), 0)
           + (row_number() over (partition by v.scope, v.digest order by v.holder))::integer - 1,
         v.attribute, $2::uuid, v.holder
    from (select decode(u.digest, 'hex') as digest, u.attribute, case when u.wide then $1::uuid else $2::uuid end as scope, u.holder
            from unnest($3::text[], $4::text[], $5::boolean[], $6::uuid[]) u (digest, attribute, wide, holder)) v`;

const MOST_CLASHES = 20;

/** Who stands behind whom: of each attribute the first few, for one with many must not hide another. */
export async function readUniqueClashes(tx: AdministrativeTransaction, orgId: string): Promise<UniqueClash[]> {
  const rows = await tx.sql(
    `select c.attribute, c.is_group, c.id, coalesce(h.user_id, h.group_id) as holder
       from (select v.*, v.user_id is null as is_group, coalesce(v.user_id, v.group_id) as id,
                    row_number() over (partition by v.attribute order by coalesce(v.user_id, v.group_id)) as nth
               from directory_unique_value v where v.org_id = $1 and v.place > 0) c
       join directory_unique_value h on h.digest = c.digest and h.scope_id = c.scope_id and h.org_id = c.org_id and h.place = 0
      where c.nth <= ${MOST_CLASHES} order by c.attribute, c.id`,
    [orgId],
  );
  return rows.map((row) => ({ attribute: row['attribute'] as string, kind: row['is_group'] === true ? 'Group' : 'User', id: row['id'] as string, holder: row['holder'] as string }));
}
