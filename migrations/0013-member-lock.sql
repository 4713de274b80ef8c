-- phase: expand
-- A change of a group's members asks for a handful of things, and for most groups (no rule gives a role for them) for few
-- of these. One function takes the locks in their order and reads on only where roles can follow.

-- What a rule may call the group: its name, its id and its id at the provider, folded by the application as rules are.
alter table directory_group add column mapping_keys text[] collate "C" not null default '{}';

-- Volatile on purpose: each statement inside sees what was committed when the lock before it was granted.
create function lock_members(wanted uuid, own_keys text[], ids uuid[], environment_keys text[], always boolean)
  returns table (ancestors json, touched json, mapped boolean, memberships json, rules json, grants json, told json, feeds json, groups json)
  language plpgsql volatile as $$
declare
  org uuid := nullif(current_setting('app.org_id', true), '')::uuid;
  feed uuid := nullif(current_setting('app.connection_id', true), '')::uuid;
  keys text[] := own_keys;
  accounts uuid[];
  nested boolean;
begin
  -- Neither the map nor the nesting of groups changes until the commit. Who may come to change the nesting holds it alone
  -- from the start: of two that share it, neither could ever get it for itself.
  perform pg_advisory_xact_lock_shared(hashtextextended('map:' || org::text, 0));
  nested := exists (select from directory_group_closure c where c.org_id = org and c.connection_id = feed and c.descendant_id = wanted);
  if nested or exists (
      select from unnest(ids) i (id)
       cross join lateral (select from directory_group d where d.org_id = org and d.connection_id = feed and d.id = i.id offset 0) g) then
    perform pg_advisory_xact_lock(hashtextextended('nesting:' || feed::text, 0));
  else
    perform pg_advisory_xact_lock_shared(hashtextextended('nesting:' || feed::text, 0));
  end if;
  if keys is null then
    select g.mapping_keys into keys from directory_group g where g.org_id = org and g.connection_id = feed and g.id = wanted;
    if not found then return; end if;
  end if;
  -- most groups stand under no other
  if exists (select from directory_group_closure c where c.org_id = org and c.connection_id = feed and c.descendant_id = wanted) then
    if not nested then
      raise exception 'the group came under another one meanwhile' using errcode = 'serialization_failure';
    end if;
    select json_agg(json_build_object('id', a.id, 'connection_id', a.connection_id, 'display_name', a.display_name,
             'external_id', a.external_id)),
           keys || coalesce(array_agg(k.key) filter (where k.key is not null), '{}')
      into ancestors, keys
      from directory_group_closure c
     cross join lateral (
       select g.* from directory_group g where g.org_id = org and g.connection_id = feed and g.id = c.ancestor_id offset 0) a
      left join lateral unnest(a.mapping_keys) k (key) on true
     where c.org_id = org and c.connection_id = feed and c.descendant_id = wanted;
  end if;
  select json_agg(json_build_object('id', i.id, 'kind', case when u.account_id is null then 'Group' else 'User' end,
           'account_id', u.account_id, 'inside', exists (
             select 1 from directory_member m
              where m.org_id = org and m.connection_id = feed and m.group_id = wanted and m.member_id = i.id and m.valid_to is null))),
         array_agg(u.account_id) filter (where u.account_id is not null)
    into touched, accounts
    from unnest(ids) i (id)
    left join lateral (
      select d.account_id from directory_user d where d.org_id = org and d.connection_id = feed and d.id = i.id offset 0) u on true
    left join lateral (
      select g.id from directory_group g where g.org_id = org and g.connection_id = feed and g.id = i.id offset 0) o on true
   where u.account_id is not null or o.id is not null;
  mapped := always or keys && environment_keys
    or exists (select 1 from role_mapping r where r.org_id = org and r.group_key = any(keys));
  if mapped then
    select json_agg(json_build_object('account_id', l.account_id, 'status', l.status, 'claims', l.claims, 'epoch', l.epoch))
      into memberships
      from (select m.account_id, m.status, m.claims, m.epoch from membership m
             where m.org_id = org and m.account_id = any(accounts) order by m.account_id for update) l;
    select r.rules, r.grants, r.told, r.feeds, r.groups into rules, grants, told, feeds, groups from resolution_inputs(accounts) r;
  end if;
  return next;
end $$;
