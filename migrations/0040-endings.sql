-- phase: expand
-- What ends with a suspended organization or a connection that is switched off, and who is a member nowhere.

-- Everything that anybody holds at the provider through the organization of the current context ends here.
create function oidc.end_grants_of_organization() returns bigint
  language sql security definer set search_path = pg_catalog, oidc as
$$ with ended as (
     delete from oidc.grant_organization
      where org_id = nullif(current_setting('app.org_id', true), '')::uuid
      returning grant_hash
   ), gone as (
     delete from oidc.artifact a using ended e where a.grant_hash = e.grant_hash returning 1
   ) select count(*) from gone $$;
revoke all on function oidc.end_grants_of_organization() from public;
grant execute on function oidc.end_grants_of_organization() to gatehouse_app;
grant create on schema oidc to gatehouse_provider;
alter function oidc.end_grants_of_organization() owner to gatehouse_provider;
revoke create on schema oidc from gatehouse_provider;

-- A membership counts here whatever became of its organization meanwhile: a suspended one may come back.
create function is_member_anywhere(wanted uuid) returns boolean
  language sql stable security definer set search_path = pg_catalog, public as
$$ select exists (select from membership m where m.account_id = wanted) $$;
revoke all on function is_member_anywhere(uuid) from public;
grant execute on function is_member_anywhere(uuid) to gatehouse_app;
alter function is_member_anywhere(uuid) owner to gatehouse_definer;
