-- phase: expand
-- What an application held ends when it is switched off, or its organization is suspended, and does not come back with it.
-- Its own tokens carry this epoch and hold while it stands; what people granted it hangs on rows, which go.
alter table application add column epoch bigint not null default 0;
create index grant_organization_client on oidc.grant_organization (client_id);

create function oidc.end_application() returns trigger
  language plpgsql security definer set search_path = pg_catalog, oidc as $$
begin
  new.epoch := old.epoch + 1;
  with ended as (
    delete from oidc.grant_organization g where g.client_id = new.client_id returning g.grant_hash
  ) delete from oidc.artifact a using ended e where a.grant_hash = e.grant_hash;
  return new;
end $$;
revoke all on function oidc.end_application() from public;
create trigger application_ends before update of enabled on application
  for each row when (old.enabled and not new.enabled) execute function oidc.end_application();

grant create on schema oidc to gatehouse_provider;
alter function oidc.end_application() owner to gatehouse_provider;

-- As before, and the token is of the application's present epoch. Only its owner may replace a function.
set local role gatehouse_provider;
create or replace function oidc.scim_application(token_hash bytea)
  returns table (client_id text, org_id uuid, connection_id uuid, scopes text[])
  language sql stable security definer set search_path = pg_catalog, oidc, public as
$$ select a.client_id, a.org_id, (a.metadata ->> 'scim_connection')::uuid,
          coalesce(array(select jsonb_array_elements_text(nullif(a.metadata -> 'scim_scopes', 'null'))), '{}')
     from oidc.artifact t join public.application a on a.client_id = t.payload ->> 'clientId'
    where t.kind = 'ClientCredentials' and t.id_hash = token_hash and t.expires_at > now()
      and 'scim' = any (string_to_array(t.payload ->> 'scope', ' ')) and not t.payload ?| array['jkt', 'x5t#S256']
      and t.payload #>> '{extra,epoch}' = a.epoch::text
      and a.enabled and a.org_id is not null and a.metadata ->> 'scim_connection' is not null $$;
reset role;
revoke create on schema oidc from gatehouse_provider;
