-- phase: expand
-- An application ends to count with the organization that it belongs to, so the provider must see which of them are active.
grant select (id, status) on organization to gatehouse_provider;
