-- phase: expand
-- As before, without backups: they lock every table for as long as they take, and nobody waits for hours for what only
-- reads. They are known by a table that no request can lock, since the application has no right to it.
create or replace function requests_under_way() returns text[]
  language sql volatile set search_path = pg_catalog, public as
$$ select coalesce(array_agg(distinct l.virtualtransaction), '{}') from pg_locks l
    where l.locktype = 'relation' and l.mode = 'AccessShareLock' and l.pid <> pg_backend_pid()
      and l.database = (select d.oid from pg_database d where d.datname = current_database())
      and l.relation in ('public.scim_door'::regclass, 'public.unique_ledger'::regclass)
      and not exists (select from pg_locks b
                       where b.pid = l.pid and b.locktype = 'relation' and b.database = l.database
                         and b.relation = 'public.schema_migration'::regclass) $$;
