-- phase: expand
-- What the OpenID provider keeps: codes, tokens, sessions, interactions, grants. A schema and a role of their own: the
-- engine knows no organization, so these tables are exempt from row-level security by name and closed to the
-- application role; what it may do here, it does through the function below.

create schema oidc;
grant usage on schema oidc to gatehouse_provider, gatehouse_app;

-- Identifiers are bearer secrets: only their SHA-256 is kept.
create table oidc.artifact (
  kind        text not null,
  id_hash     bytea not null,
  payload     jsonb not null,
  account_id  uuid,
  grant_hash  bytea,
  uid_hash    bytea,
  user_code_hash bytea,
  expires_at  timestamptz,
  consumed_at timestamptz,
  primary key (kind, id_hash)
);
create index artifact_grant on oidc.artifact (grant_hash) where grant_hash is not null;
create index artifact_uid on oidc.artifact (uid_hash) where uid_hash is not null;
create index artifact_user_code on oidc.artifact (user_code_hash) where user_code_hash is not null;
create index artifact_account on oidc.artifact (account_id) where account_id is not null;
create index artifact_expiry on oidc.artifact (expires_at);

-- Each grant is for one organization, chosen at the interaction.
create table oidc.grant_organization (
  grant_hash  bytea primary key,
  org_id      uuid not null,
  account_id  uuid not null,
  client_id   text not null,
  epoch       bigint not null,
  created_at  timestamptz not null default now()
);
create index grant_organization_account on oidc.grant_organization (org_id, account_id);

grant select, insert, update, delete on oidc.artifact, oidc.grant_organization to gatehouse_provider;

-- Everything that a person holds at the provider through the organization of the current context ends here.
create function oidc.end_grants(wanted_account uuid) returns bigint
  language plpgsql security definer set search_path = pg_catalog, oidc as $$
declare
  org uuid := nullif(current_setting('app.org_id', true), '')::uuid;
  gone bigint;
begin
  -- most people hold nothing at the moment, and a feed may switch off thousands
  if not exists (select from oidc.grant_organization g where g.org_id = org and g.account_id = wanted_account) then return 0; end if;
  with ended as (
    delete from oidc.grant_organization g where g.org_id = org and g.account_id = wanted_account returning g.grant_hash
  ), artifacts as (
    delete from oidc.artifact a using ended e where a.grant_hash = e.grant_hash returning 1
  ) select count(*) into gone from artifacts;
  return gone;
end $$;
revoke all on function oidc.end_grants(uuid) from public;
grant execute on function oidc.end_grants(uuid) to gatehouse_app;
-- Whoever is to own a function needs the right to create in its schema, at that moment.
grant create on schema oidc to gatehouse_provider;
alter function oidc.end_grants(uuid) owner to gatehouse_provider;
revoke create on schema oidc from gatehouse_provider;
