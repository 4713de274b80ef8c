/**
 * What the feeds say: users, groups and who is in which group since when, per connection. It keeps and finds; what a
 * change of the directory means for accounts and roles is decided in `provisioning`, and the feed's own language
 * (SCIM) stays at its door: a resource is an opaque text here.
 */
export type * from './directory-user.ts';
export type * from './directory-query.ts';
export type * from './unique-value.ts';
export * from './directory-user-store.ts';
export * from './directory-group-store.ts';
export * from './directory-member-store.ts';
export * from './directory-count-store.ts';
export * from './group-closure-store.ts';
export { isValueTaken, uniqueWork } from './unique-value-store.ts';
export { UniqueLedger, type KeepUnique, type UniqueLedgerOptions } from './unique-ledger-store.ts';
export { EVERY_VALUE, valueKey } from './value-key.ts';
export { directoryFault } from './directory-fault-store.ts';
export type { OrganizationSchema, SchemaUse } from './organization-schema.ts';
export { ORGANIZATION_SCHEMA_CHANNEL, OrganizationSchemaStore } from './organization-schema-store.ts';
export { DirectoryReader, type Found, type GroupWithMembers, type MemberTexts } from './directory-reader-store.ts';
