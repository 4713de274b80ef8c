import { escapeIdentifier, type Client } from 'pg';

const DAY = 86_400_000;
const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** Append-only tables, which are those of schema `public` that are partitioned by range of their column `at`, and what they have. */
const PARTITIONED = `
select c.relname::text as name, array(select p.relname::text from pg_inherits i join pg_class p on p.oid = i.inhrelid where i.inhparent = c.oid) as partitions
  from pg_partitioned_table p join pg_class c on c.oid = p.partrelid
 where c.relnamespace = 'public'::regnamespace and p.partstrat = 'r' and p.partnatts = 1
   and (select attname from pg_attribute where attrelid = p.partrelid and attnum = p.partattrs[0]) = 'at'
 order by 1`;

interface Partitioned {
  readonly name: string;
  readonly partitions: readonly string[];
}

/**
 * One partition per day (UTC), from yesterday on: clocks differ, and a late row must find its day. The application role gets
 * no right to a partition, and a policy-less row-level security shuts it for everyone else: the way in is the parent.
 */
async function ensurePartitions(owner: Client, { name: table, partitions }: Partitioned, now: number, daysAhead: number): Promise<number> {
  const parent = escapeIdentifier(table);
  let created = 0;
  for (let day = -1; day <= daysAhead; day++) {
    const from = dayOf(now + day * DAY);
    const name = `${table}_p${from.replaceAll('-', '')}`;
    if (partitions.includes(name)) continue;
    const partition = escapeIdentifier(name);
    await owner.query(`create table if not exists ${partition} partition of ${parent} for values from ('${from}') to ('${dayOf(now + (day + 1) * DAY)}')`);
    await owner.query(`alter table ${partition} enable row level security, force row level security`);
    created += 1;
  }
  return created;
}

/** All append-only tables, a week ahead. For the start of the hub and for a daily job. */
export async function ensureAllPartitions(owner: Client, now: number, daysAhead = 7): Promise<number> {
  const { rows } = await owner.query<Partitioned>(PARTITIONED);
  let created = 0;
  for (const table of rows) created += await ensurePartitions(owner, table, now, daysAhead);
  return created;
}
