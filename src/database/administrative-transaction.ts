import pg, { Client, type ClientConfig } from 'pg';
import { Sequelize, ConnectionError, ConnectionAcquireTimeoutError, type Transaction } from 'sequelize';
import { DomainError } from '../platform/errors.ts';
import type { Committed } from './batch-runner.ts';
import { isShutdown } from './statement-error.ts';
import { connectionConfig, type ConnectionRequest } from './connection-settings.ts';
import type { Row, Statement } from './statement.ts';
import { valueTypes } from './value-types.ts';

/** What work inside `withOrganization` or `withInstance` holds: models take `transaction`, everything else goes through `sql`. */
export interface AdministrativeTransaction {
  readonly transaction: Transaction;
  /** One statement with `$1…` binds, on the transaction's own connection; rows as in a batch. */
  sql<R extends Row>(text: string, values?: readonly unknown[]): Promise<R[]>;
  /** The same for a statement that batches use too; what it tells of is heard of once all is committed. */
  run(statement: Statement): Promise<Row[]>;
}

/** Sequelize with connections made exactly like those of the batch pool, so that role and time-outs cannot differ. */
export function openSequelize(request: ConnectionRequest, size: number, wait: number): Sequelize {
  class HubClient extends Client {
    constructor(config: ClientConfig) {
      super({ ...connectionConfig(request), types: config.types ?? valueTypes });
    }
  }
  // accepted by sequelize, missing in its types: the version, named, is not asked for on a connection of its own (the real
  // one was checked before), and the session is already set up by the connection request
  const untyped = { databaseVersion: '15.0.0', keepDefaultTimezone: true };
  return new Sequelize({
    dialect: 'postgres',
    dialectModule: { ...pg, Client: HubClient },
    standardConformingStrings: false,
    dialectOptions: { clientMinMessages: 'ignore' },
    logging: false,
    pool: { max: size, min: 1, idle: 60_000, acquire: wait },
    ...untyped,
  });
}

/** The `pg` client that a sequelize transaction runs on; set by sequelize, missing in its types. */
const clientOf = (transaction: Transaction): Client => (transaction as unknown as { connection: Client }).connection;

/** Runs `work` in one transaction whose first query sets the context. */
export async function administrativeTransaction<T>(
  sequelize: Sequelize,
  context: Statement,
  work: (tx: AdministrativeTransaction) => Promise<T>,
  onCommitted: Committed = () => undefined,
): Promise<T> {
  const told: string[] = [];
  let lost = false;
  const lose = (): boolean => (lost = true);
  let client: Client | undefined;
  try {
    const result = await sequelize.transaction(async (transaction) => {
      const own = clientOf(transaction).once('error', lose);
      client = own;
      await own.query({ ...context, values: [...context.values] });
      const sql = async <R extends Row>(text: string, values: readonly unknown[] = []): Promise<R[]> =>
        (await own.query<R>({ text, values: [...values], types: valueTypes })).rows;
      const run = (statement: Statement): Promise<Row[]> => {
        told.push(...(statement.told ?? []));
        return sql(statement.text, statement.values);
      };
      return await work({ transaction, sql, run });
    });
    onCommitted(told);
    return result;
  } catch (error) {
    if (error instanceof ConnectionAcquireTimeoutError) {
      throw new DomainError('unavailable', 'database.busy', 'Every database connection is busy; try again in a moment.', { cause: error });
    }
    if (lost || error instanceof ConnectionError || isShutdown(error)) {
      throw new DomainError('unavailable', 'database.unavailable', 'The connection to the database was lost; try again in a moment.', { cause: error });
    }
    throw error;
  } finally {
    client?.off('error', lose);
  }
}
