-- phase: expand
-- What follows for a membership when feeds switch a person on or off, decided where all feeds can be seen: one that holds
-- the person inactive outweighs the others. In a function, since most changes of a person need none of it.

-- Volatile on purpose: what the feeds say is read after the membership was locked, so that of two feeds at the same time
-- the later one sees what the earlier one said.
create function settle_status(wanted uuid) returns void
  language plpgsql volatile as $$
declare
  org uuid := nullif(current_setting('app.org_id', true), '')::uuid;
  before text;
  after text;
begin
  select m.status into before from membership m where m.org_id = org and m.account_id = wanted for no key update;
  if not found then return; end if;
  select case when bool_and(u.active) then 'active' else 'suspended' end into after
    from directory_user u where u.org_id = org and u.account_id = wanted having count(*) > 0;
  if after is null or after = before then return; end if;
  -- The epoch rises, so that whatever was issued before is known to be older.
  update membership m set status = after, epoch = m.epoch + 1, updated_at = now() where m.org_id = org and m.account_id = wanted;
  if after = 'suspended' then
    perform oidc.end_grants(wanted);
    delete from session_proof p where p.org_id = org and p.account_id = wanted;
  end if;
  insert into outbox_event (org_id, kind, payload)
  values (org, case after when 'active' then 'membership.activated' else 'membership.suspended' end, jsonb_build_object('account', wanted));
end $$;
