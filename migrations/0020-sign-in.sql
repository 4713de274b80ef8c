-- phase: expand
-- Two nodes that start or rotate at once must not end with two keys that sign under one algorithm.
create unique index signing_key_one_signing on signing_key (alg) where state = 'signing';

-- The identifier (RFC 8707 resource indicator) under which an application's API is known to the provider.
create unique index application_api on application ((metadata ->> 'api_identifier')) where metadata ? 'api_identifier';

-- What a sign-in leaves behind for a while, of every organization: deleted once it has expired.
create policy definer_sees on session_proof for select to gatehouse_definer using (expires_at < now());
create policy definer_sweeps on session_proof for delete to gatehouse_definer using (expires_at < now());
create policy definer_sees on accepted_assertion for select to gatehouse_definer using (expires_at < now());
create policy definer_sweeps on accepted_assertion for delete to gatehouse_definer using (expires_at < now());
grant select, delete on session_proof, accepted_assertion, pending_sign_in to gatehouse_definer;

create function sweep_sign_ins() returns void
  language sql security definer set search_path = pg_catalog, public as
$$ delete from session_proof where expires_at < now();
   delete from accepted_assertion where expires_at < now();
   delete from pending_sign_in where expires_at < now() $$;
revoke all on function sweep_sign_ins() from public;
grant execute on function sweep_sign_ins() to gatehouse_app;
alter function sweep_sign_ins() owner to gatehouse_definer;
