import pg, { Client, type ClientConfig } from 'pg';
import { ConnectionAcquireTimeoutError, ConnectionError, DataTypes, Op, Sequelize, type Transaction } from 'sequelize';
import { DomainError } from '../platform/errors.ts';
import type { AdministrationOptions } from './administration.ts';
import type { Committed } from './batch-runner.ts';
import { connectionConfig } from './connection-settings.ts';
import type { DefineModel } from './modelling.ts';
import { isShutdown } from './statement-error.ts';
import { type Row, type Statement, toldBy } from './statement.ts';
import { valueTypes } from './value-types.ts';

/** What work inside `withOrganization` or `withInstance` holds: models take `transaction`, everything else goes through `sql`. */
export interface AdministrativeTransaction {
  readonly transaction: Transaction;
  /** The model that `define` makes, made when it is first asked for. */
  readonly model: <M>(define: DefineModel<M>) => M;
  /** One statement with `$1…` binds, on the transaction's own connection; rows as in a batch. */
  sql<R extends Row>(text: string, values?: readonly unknown[]): Promise<R[]>;
  /** The same for a statement that batches use too; what it tells of is heard of once all is committed. */
  run(statement: Statement): Promise<Row[]>;
}

/** Sequelize with connections made exactly like those of the batch pool, so that role and time-outs cannot differ. */
function openSequelize({ request, size, wait }: AdministrationOptions): Sequelize {
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

/** Models and their transactions on a pool of sequelize's own. */
export class SequelizeTransactions {
  readonly #sequelize: Sequelize;
  readonly #onCommitted: Committed;
  readonly #models = new Map<DefineModel<unknown>, unknown>();

  constructor(options: AdministrationOptions) {
    this.#sequelize = openSequelize(options);
    this.#onCommitted = options.onCommitted ?? (() => undefined);
  }

  async transact<T>(context: Statement, work: (tx: AdministrativeTransaction) => Promise<T>): Promise<T> {
    const told: string[] = [];
    let lost = false;
    const lose = (): boolean => (lost = true);
    let client: Client | undefined;
    try {
      const result = await this.#sequelize.transaction(async (transaction) => {
        client = clientOf(transaction).once('error', lose);
        await client.query({ ...context, values: [...context.values] });
        return await work(this.#workOn(transaction, told));
      });
      this.#onCommitted(told);
      return result;
    } catch (error) {
      throw unavailable(error, lost) ?? error;
    } finally {
      client?.off('error', lose);
    }
  }

  close(): Promise<void> {
    return this.#sequelize.close();
  }

  #workOn(transaction: Transaction, told: string[]): AdministrativeTransaction {
    const client = clientOf(transaction);
    const sql = async <R extends Row>(text: string, values: readonly unknown[] = []): Promise<R[]> =>
      (await client.query<R>({ text, values: [...values], types: valueTypes })).rows;
    const run = async (statement: Statement): Promise<Row[]> => {
      const rows = await sql(statement.text, statement.values);
      told.push(...toldBy(statement, rows));
      return rows;
    };
    return { transaction, model: (define) => this.#model(define), sql, run };
  }

  #model<M>(define: DefineModel<M>): M {
    if (!this.#models.has(define)) this.#models.set(define, define({ sequelize: this.#sequelize, DataTypes, Op }));
    return this.#models.get(define) as M; // what this very function made
  }
}

/** What a caller may try again in a moment; undefined for an error of the work itself. */
function unavailable(cause: unknown, lost: boolean): DomainError | undefined {
  if (cause instanceof ConnectionAcquireTimeoutError) {
    return new DomainError('unavailable', 'database.busy', 'Every database connection is busy; try again in a moment.', { cause });
  }
  if (lost || cause instanceof ConnectionError || isShutdown(cause)) {
    return new DomainError('unavailable', 'database.unavailable', 'The connection to the database was lost; try again in a moment.', { cause });
  }
  return undefined;
}
