-- phase: expand
-- SCIM extensions that one organization declares for itself (RFC 7643 §3.3, §7). The definition is an opaque document
-- here; the URN compares without regard to case, so the key is its folded form.
create table organization_schema (
  org_id        uuid not null,
  id            text not null,
  id_key        text collate "C" not null,
  resource_type text not null check (resource_type in ('User', 'Group')),
  definition    jsonb not null,
  -- Another one after every change: by it hubs know that what they remember is old.
  revision      uuid not null default gen_random_uuid(),
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  primary key (org_id, id_key)
);

alter table organization_schema enable row level security;
alter table organization_schema force row level security;
create policy organization on organization_schema to gatehouse_app
  using (org_id = nullif(current_setting('app.org_id', true), '')::uuid)
  with check (org_id = nullif(current_setting('app.org_id', true), '')::uuid);
create policy definer on organization_schema for select to gatehouse_definer using (true);
grant select, insert, update, delete on organization_schema to gatehouse_app;
grant select on organization_schema to gatehouse_definer;

-- Which organizations have schemas of their own, and in which state these are: all that crosses organizations, so that a hub
-- need not ask for an organization's schemas at every request. What they define is read by the organization alone.
create function organizations_with_schemas() returns table (org_id uuid, generation text)
  language sql stable security definer set search_path = pg_catalog, public as
$$ select s.org_id, md5(string_agg(s.revision::text, ',' order by s.id_key)) from organization_schema s group by s.org_id $$;
revoke all on function organizations_with_schemas() from public;
grant execute on function organizations_with_schemas() to gatehouse_app;
alter function organizations_with_schemas() owner to gatehouse_definer;
