-- phase: expand
-- The nouns of the hub. Tables that carry org_id belong to one organization: FORCE row-level security, one policy on
-- app.org_id each, and foreign keys that carry org_id too, since foreign-key checks bypass row-level security.
-- Tables without org_id are instance-wide and stand on the named exemption list of the database floor.
-- Indexes lead with what tells rows apart and end with the organization: before the first ANALYZE the planner cannot tell
-- two indexes apart that begin alike, and would read a whole organization by the wrong one.
-- What a feed writes has no foreign key to its connection or organization: every insert would lock one row that all
-- writers share. The token that opens the batch has one, and neither is ever deleted, only switched off.
-- Folded keys (lower case, NFC, made by the application) have collation "C": only leakproof conditions use an index
-- under row-level security, and equality and ranges of such keys are.

create table organization (
  id          uuid primary key,
  slug        text not null constraint organization_slug_unique unique,
  name        text not null,
  description text not null default '',
  is_default  boolean not null default false,
  status      text not null default 'active' check (status in ('active', 'suspended')),
  settings    jsonb not null default '{}',
  -- Raised by every change of the organization's group → role map; memberships resolved under an older one are stale.
  mapping_generation bigint not null default 1,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now()
);
create unique index organization_one_default on organization (is_default) where is_default;

-- Closed sets of words on tables that are written all the time are domains: a domain's check is prepared once per
-- session, a table's check at every statement (measured: 5 % of creating a person).
create domain account_status as text check (value in ('active', 'disabled'));
create domain membership_status as text check (value in ('active', 'suspended'));
create domain grant_cause as text check (value in ('mapping', 'default', 'override', 'manual', 'scim', 'team', 'request'));
create domain resource_kind as text check (value in ('User', 'Group'));

-- A person who can sign in. What is known about the person stands on the membership, per organization.
create table account (
  id          uuid primary key,
  status      account_status not null default 'active',
  home_org_id uuid not null,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now()
);

create table connection (
  org_id      uuid not null references organization (id),
  id          uuid not null constraint connection_id_unique unique,
  name        text not null,
  protocol    text not null check (protocol in ('oidc', 'saml', 'scim-only')),
  vendor      text not null default 'generic',
  settings    jsonb not null default '{}',
  -- Client secrets and private keys, sealed with the master key.
  sealed_secrets text,
  -- Which assertion claim equals which SCIM attribute; null: sign-in never joins push.
  subject_match jsonb,
  jit         boolean not null default true,
  enabled     boolean not null default true,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),
  primary key (org_id, id),
  constraint connection_name_unique unique (org_id, name)
);

create table organization_domain (
  org_id        uuid not null references organization (id),
  domain        text collate "C" not null,
  connection_id uuid,
  verified_at   timestamptz,
  created_at    timestamptz not null default now(),
  primary key (org_id, domain),
  foreign key (org_id, connection_id) references connection (org_id, id)
);
-- Two organizations may claim a domain; only one can have proved it.
create unique index organization_domain_verified on organization_domain (domain) where verified_at is not null;

create table membership (
  org_id       uuid not null,
  account_id   uuid not null references account (id),
  status       membership_status not null default 'active',
  user_name    text,
  user_name_key text collate "C",
  display_name text,
  email        text,
  email_verified boolean not null default false,
  -- Further standard claims (given_name, family_name, locale, …) as last told by the feed or the provider.
  profile      jsonb not null default '{}',
  -- What administrators say about the person; claims.role_overrides is read by the resolver.
  claims       jsonb not null default '{}',
  -- The mapping generation under which the roles were last resolved.
  resolved_generation bigint not null default 0,
  -- Authorization epoch: raised whenever roles or status change; older tokens are refused where it matters.
  epoch        bigint not null default 1,
  created_at   timestamptz not null default now(),
  updated_at   timestamptz not null default now(),
  primary key (org_id, account_id)
) with (fillfactor = 80);
create index membership_user_name on membership (user_name_key, org_id);
create index membership_account on membership (account_id);

-- Room is left on each page, so that a change that touches no key stays on it and touches no index either.
create table directory_user (
  org_id        uuid not null,
  connection_id uuid not null,
  id            uuid not null,
  account_id    uuid not null,
  user_name_key    text collate "C" not null,
  external_id      text collate "C",
  display_name_key text collate "C",
  given_name_key   text collate "C",
  family_name_key  text collate "C",
  email_key        text collate "C",
  active        boolean not null,
  -- The SCIM resource as it is sent, without groups and without meta: those are spliced in at read.
  resource      text not null,
  version       bigint not null default 1,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  primary key (id, connection_id, org_id),
  foreign key (org_id, account_id) references membership (org_id, account_id)
) with (fillfactor = 60);
create unique index directory_user_user_name on directory_user (user_name_key, connection_id, org_id);
create unique index directory_user_external_id on directory_user (external_id, connection_id, org_id) where external_id is not null;
create index directory_user_account on directory_user (account_id, org_id);
-- Pages in the order of ids, found without touching the rows that are passed over.
create index directory_user_page on directory_user (connection_id, id) include (org_id);

create table directory_group (
  org_id        uuid not null,
  connection_id uuid not null,
  id            uuid not null,
  display_name  text not null,
  display_name_key text collate "C" not null,
  external_id   text collate "C",
  resource      text not null,
  version       bigint not null default 1,
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  primary key (id, connection_id, org_id)
);
create unique index directory_group_display_name on directory_group (display_name_key, connection_id, org_id);
create unique index directory_group_external_id on directory_group (external_id, connection_id, org_id) where external_id is not null;
create index directory_group_page on directory_group (connection_id, id) include (org_id);

-- Who is in which group, and since when. A row ends by valid_to and stays as history. The references stand only while
-- the row is live, so that a user or group can go while its history remains; changed_at, indexed per group, is what a
-- group's version and lastModified derive from: no row shared by all writers of a group is ever updated.
create table directory_member (
  org_id        uuid not null,
  connection_id uuid not null,
  group_id      uuid not null,
  member_id     uuid not null,
  user_ref      uuid,
  group_ref     uuid,
  valid_from    timestamptz not null default clock_timestamp(),
  valid_to      timestamptz,
  changed_at    timestamptz not null default clock_timestamp(),
  foreign key (org_id, connection_id, group_id) references directory_group (org_id, connection_id, id) on delete cascade,
  foreign key (org_id, connection_id, user_ref) references directory_user (org_id, connection_id, id),
  foreign key (org_id, connection_id, group_ref) references directory_group (org_id, connection_id, id),
  check (case when valid_to is null then (user_ref is null) <> (group_ref is null) and member_id = coalesce(user_ref, group_ref)
              else user_ref is null and group_ref is null end)
);
create unique index directory_member_live on directory_member (group_id, member_id, connection_id, org_id) where valid_to is null;
create index directory_member_user on directory_member (user_ref, connection_id, org_id) where user_ref is not null;
create index directory_member_group on directory_member (group_ref, connection_id, org_id) where group_ref is not null;
create index directory_member_changed on directory_member (group_id, changed_at);

-- Every group that stands above another one, however far; only group-in-group edges have a closure.
create table directory_group_closure (
  org_id        uuid not null,
  connection_id uuid not null,
  descendant_id uuid not null,
  ancestor_id   uuid not null,
  primary key (descendant_id, ancestor_id, connection_id, org_id),
  foreign key (org_id, connection_id, descendant_id) references directory_group (org_id, connection_id, id) on delete cascade,
  foreign key (org_id, connection_id, ancestor_id) references directory_group (org_id, connection_id, id) on delete cascade
);
create index directory_group_closure_ancestor on directory_group_closure (ancestor_id, connection_id, org_id);

-- How many resources a connection holds: one row per change, summed at read, folded into one row by a job.
create table directory_count (
  org_id        uuid not null,
  connection_id uuid not null,
  kind          resource_kind not null,
  amount        bigint not null
);
create index directory_count_connection on directory_count (connection_id, kind);

-- The one way from an outside subject to an account; bound once, for good.
create table identity (
  org_id        uuid not null,
  connection_id uuid not null,
  subject       text collate "C" not null,
  account_id    uuid not null,
  directory_user_id uuid,
  issuer        text not null,
  -- Groups of the last sign-in: {"state": "present", "groups": […]} and so on.
  groups        jsonb not null default '{"state": "unknown"}',
  bound_by      text not null check (bound_by in ('subject-match', 'jit', 'link')),
  created_at    timestamptz not null default now(),
  last_seen_at  timestamptz not null default now(),
  primary key (subject, connection_id, org_id),
  foreign key (org_id, connection_id) references connection (org_id, id),
  foreign key (org_id, account_id) references membership (org_id, account_id)
);
create index identity_account on identity (account_id, org_id);
-- A pushed user answers to one subject; a second one that claims to be it is refused.
create unique index identity_directory_user on identity (directory_user_id, connection_id, org_id) where directory_user_id is not null;

create table role (
  org_id      uuid not null references organization (id),
  name        text collate "C" not null,
  description text not null default '',
  created_at  timestamptz not null default now(),
  primary key (org_id, name)
);

-- One line of an organization's own group → role map; connection_id null: groups of every connection.
create table role_mapping (
  org_id        uuid not null references organization (id),
  id            uuid not null,
  connection_id uuid,
  group_name    text not null,
  group_key     text collate "C" not null,
  roles         text[] not null,
  created_at    timestamptz not null default now(),
  primary key (org_id, id),
  foreign key (org_id, connection_id) references connection (org_id, id) on delete cascade,
  constraint role_mapping_group_unique unique nulls not distinct (org_id, connection_id, group_key)
);

-- Persisted roles: one row per cause, so that nothing set by hand is wiped by a sync and nothing granted by a sync
-- survives its cause.
create table role_grant (
  org_id      uuid not null,
  account_id  uuid not null,
  role        text collate "C" not null,
  cause       grant_cause not null,
  cause_ref   text collate "C" not null default '',
  expires_at  timestamptz,
  granted_by  text not null,
  granted_at  timestamptz not null default now(),
  primary key (account_id, role, cause, cause_ref, org_id),
  foreign key (org_id, account_id) references membership (org_id, account_id) on delete cascade
);
create index role_grant_role on role_grant (org_id, role);

create table scim_token (
  org_id        uuid not null,
  id            uuid not null,
  connection_id uuid not null,
  hash          bytea not null constraint scim_token_hash_unique unique,
  -- The readable beginning, so that a person recognises the token; never enough to use it.
  hint          text not null,
  scopes        text[] not null default '{users,groups}',
  created_by    text not null,
  created_at    timestamptz not null default now(),
  expires_at    timestamptz,
  revoked_at    timestamptz,
  last_used_at  timestamptz,
  primary key (org_id, id),
  foreign key (org_id, connection_id) references connection (org_id, id) on delete cascade
);
create index scim_token_connection on scim_token (org_id, connection_id);

-- What opens a SCIM batch: one row per token that counts at this moment, with all that the batch must know, so that every
-- request pays for one row and not for three. Kept by triggers alone; see open_scim_doors.
create table scim_door (
  hash          bytea primary key,
  org_id        uuid not null,
  connection_id uuid not null,
  actor         text not null,
  scopes        text[] not null,
  expires_at    timestamptz
);
create index scim_door_organization on scim_door (org_id);

-- Operators' tokens for the admin API; instance-wide.
create table operator_token (
  id          uuid primary key,
  name        text not null,
  hash        bytea not null constraint operator_token_hash_unique unique,
  hint        text not null,
  created_at  timestamptz not null default now(),
  expires_at  timestamptz,
  revoked_at  timestamptz,
  last_used_at timestamptz
);

create table password_credential (
  account_id  uuid primary key references account (id) on delete cascade,
  hash        text not null,
  updated_at  timestamptz not null default now()
);

-- Applications behind the hub; org_id null: open to members of every organization.
create table application (
  client_id   text primary key,
  org_id      uuid references organization (id),
  name        text not null,
  -- Client metadata in the terms of OpenID Connect Dynamic Client Registration.
  metadata    jsonb not null,
  sealed_secret text,
  enabled     boolean not null default true,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now()
);
create index application_organization on application (org_id);

create table signing_key (
  kid         text primary key,
  alg         text not null,
  public_jwk  jsonb not null,
  sealed_private_jwk text not null,
  -- published: in /jwks, not signing yet; signing: the one in use; retired: still verifies until it is dropped.
  state       text not null check (state in ('published', 'signing', 'retired')),
  created_at  timestamptz not null default now(),
  changed_at  timestamptz not null default now()
);

-- Facts about the installation, for example the canary that recognises a wrong master secret.
create table instance_fact (
  name  text primary key,
  value text not null
);

-- A sign-in under way at an upstream provider, found by the hash of what the browser holds.
create table pending_sign_in (
  hash        bytea primary key,
  sealed      text not null,
  expires_at  timestamptz not null
);
create index pending_sign_in_expiry on pending_sign_in (expires_at);

-- Assertions that were accepted once: the primary key refuses them a second time, on every node.
create table accepted_assertion (
  org_id        uuid not null,
  connection_id uuid not null,
  hash          bytea not null,
  expires_at    timestamptz not null,
  primary key (org_id, connection_id, hash),
  foreign key (org_id, connection_id) references connection (org_id, id) on delete cascade
);
create index accepted_assertion_expiry on accepted_assertion (expires_at);

-- By which connection a single sign-on session was proved, per organization.
create table session_proof (
  org_id        uuid not null,
  session_hash  bytea not null,
  connection_id uuid,
  account_id    uuid not null references account (id) on delete cascade,
  method        text not null,
  proved_at     timestamptz not null default now(),
  expires_at    timestamptz not null,
  primary key (org_id, session_hash),
  foreign key (org_id, connection_id) references connection (org_id, id) on delete cascade
);
create index session_proof_account on session_proof (org_id, account_id);
create index session_proof_expiry on session_proof (expires_at);

-- Who did what to whom. A plain insert in the transaction of what it tells of.
create table audit_event (
  org_id      uuid,
  id          uuid not null,
  at          timestamptz not null default now(),
  actor       text not null,
  action      text not null,
  target_type text not null,
  target_id   text not null,
  details     jsonb not null default '{}',
  request_id  text
) partition by range (at);
-- Two indexes and no key: nothing refers to an event, and every write of the hub pays for what stands here.
create index audit_event_organization on audit_event (org_id, at, id);
create index audit_event_target on audit_event (target_id, at);

-- What the rest of the world must hear: webhooks, back-channel logout, mail. Written with the change, delivered later.
create table outbox_event (
  id          bigint generated always as identity primary key,
  org_id      uuid not null,
  kind        text not null,
  payload     jsonb not null,
  created_at  timestamptz not null default now(),
  delivered_at timestamptz
);
create index outbox_event_waiting on outbox_event (id) where delivered_at is null;

-- ---------------------------------------------------------------------------------------------------------------
-- Row-level security: one policy per table on app.org_id; a forgotten context sees no row.

do $$
declare t text;
begin
  foreach t in array array['connection', 'organization_domain', 'membership', 'directory_user', 'directory_group',
    'directory_member', 'directory_group_closure', 'directory_count', 'identity', 'role', 'role_mapping', 'role_grant',
    'scim_token', 'accepted_assertion', 'session_proof', 'outbox_event']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format($p$create policy organization on %I to gatehouse_app
      using (org_id = nullif(current_setting('app.org_id', true), '')::uuid)
      with check (org_id = nullif(current_setting('app.org_id', true), '')::uuid)$p$, t);
    execute format('grant select, insert, update, delete on %I to gatehouse_app', t);
  end loop;
end $$;

alter table application enable row level security;
alter table application force row level security;
create policy organization on application to gatehouse_app
  using (org_id is null or org_id = nullif(current_setting('app.org_id', true), '')::uuid)
  with check (org_id is not distinct from nullif(current_setting('app.org_id', true), '')::uuid);
create policy provider on application for select to gatehouse_provider using (true);
grant select, insert, update, delete on application to gatehouse_app;
grant select on application to gatehouse_provider;

alter table audit_event enable row level security;
alter table audit_event force row level security;
create policy organization on audit_event to gatehouse_app
  using (org_id is not distinct from nullif(current_setting('app.org_id', true), '')::uuid)
  with check (org_id is not distinct from nullif(current_setting('app.org_id', true), '')::uuid);
grant select, insert on audit_event to gatehouse_app;

grant select, insert, update, delete on organization, account, password_credential, signing_key, instance_fact,
  operator_token, pending_sign_in to gatehouse_app;

-- ---------------------------------------------------------------------------------------------------------------
-- Definer functions: what must be found before an organization is known. Each filters on its own; none takes a
-- condition from outside.

create policy definer on scim_token for select to gatehouse_definer using (true);
create policy definer on connection for select to gatehouse_definer using (true);
create policy definer on organization_domain for select to gatehouse_definer using (true);
create policy definer on membership for select to gatehouse_definer using (true);
create policy definer on directory_count to gatehouse_definer using (true) with check (true);
-- Nobody but the functions that own it sees a door.
alter table scim_door enable row level security;
alter table scim_door force row level security;
create policy organization on scim_door to gatehouse_app using (org_id = nullif(current_setting('app.org_id', true), '')::uuid);
create policy definer on scim_door to gatehouse_definer using (true) with check (true);
grant select, insert, delete on scim_door to gatehouse_definer;
grant select on scim_token, connection, organization_domain, membership, organization, account to gatehouse_definer;
grant select, insert, delete on directory_count to gatehouse_definer;
grant usage on schema public to gatehouse_app, gatehouse_definer, gatehouse_provider;

-- First statement of every SCIM batch: the token names organization and connection, or the batch ends here. What the
-- token may do is decided in the same place: resource is 'users', 'groups' or '' (discovery). Names are qualified instead
-- of a search_path of its own, and the context is set by the statement that finds the token: every request pays for this.
create function authenticate_scim(token_hash bytea, resource text, writes boolean) returns uuid
  language plpgsql security definer as $$
declare
  feed uuid;
  may text[];
begin
  select d.connection_id, d.scopes into feed, may
    from public.scim_door d
   where d.hash = token_hash and (d.expires_at is null or d.expires_at > pg_catalog.now())
     and pg_catalog.set_config('app.org_id', d.org_id::pg_catalog.text, true) is not null
     and pg_catalog.set_config('app.connection_id', d.connection_id::pg_catalog.text, true) is not null
     and pg_catalog.set_config('app.actor', d.actor, true) is not null;
  if feed is null then
    raise exception 'the SCIM token is not valid' using errcode = 'GH401';
  end if;
  if (resource <> '' and not resource = any (may)) or (writes and 'read-only' = any (may)) then
    raise exception 'the SCIM token does not cover this' using errcode = 'GH403';
  end if;
  return feed;
end $$;

-- Doors follow whatever decides whether a token counts, in the same transaction: the token, its connection, its
-- organization. All doors that a change may concern are closed, and those that are still good opened anew.
create function open_scim_doors() returns trigger
  language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  org uuid := case when tg_table_name = 'organization' then (to_jsonb(new) ->> 'id')::uuid else (to_jsonb(coalesce(new, old)) ->> 'org_id')::uuid end;
begin
  -- One change at a time: each sees what the one before it left, so that no door stays open behind a suspension.
  perform pg_advisory_xact_lock(hashtextextended('doors:' || org::text, 0));
  delete from scim_door d where d.org_id = org;
  insert into scim_door (hash, org_id, connection_id, actor, scopes, expires_at)
  select t.hash, t.org_id, t.connection_id, 'scim:' || t.id::text, t.scopes, t.expires_at
    from scim_token t
    join connection c on c.org_id = t.org_id and c.id = t.connection_id and c.enabled
    join organization o on o.id = t.org_id and o.status = 'active'
   where t.org_id = org and t.revoked_at is null and (t.expires_at is null or t.expires_at > now());
  return null;
end $$;
alter function open_scim_doors() owner to gatehouse_definer;
create trigger scim_token_doors after insert or delete or update of hash, connection_id, scopes, expires_at, revoked_at on scim_token
  for each row execute function open_scim_doors();
create trigger connection_doors after update of enabled on connection for each row execute function open_scim_doors();
create trigger organization_doors after update of status on organization for each row execute function open_scim_doors();

-- Which organization does a connection id of a URL belong to?
create function connection_organization(wanted uuid) returns uuid
  language sql stable security definer set search_path = pg_catalog, public as
$$ select c.org_id from connection c join organization o on o.id = c.org_id
    where c.id = wanted and c.enabled and o.status = 'active' $$;

-- Home realm discovery: the connection of a proved domain.
create function connection_for_domain(wanted text) returns table (org_id uuid, connection_id uuid)
  language sql stable security definer set search_path = pg_catalog, public as
$$ select d.org_id, d.connection_id from organization_domain d
    join connection c on c.org_id = d.org_id and c.id = d.connection_id
    join organization o on o.id = d.org_id
    where d.domain = wanted and d.verified_at is not null and c.enabled and o.status = 'active' $$;

-- In which organizations is this account a member?
create function organizations_of_account(wanted uuid)
  returns table (org_id uuid, slug text, name text, status text)
  language sql stable security definer set search_path = pg_catalog, public as
$$ select m.org_id, o.slug, o.name, m.status from membership m
    join organization o on o.id = m.org_id join account a on a.id = m.account_id
    where m.account_id = wanted and o.status = 'active' and a.status = 'active' $$;

-- Local sign-in: which accounts answer to this user name? The password decides, not this function.
create function accounts_for_user_name(wanted text) returns table (org_id uuid, account_id uuid)
  language sql stable security definer set search_path = pg_catalog, public as
$$ select m.org_id, m.account_id from membership m
    join account a on a.id = m.account_id join organization o on o.id = m.org_id
    where m.user_name_key = wanted and m.status = 'active' and a.status = 'active' and o.status = 'active' $$;

-- Sums the appended counts of every connection into one row each. Runs beside writers: it takes only rows it sees.
create function fold_directory_counts() returns bigint
  language sql security definer set search_path = pg_catalog, public as
$$ with many as (
     select org_id, connection_id, kind from directory_count group by 1, 2, 3 having count(*) > 1
   ), gone as (
     delete from directory_count c using many m
      where c.org_id = m.org_id and c.connection_id = m.connection_id and c.kind = m.kind returning c.*
   ), kept as (
     insert into directory_count (org_id, connection_id, kind, amount)
     select org_id, connection_id, kind, sum(amount) from gone group by 1, 2, 3 returning 1
   ) select count(*) from gone $$;

do $$
declare f text;
begin
  foreach f in array array['authenticate_scim(bytea, text, boolean)', 'connection_organization(uuid)', 'connection_for_domain(text)',
    'organizations_of_account(uuid)', 'accounts_for_user_name(text)', 'fold_directory_counts()']
  loop
    execute format('revoke all on function %s from public', f);
    execute format('grant execute on function %s to gatehouse_app', f);
    execute format('alter function %s owner to gatehouse_definer', f);
  end loop;
end $$;

-- Conditions inside a batch: a statement that must touch exactly one row says so, else the whole batch is undone.
create function expect_one(touched bigint, code text) returns boolean
  language plpgsql immutable set search_path = pg_catalog as $$
begin
  if touched <> 1 then raise exception '%', code using errcode = 'GH001'; end if;
  return true;
end $$;
