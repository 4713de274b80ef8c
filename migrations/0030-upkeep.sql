-- phase: expand
-- What jobs need to find their work cheaply when there is none, and to leave it to one node at a time.

-- When the roles of a member next change by time alone: a grant or an override expires. Null for most.
alter table membership add column due_at timestamptz;
create index membership_due on membership (due_at) where due_at is not null;

-- Members whose roles wait to be resolved anew, whatever the map's generation. Empty, but for moments and after a crash.
create index membership_marked on membership (org_id) where resolved_generation = 0;

-- The mapping generation for which every member of the organization is known to be resolved; only a job raises it.
alter table organization add column settled_generation bigint not null default 0;
create index organization_unsettled on organization (id) where settled_generation < mapping_generation;

-- Grants that expire stand in no member's due_at yet: every member is resolved once.
update organization set mapping_generation = mapping_generation + 1;

-- Where roles wait to be resolved: because the map has changed, a mark was left behind, or time has passed.
create function organizations_to_settle() returns table (org_id uuid)
  language sql stable security definer set search_path = pg_catalog, public as
$$ select o.id from organization o where o.settled_generation < o.mapping_generation
   union select m.org_id from membership m where m.resolved_generation = 0
   union select m.org_id from membership m where m.due_at <= now() $$;
revoke all on function organizations_to_settle() from public;
grant execute on function organizations_to_settle() to gatehouse_app;
alter function organizations_to_settle() owner to gatehouse_definer;

-- Which node does what only one should do, and until when; a node that dies leaves its work to the others by then.
create table lease (
  name        text primary key,
  holder      uuid not null,
  held_until  timestamptz not null
);
grant select, insert, update on lease to gatehouse_app;
