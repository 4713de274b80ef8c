-- phase: expand
-- How an organization proves that a domain is its own: by a TXT record that holds the token, or by the word of an operator.
-- The token is no secret, it only has to be another one for every claim; the default serves rows of an earlier version.
alter table organization_domain
  add column token text not null default replace(gen_random_uuid()::text, '-', ''),
  add column verified_by text check (verified_by in ('dns', 'operator'));
