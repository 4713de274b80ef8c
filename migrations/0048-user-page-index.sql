-- phase: expand
-- transaction: none
-- A user by its id must never be looked for in the index of names, which has the id last and is read as a whole for it.
-- While a directory was never analyzed, that index seems to cost as much as the right ones, and of equals the planner takes
-- the youngest: so the one of pages, in which an id is one row, is built anew and is that. Each step may be repeated.
drop index concurrently if exists directory_user_page_anew;
create index concurrently directory_user_page_anew on directory_user (connection_id, id) include (org_id);
drop index concurrently if exists directory_user_page;
alter index directory_user_page_anew rename to directory_user_page;
