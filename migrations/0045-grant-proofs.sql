-- phase: expand
-- Which proof let a grant in: made in which organization, by which of its connections (null: the hub's own password). It is
-- asked at each refresh whether that proof would still count, long after the session may have ended. A grant of an earlier
-- version says nothing of it and counts no more: its person signs in once again.
alter table oidc.grant_organization
  add column proved_in uuid,
  add column proved_by uuid;
