-- phase: expand
-- Values of attributes that a SCIM schema announces as unique (RFC 7643 §2.4, §7), beside the names that have columns of
-- their own. A row stands for a value by its digest, so that a value of any length fits an index; rows are there only where
-- an organization's schemas, or the installation's files, have such an attribute.
create table directory_unique_value (
  org_id        uuid not null,
  -- Within what the value is unique: the connection or the organization.
  scope_id      uuid not null,
  digest        bytea not null check (octet_length(digest) = 32),
  -- 0 holds the value. Who stands behind had it too when it became unique, and moves up when the one in front goes.
  place         integer not null default 0,
  attribute     text collate "C" not null,
  connection_id uuid not null,
  user_id       uuid,
  group_id      uuid,
  check (num_nonnulls(user_id, group_id) = 1),
  constraint directory_unique_value_held primary key (digest, scope_id, org_id, place),
  foreign key (user_id, connection_id, org_id) references directory_user (id, connection_id, org_id) on delete cascade,
  foreign key (group_id, connection_id, org_id) references directory_group (id, connection_id, org_id) on delete cascade
);
create index directory_unique_value_user on directory_unique_value (user_id, connection_id, org_id) where user_id is not null;
create index directory_unique_value_group on directory_unique_value (group_id, connection_id, org_id) where group_id is not null;

-- By which rules the rows above are complete. Closed: they are being made anew, and nobody may write meanwhile.
create table unique_ledger (
  org_id      uuid primary key references organization (id) on delete cascade,
  -- The mark of the rules; null: nothing is unique.
  kept        text,
  closed_by   uuid,
  closed_at   timestamptz,
  -- What the files of the node that was here last make unique, and when that node was started.
  files       text not null default '',
  files_since timestamptz not null default '-infinity'
);

do $$
declare t text;
begin
  foreach t in array array['directory_unique_value', 'unique_ledger'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format($p$create policy organization on %I to gatehouse_app
      using (org_id = nullif(current_setting('app.org_id', true), '')::uuid)
      with check (org_id = nullif(current_setting('app.org_id', true), '')::uuid)$p$, t);
    execute format('grant select, insert, update, delete on %I to gatehouse_app', t);
  end loop;
end $$;
create policy definer on directory_unique_value to gatehouse_definer using (true) with check (true);
grant select, update on directory_unique_value to gatehouse_definer;
create policy definer on unique_ledger for select to gatehouse_definer using (true);
grant select on unique_ledger to gatehouse_definer;

-- A value that several had before it was unique does not become free while one of them still has it.
create function move_up_unique_value() returns trigger
  language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  loop
    update directory_unique_value v set place = 0
     where v.digest = old.digest and v.scope_id = old.scope_id and v.org_id = old.org_id
       and v.place = (select min(w.place) from directory_unique_value w
                       where w.digest = old.digest and w.scope_id = old.scope_id and w.org_id = old.org_id);
    exit when found;
    -- The next one may have gone in this moment as well.
    perform from directory_unique_value w where w.digest = old.digest and w.scope_id = old.scope_id and w.org_id = old.org_id;
    exit when not found;
  end loop;
  return null;
end $$;
create trigger directory_unique_value_gone after delete on directory_unique_value
  for each row when (old.place = 0) execute function move_up_unique_value();
revoke all on function move_up_unique_value() from public;
alter function move_up_unique_value() owner to gatehouse_definer;

-- Who writes must know what is unique: a door says by which mark, in the row that is read anyway. A request that knows
-- another mark, or none, is undone and comes again once its hub has learned.
alter table scim_door add column unique_mark text;

-- Whose functions these are may change them; the owner of the schema only takes its role.
set local role gatehouse_definer;
create or replace function open_scim_doors() returns trigger
  language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  org uuid := case when tg_table_name = 'organization' then (to_jsonb(new) ->> 'id')::uuid else (to_jsonb(coalesce(new, old)) ->> 'org_id')::uuid end;
begin
  -- One change at a time: each sees what the one before it left, so that no door stays open behind a suspension.
  perform pg_advisory_xact_lock(hashtextextended('doors:' || org::text, 0));
  delete from scim_door d where d.org_id = org;
  insert into scim_door (hash, org_id, connection_id, actor, scopes, expires_at, unique_mark)
  select t.hash, t.org_id, t.connection_id, 'scim:' || t.id::text, t.scopes, t.expires_at,
         case when l.closed_by is not null then 'closed' else l.kept end
    from scim_token t
    join connection c on c.org_id = t.org_id and c.id = t.connection_id and c.enabled
    join organization o on o.id = t.org_id and o.status = 'active'
    left join unique_ledger l on l.org_id = t.org_id
   where t.org_id = org and t.revoked_at is null and (t.expires_at is null or t.expires_at > now());
  return null;
end $$;
drop function authenticate_scim(bytea, text, boolean);
create function authenticate_scim(token_hash bytea, resource text, writes boolean, known text default null) returns uuid
  language plpgsql security definer as $$
declare
  feed uuid;
  may text[];
  mark text;
begin
  select d.connection_id, d.scopes, d.unique_mark into feed, may, mark
    from public.scim_door d
   where d.hash = token_hash and (d.expires_at is null or d.expires_at > pg_catalog.now())
     and pg_catalog.set_config('app.org_id', d.org_id::pg_catalog.text, true) is not null
     and pg_catalog.set_config('app.connection_id', d.connection_id::pg_catalog.text, true) is not null
     and pg_catalog.set_config('app.actor', d.actor, true) is not null;
  if feed is null then
    raise exception 'the SCIM token is not valid' using errcode = 'GH401';
  end if;
  -- One question where all is well.
  if (resource <> '' and not resource = any (may)) or (writes and ('read-only' = any (may) or mark is distinct from known)) then
    if (resource = '' or resource = any (may)) and not 'read-only' = any (may) then
      raise exception 'what is unique has changed' using errcode = 'GH410';
    end if;
    raise exception 'the SCIM token does not cover this' using errcode = 'GH403';
  end if;
  return feed;
end $$;

drop function authenticate_scim_application(bytea, text, boolean);
create function authenticate_scim_application(token_hash bytea, resource text, writes boolean, known text default null) returns uuid
  language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  client text;
  org uuid;
  feed uuid;
  may text[];
  mark text;
begin
  select a.client_id, a.org_id, a.connection_id, a.scopes, case when l.closed_by is not null then 'closed' else l.kept end
    into client, org, feed, may, mark
    from oidc.scim_application(token_hash) a
    join public.connection c on c.org_id = a.org_id and c.id = a.connection_id and c.enabled
    join public.organization o on o.id = a.org_id and o.status = 'active'
    left join public.unique_ledger l on l.org_id = a.org_id;
  if not found then
    raise exception 'the access token is not valid' using errcode = 'GH401';
  end if;
  if (resource <> '' and not resource = any (may)) or (writes and 'read-only' = any (may)) then
    raise exception 'the application may not do this' using errcode = 'GH403';
  end if;
  if writes and mark is distinct from known then
    raise exception 'what is unique has changed' using errcode = 'GH410';
  end if;
  perform set_config('app.org_id', org::text, true), set_config('app.connection_id', feed::text, true),
          set_config('app.actor', 'application:' || client, true);
  return feed;
end $$;

revoke all on function authenticate_scim(bytea, text, boolean, text), authenticate_scim_application(bytea, text, boolean, text) from public;
grant execute on function authenticate_scim(bytea, text, boolean, text), authenticate_scim_application(bytea, text, boolean, text) to gatehouse_app;
reset role;
create trigger unique_ledger_doors after insert or delete or update of kept, closed_by on unique_ledger
  for each row execute function open_scim_doors();

-- Requests that are under way: each of them has opened by a door, or asked the ledger, and keeps its lock until it ends.
-- Whoever has changed the ledger waits until those that began before are gone. Nothing but numbers of transactions is told.
create function requests_under_way() returns text[]
  language sql volatile set search_path = pg_catalog, public as
$$ select coalesce(array_agg(distinct l.virtualtransaction), '{}') from pg_locks l
    where l.locktype = 'relation' and l.mode = 'AccessShareLock' and l.pid <> pg_backend_pid()
      and l.database = (select d.oid from pg_database d where d.datname = current_database())
      and l.relation in ('public.scim_door'::regclass, 'public.unique_ledger'::regclass) $$;
revoke all on function requests_under_way() from public;
grant execute on function requests_under_way() to gatehouse_app;
