import type { Client } from 'pg';
import { DomainError } from '../platform/errors.ts';
import { APPLICATION_ROLE } from './roles.ts';

export interface TableFacts {
  readonly name: string;
  /** `r` and `p`: table and partitioned table; `v` and `m`: view and materialized view. */
  readonly kind: string;
  readonly partition: boolean;
  readonly has_org: boolean;
  readonly enabled: boolean;
  readonly forced: boolean;
  readonly owned: boolean;
  readonly granted: boolean;
  /** A view that reads with the rights of whoever asks. */
  readonly invoker: boolean;
  /** Permissive policies that hold for the application role: how many, and how many of them name `app.org_id` throughout. */
  readonly policies: number;
  readonly on_org: number;
}

export interface RoleFacts {
  readonly superuser: boolean;
  readonly bypass: boolean;
}

const TABLES = `
select c.relname::text as name, c.relkind::text as kind, c.relispartition as partition,
       c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
       exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'org_id' and not a.attisdropped) as has_org,
       pg_has_role($1, c.relowner, 'MEMBER') as owned,
       has_table_privilege($1, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE') as granted,
       coalesce(c.reloptions::text[] && array['security_invoker=true', 'security_invoker=on'], false) as invoker,
       p.policies, p.on_org
  from pg_class c,
       lateral (select count(*)::int as policies,
                       count(*) filter (where (qual is null or strpos(qual, 'app.org_id') > 0)
                                          and (with_check is null or strpos(with_check, 'app.org_id') > 0))::int as on_org
                  from pg_policies
                 where schemaname = 'public' and tablename = c.relname and permissive = 'PERMISSIVE'
                   and (roles && array['public', $1]::name[])) p
 where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')
   and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
 order by 1`;

const ROLE = `select rolsuper as superuser, rolbypassrls as bypass from pg_roles where rolname = $1`;

/** Why this table could leak between organizations; nothing when it cannot. */
export function faultsOf(table: TableFacts, exempt: Readonly<Record<string, string>>): string[] {
  if (table.kind === 'm') return table.granted ? ['is a materialized view, which row-level security cannot guard'] : [];
  if (table.kind === 'v') return table.granted && !table.invoker ? ['is a view without security_invoker'] : [];
  const owned = table.owned ? [`is owned by ${APPLICATION_ROLE}`] : [];
  if (table.partition) return [...owned, ...(table.granted ? ['is a partition open to the application role; grant its parent only'] : [])];
  if (!table.has_org) return [...owned, ...(table.name in exempt ? [] : ['has no org_id and is not on the exemption list'])];
  return [
    ...owned,
    ...(table.enabled ? [] : ['has row-level security disabled']),
    ...(table.forced ? [] : ['does not FORCE row-level security on its owner']),
    ...(table.on_org > 0 ? [] : ['has no policy on app.org_id']),
    ...(table.policies > table.on_org ? ['has a policy that does not name app.org_id'] : []),
  ];
}

/** Every way in which one organization could see another's rows, as sentences. */
export function isolationFaults(role: RoleFacts | undefined, tables: readonly TableFacts[], exempt: Readonly<Record<string, string>>): string[] {
  if (role === undefined) return [`role ${APPLICATION_ROLE} does not exist`];
  return [
    ...(role.superuser ? [`role ${APPLICATION_ROLE} is a superuser`] : []),
    ...(role.bypass ? [`role ${APPLICATION_ROLE} has BYPASSRLS`] : []),
    ...tables.flatMap((table) => faultsOf(table, exempt).map((fault) => `${table.name} ${fault}`)),
  ];
}

/** Every table of schema `public` as isolation sees it. */
export const readTableFacts = async (client: Client): Promise<TableFacts[]> => (await client.query<TableFacts>(TABLES, [APPLICATION_ROLE])).rows;

/** Reads the catalogue and reports all faults at once. */
export async function findIsolationFaults(client: Client, exempt: Readonly<Record<string, string>>): Promise<string[]> {
  const role = await client.query<RoleFacts>(ROLE, [APPLICATION_ROLE]);
  if (role.rows[0] === undefined) return isolationFaults(undefined, [], exempt);
  return isolationFaults(role.rows[0], await readTableFacts(client), exempt);
}

/** The refusal to start on a database in which organizations are not kept apart. */
export function notIsolated(faults: readonly string[]): DomainError {
  return new DomainError('unavailable', 'database.not_isolated', `Organizations are not kept apart in this database: ${faults.join('; ')}. Restore the policies, or set USER_MGMT_RLS_ENFORCE=0 to start regardless.`, { details: { faults } });
}
