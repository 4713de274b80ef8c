-- phase: expand
-- transaction: none
-- One index for every substring of a user's names and addresses, and for the values that only the resource holds. The
-- connection stands in it, so that a tenant's question does not walk through its neighbours' people; it stands behind the
-- texts, so that the rare text is looked for first, and as text, so that no other index offers itself. New entries wait in
-- a short list (fastupdate), one for both: sorted in by the hundred they cost a create one or two in a hundred, one by one a
-- quarter; a search reads the list as well.
drop index concurrently if exists directory_user_search;
create index concurrently directory_user_search on directory_user using gin ((
  user_name_key || E'\x01' || coalesce(display_name_key, '') || E'\x01' || coalesce(given_name_key, '') || E'\x01'
  || coalesce(family_name_key, '') || E'\x01' || coalesce(email_key, '') || E'\x01' || coalesce(other_email_keys, '')) gin_trgm_ops, (connection_id::text), value_keys)
  with (fastupdate = on, gin_pending_list_limit = 256);

-- Ranges and pages in the order of user names, without walking through those of other connections.
drop index concurrently if exists directory_user_names;
create index concurrently directory_user_names on directory_user (connection_id, user_name_key, id) include (org_id);
