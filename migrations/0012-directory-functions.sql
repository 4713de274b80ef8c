-- phase: expand
-- What is read on every request in steps, most of which most people do not need. As one large statement each step would
-- be prepared at every execution (measured: 60 µs of a 110 µs read); as functions only those that are reached cost
-- anything. They run with the rights of whoever calls: row-level security holds inside.

-- Groups of a user of a feed as JSON: direct ones, then those that stand above them; null for nobody's member.
create function groups_of_user(feed_org uuid, feed uuid, wanted uuid) returns json
  language plpgsql stable as $$
begin
  if not exists (select 1 from directory_member m
                  where m.org_id = feed_org and m.connection_id = feed and m.user_ref = wanted) then
    return null;
  end if;
  return (
    select json_agg((
        select json_build_object('id', g.id, 'name', g.display_name, 'externalId', g.external_id, 'direct', s.direct)
          from directory_group g where g.org_id = feed_org and g.connection_id = feed and g.id = s.group_id))
      from (
        select x.group_id, bool_or(x.direct) as direct
          from (
            select m.group_id, true as direct from directory_member m
             where m.org_id = feed_org and m.connection_id = feed and m.user_ref = wanted
            union all
            select c.ancestor_id, false
              from directory_member m
              join directory_group_closure c
                on c.org_id = m.org_id and c.connection_id = m.connection_id and c.descendant_id = m.group_id
             where m.org_id = feed_org and m.connection_id = feed and m.user_ref = wanted
          ) x group by x.group_id
      ) s);
end $$;

-- Everything from which the roles of some members follow: which feeds hold them and whether these push groups, all their groups
-- in the organization, their grants, what their sign-ins told, and the organization's map. The laterals keep the order of
-- the steps: from the person to the group, never from all groups to the person.
create function resolution_inputs(accounts uuid[])
  returns table (rules json, grants json, told json, feeds json, groups json)
  language plpgsql stable as $$
declare org uuid := nullif(current_setting('app.org_id', true), '')::uuid;
begin
  rules := (
    select json_agg(json_build_object('connection_id', x.connection_id, 'group_name', x.group_name, 'roles', x.roles))
      from role_mapping x where x.org_id = org);
  grants := (
    select json_agg(json_build_object('account_id', r.account_id, 'role', r.role, 'cause', r.cause, 'cause_ref', r.cause_ref,
             'expires_at', (extract(epoch from r.expires_at) * 1000)::int8))
      from role_grant r where r.org_id = org and r.account_id = any(accounts));
  told := (
    select json_agg(json_build_object('account_id', i.account_id, 'connection_id', i.connection_id, 'groups', i.groups))
      from identity i where i.org_id = org and i.account_id = any(accounts));
  feeds := (
    select json_agg(json_build_object('account_id', u.account_id, 'groups', exists (
             select 1 from directory_group g where g.org_id = org and g.connection_id = u.connection_id)))
      from directory_user u where u.org_id = org and u.account_id = any(accounts));
  if feeds is not null then
    groups := (
      with place as materialized (
        select u.account_id, u.connection_id, m.group_id
          from directory_user u
         cross join lateral (
           select d.group_id from directory_member d
            where d.org_id = u.org_id and d.connection_id = u.connection_id and d.user_ref = u.id offset 0) m
         where u.org_id = org and u.account_id = any(accounts)
      ), every as (
        select p.account_id, p.connection_id, p.group_id, true as direct from place p
        union all
        select p.account_id, p.connection_id, c.ancestor_id, false from place p
          join directory_group_closure c on c.org_id = org and c.connection_id = p.connection_id and c.descendant_id = p.group_id
      )
      select json_agg(json_build_object('account_id', e.account_id, 'id', g.id, 'connection_id', g.connection_id,
               'display_name', g.display_name, 'external_id', g.external_id, 'direct', e.direct))
        from (select v.account_id, v.connection_id, v.group_id, bool_or(v.direct) as direct from every v group by 1, 2, 3) e
       cross join lateral (
         select o.id, o.connection_id, o.display_name, o.external_id from directory_group o
          where o.org_id = org and o.connection_id = e.connection_id and o.id = e.group_id offset 0) g);
  end if;
  return next;
end $$;
