/**
 * The database floor: connections, the organization-scoped batch and transaction, roles, migrations, isolation, and the
 * embedded PostgreSQL. It owns how statements reach the server and under whose rights, and knows no noun of identity:
 * what is asked stands in the stores of the rooms above, what tables exist in `migrations/`.
 */
export { watchPools } from './pool-metrics.ts';
export { createLeases, type Leases } from './leases.ts';
export { organizationContext, instanceContext, type OrganizationContext, type Row, type Statement } from './statement.ts';
export { oneStatement } from './one-statement.ts';
export { appended, columns } from './several.ts';
export { openDatabase, maintainPartitions, type Database, type DatabaseOptions } from './database.ts';
export type { Decision } from './batch-runner.ts';
export type { AdministrativeTransaction } from './administrative-transaction.ts';
export type { Modelling } from './modelling.ts';
export { checkViolation, foreignKeyViolation, sqlState, uniqueViolation } from './statement-error.ts';
export { reachServer, type DatabaseServer, type DatabaseServerOptions } from './database-server.ts';
export { startEmbeddedPostgres, type EmbeddedOptions, type EmbeddedPostgres } from './embedded.ts';
export { createDatabaseCare, type DatabaseCare, type TableReport } from './database-care.ts';
