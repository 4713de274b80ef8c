-- phase: expand
-- SCIM by OAuth 2.0 client credentials (RFC 6749 §4.4): an application that is bound to one connection gets access tokens
-- with the scope `scim`, good for that connection. The opening statement of a SCIM batch finds token, application and
-- connection in one place, as it does for SCIM tokens.

-- The provider's half: its role alone may see artifacts. A token that is bound to a key is no bearer token (RFC 9449 §7.2).
create function oidc.scim_application(token_hash bytea)
  returns table (client_id text, org_id uuid, connection_id uuid, scopes text[])
  language sql stable security definer set search_path = pg_catalog, oidc, public as
$$ select a.client_id, a.org_id, (a.metadata ->> 'scim_connection')::uuid,
          coalesce(array(select jsonb_array_elements_text(nullif(a.metadata -> 'scim_scopes', 'null'))), '{}')
     from oidc.artifact t join public.application a on a.client_id = t.payload ->> 'clientId'
    where t.kind = 'ClientCredentials' and t.id_hash = token_hash and t.expires_at > now()
      and 'scim' = any (string_to_array(t.payload ->> 'scope', ' ')) and not t.payload ?| array['jkt', 'x5t#S256']
      and a.enabled and a.org_id is not null and a.metadata ->> 'scim_connection' is not null $$;
revoke all on function oidc.scim_application(bytea) from public;
grant usage on schema oidc to gatehouse_definer;
grant execute on function oidc.scim_application(bytea) to gatehouse_definer;
grant create on schema oidc to gatehouse_provider;
alter function oidc.scim_application(bytea) owner to gatehouse_provider;
revoke create on schema oidc from gatehouse_provider;

-- As authenticate_scim, for an application's access token.
create function authenticate_scim_application(token_hash bytea, resource text, writes boolean) returns uuid
  language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  client text;
  org uuid;
  feed uuid;
  may text[];
begin
  select a.client_id, a.org_id, a.connection_id, a.scopes into client, org, feed, may
    from oidc.scim_application(token_hash) a
    join public.connection c on c.org_id = a.org_id and c.id = a.connection_id and c.enabled
    join public.organization o on o.id = a.org_id and o.status = 'active';
  if not found then
    raise exception 'the access token is not valid' using errcode = 'GH401';
  end if;
  if (resource <> '' and not resource = any (may)) or (writes and 'read-only' = any (may)) then
    raise exception 'the application may not do this' using errcode = 'GH403';
  end if;
  perform set_config('app.org_id', org::text, true), set_config('app.connection_id', feed::text, true),
          set_config('app.actor', 'application:' || client, true);
  return feed;
end $$;
revoke all on function authenticate_scim_application(bytea, text, boolean) from public;
grant execute on function authenticate_scim_application(bytea, text, boolean) to gatehouse_app;
alter function authenticate_scim_application(bytea, text, boolean) owner to gatehouse_definer;
