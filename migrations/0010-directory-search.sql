-- phase: expand
-- What list queries need: further addresses of a user in folded form, and functions that read values of a resource as
-- the endpoints compare them. Everything here is immutable and sees no table, but the search function at the end.

-- Folded addresses beside email_key, one per line break of code 1; null for most users, who have one address.
alter table directory_user add column other_email_keys text collate "C";

-- A number for each value that only the resource holds, made by the application; 0 alone: any value is possible.
alter table directory_user add column value_keys int4[] not null default '{0}';

-- Folds as the application does (NFC, lower case by the root locale's full mapping). Without ICU the database's own
-- lower case must do, which differs for a handful of characters (a dotted capital I, a final sigma).
do $$
declare best text := (select collname from pg_collation where collname in ('und-x-icu', 'pg_unicode_fast') order by collname desc limit 1);
begin
  execute format($f$create function directory_fold(value text) returns text
    language sql immutable strict parallel safe
    return lower(normalize(value, NFC)%s) collate "C"$f$, case when best is null then '' else format(' collate pg_catalog.%I', best) end);
end $$;

-- Neither null nor empty (RFC 7643 §2.5); of an object, at least one part.
create function directory_present(value jsonb) returns boolean
  language sql immutable strict parallel safe
  return case jsonb_typeof(value)
    when 'object' then exists (select from jsonb_each(value) part where part.value not in ('null', '""'))
    else value not in ('null', '""') end;

-- Milliseconds since the epoch of an xsd:dateTime, or null. Written out, since a cast would raise on what is no date,
-- and rounds where the application cuts.
create function directory_instant(value text) returns bigint
  language plpgsql immutable strict parallel safe set search_path = pg_catalog as $$
declare
  part text[] := regexp_match(value,
    '^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[Tt]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?(?:[Zz]|([-+])([0-9]{2}):([0-9]{2}))?)?$');
  hours int; minutes int; seconds int; zone int;
begin
  if part is null or part[1] = '0000' or part[2]::int not between 1 and 12 then return null; end if;
  if part[3]::int not between 1 and extract(day from make_date(part[1]::int, part[2]::int, 1) + interval '1 month - 1 day')::int then return null; end if;
  hours := coalesce(part[4], '0')::int; minutes := coalesce(part[5], '0')::int; seconds := coalesce(part[6], '0')::int;
  if hours > 23 or minutes > 59 or seconds > 59 then return null; end if;
  if coalesce(part[9], '0')::int > 23 or coalesce(part[10], '0')::int > 59 then return null; end if;
  zone := coalesce(part[9], '0')::int * 60 + coalesce(part[10], '0')::int;
  if part[8] = '-' then zone := -zone; end if;
  return (((make_date(part[1]::int, part[2]::int, part[3]::int) - date '1970-01-01')::bigint * 1440 + hours * 60 + minutes - zone) * 60
          + seconds) * 1000 + rpad(left(coalesce(part[7], ''), 3), 3, '0')::int;
end $$;

-- Substrings are not leakproof, so under row-level security no index finds them: this function looks for them on behalf
-- of the feed that the batch is in, and names users whose names or addresses contain the text. The index is asked for a
-- piece of it first, which costs it less; where too many have the piece, for the whole. More than the bound is null, which
-- tells the caller to look at every user. The index it relies on stands in the next migration; ids are compared as text,
-- which no other index holds, so that no plan adds a list of the whole connection or organization.
create policy definer on directory_user for select to gatehouse_definer using (true);
grant select on directory_user to gatehouse_definer;

create function directory_users_containing(needle text, piece text, bound int) returns uuid[]
  language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare
  feed_org text := nullif(current_setting('app.org_id', true), '')::uuid::text;
  feed text := nullif(current_setting('app.connection_id', true), '')::uuid::text;
  part text;
  pattern text;
  found uuid[];
  looked int;
begin
  foreach part in array case when piece = needle then array[needle] else array[piece, needle] end loop
    pattern := '%' || regexp_replace(part, '([\\%_])', '\\\1', 'g') || '%';
    select array_agg(x.id) filter (where strpos(x.names collate "C", needle) > 0), count(*) into found, looked from (
      select u.id, u.user_name_key || E'\x01' || coalesce(u.display_name_key, '') || E'\x01' || coalesce(u.given_name_key, '') || E'\x01'
             || coalesce(u.family_name_key, '') || E'\x01' || coalesce(u.email_key, '') || E'\x01' || coalesce(u.other_email_keys, '') as names
        from directory_user u
       where u.connection_id::text = feed and u.org_id::text = feed_org
         and (u.user_name_key || E'\x01' || coalesce(u.display_name_key, '') || E'\x01' || coalesce(u.given_name_key, '') || E'\x01'
              || coalesce(u.family_name_key, '') || E'\x01' || coalesce(u.email_key, '') || E'\x01' || coalesce(u.other_email_keys, '')) like pattern
       limit bound + 1) x;
    if looked <= bound then return coalesce(found, '{}'); end if;
  end loop;
  return null;
end $$;
revoke all on function directory_users_containing(text, text, int) from public;
grant execute on function directory_users_containing(text, text, int) to gatehouse_app;
alter function directory_users_containing(text, text, int) owner to gatehouse_definer;

-- Users who may have a value, by its number; more than the bound is null. As above in everything else.
create function directory_users_with_value(value_key int, bound int) returns uuid[]
  language plpgsql stable security definer set search_path = pg_catalog, public as $$
declare
  feed_org text := nullif(current_setting('app.org_id', true), '')::uuid::text;
  feed text := nullif(current_setting('app.connection_id', true), '')::uuid::text;
  found uuid[];
begin
  select array_agg(x.id) into found from (
    select u.id from directory_user u
     where u.connection_id::text = feed and u.org_id::text = feed_org and u.value_keys && array[value_key, 0]
     limit bound + 1) x;
  return case when found is null then '{}' when cardinality(found) > bound then null else found end;
end $$;
revoke all on function directory_users_with_value(int, int) from public;
grant execute on function directory_users_with_value(int, int) to gatehouse_app;
alter function directory_users_with_value(int, int) owner to gatehouse_definer;
