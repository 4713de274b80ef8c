-- phase: expand
-- Who comes and goes in a group to which no role is bound is rows, and an event that tells of them: nothing that the
-- application must decide. One function looks whether that is so and then writes, in the round trip that asks.

-- Ends the membership of each that is in the group, and answers who that was. One after the other, by equality: asked for any
-- of several, the planner reads the index of the whole organization (and a row's address, found before, is no condition that
-- row-level security lets pass into an index). In the order of their ids, so that two at the same time do not wait for each other.
create function end_members(wanted uuid, leaving uuid[]) returns uuid[] language plpgsql volatile as $$
declare
  org uuid := nullif(current_setting('app.org_id', true), '')::uuid;
  feed uuid := nullif(current_setting('app.connection_id', true), '')::uuid;
  one uuid;
  went uuid[] := '{}';
begin
  for one in select distinct l.id from unnest(leaving) l (id) order by l.id loop
    update directory_member m
       set valid_to = clock_timestamp(), changed_at = clock_timestamp(), user_ref = null, group_ref = null
     where m.org_id = org and m.connection_id = feed and m.group_id = wanted and m.member_id = one and m.valid_to is null;
    if found then went := went || one; end if;
  end loop;
  return went;
end $$;

-- Answers 'changed'; 'unchanged', when all were in or out already; 'absent', when there is no such group; or 'involved',
-- having written nothing, when a role or an edge between groups may follow, or a member to be is no user of the feed.
-- Its locks and their order are those of a change that the application decides: the group, the map, the nesting. Volatile
-- on purpose: each statement inside sees what was committed when the lock before it was granted.
create function change_members(wanted uuid, adding uuid[], removing uuid[], environment_keys text[], event_id uuid, request text)
  returns text language plpgsql volatile as $$
declare
  org uuid := nullif(current_setting('app.org_id', true), '')::uuid;
  feed uuid := nullif(current_setting('app.connection_id', true), '')::uuid;
  incoming int := cardinality(adding);
  outgoing int := cardinality(removing);
  one uuid;
  keys text[];
  locked boolean;
  came uuid[] := '{}';
  went uuid[] := '{}';
begin
  -- the inner query is not flattened, so the row is locked before the rest
  select g.mapping_keys,
         pg_advisory_xact_lock_shared(hashtextextended('map:' || org::text, 0)) is not null
           and pg_advisory_xact_lock_shared(hashtextextended('nesting:' || feed::text, 0)) is not null
    into keys, locked
    from (select d.mapping_keys from directory_group d
           where d.org_id = org and d.connection_id = feed and d.id = wanted for key share) g;
  if not found then return 'absent'; end if;

  if keys && environment_keys
     or exists (select from role_mapping r where r.org_id = org and r.group_key = any(keys))
     or exists (select from directory_group_closure c where c.org_id = org and c.connection_id = feed and c.descendant_id = wanted)
     or outgoing > 0 and exists (
       select from directory_member m
        where m.org_id = org and m.connection_id = feed and m.group_ref is not null and m.group_ref = any(removing)) then
    return 'involved';
  end if;

  if incoming = 1 then
    one := adding[1];
    insert into directory_member (org_id, connection_id, group_id, member_id, user_ref)
    select org, feed, wanted, u.id, u.id from directory_user u where u.org_id = org and u.connection_id = feed and u.id = one
        on conflict (group_id, member_id, connection_id, org_id) where valid_to is null do nothing;
    if found then
      came := adding;
    elsif not exists (select from directory_user u where u.org_id = org and u.connection_id = feed and u.id = one) then
      return 'involved';
    end if;
  elsif incoming > 1 then
    if incoming <> (select count(*) from unnest(adding) a (id)
                     cross join lateral (
                       select from directory_user d where d.org_id = org and d.connection_id = feed and d.id = a.id offset 0) u) then
      return 'involved';
    end if;
    with given as (
      insert into directory_member (org_id, connection_id, group_id, member_id, user_ref)
      select org, feed, wanted, a.id, a.id from unnest(adding) a (id)
          on conflict (group_id, member_id, connection_id, org_id) where valid_to is null do nothing
      returning member_id
    ) select coalesce(array_agg(given.member_id), '{}') into came from given;
  end if;

  if outgoing > 0 then went := end_members(wanted, removing); end if;

  if came = '{}' and went = '{}' then return 'unchanged'; end if;
  insert into audit_event (org_id, id, actor, action, target_type, target_id, details, request_id)
  values (org, event_id, current_setting('app.actor', true), 'group.members_changed', 'directory_group', wanted::text,
          jsonb_build_object('added', jsonb_build_object('count', cardinality(came), 'ids', to_jsonb(came[1:100])),
                             'removed', jsonb_build_object('count', cardinality(went), 'ids', to_jsonb(went[1:100]))), request);
  return 'changed';
end $$;
