-- phase: expand
-- transaction: none
-- One index for every substring of a user's names and addresses. The connection stands in it, so that a tenant's
-- question does not walk through its neighbours' people. New entries wait in a short list (fastupdate): sorting them in
-- by the hundred costs a write far less than one by one, and a search reads the list beside the index.
drop index concurrently if exists directory_user_search;
create index concurrently directory_user_search on directory_user using gin (connection_id, (
  user_name_key || E'\x01' || coalesce(display_name_key, '') || E'\x01' || coalesce(given_name_key, '') || E'\x01'
  || coalesce(family_name_key, '') || E'\x01' || coalesce(email_key, '') || E'\x01' || coalesce(other_email_keys, '')) gin_trgm_ops)
  with (fastupdate = on, gin_pending_list_limit = 1024);
