/**
 * The organization and the connection of the current batch, as SQL: set by the statement that opened or authenticated
 * it. Every query names them, beside row-level security: tenants are separated twice.
 */
export const ORG = `nullif(current_setting('app.org_id', true), '')::uuid`;
export const CONNECTION = `nullif(current_setting('app.connection_id', true), '')::uuid`;
