import { DomainError } from '../platform/errors.ts';
import type { AdministrativeTransaction, SequelizeTransactions } from './administrative-transaction.ts';
import type { Committed } from './batch-runner.ts';
import type { ConnectionRequest } from './connection-settings.ts';
import type { Statement } from './statement.ts';

export interface AdministrationOptions {
  readonly request: ConnectionRequest;
  readonly size: number;
  readonly wait: number;
  readonly onCommitted: Committed | undefined;
}

/**
 * Transactions for administrative work. Sequelize, the largest of all packages, is loaded with the first of them: nothing
 * that a hub must do before it serves takes a model.
 */
export class Administration {
  readonly #options: AdministrationOptions;
  #opened: Promise<SequelizeTransactions> | undefined;
  #closed = false;

  constructor(options: AdministrationOptions) {
    this.#options = options;
  }

  /** Runs `work` in one transaction whose first query is `context`. */
  async transact<T>(context: Statement, work: (tx: AdministrativeTransaction) => Promise<T>): Promise<T> {
    if (this.#closed) throw new DomainError('unavailable', 'database.closed', 'The database is closed; the hub is stopping.');
    this.#opened ??= this.#open();
    return (await this.#opened).transact(context, work);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await (await this.#opened)?.close();
  }

  async #open(): Promise<SequelizeTransactions> {
    const { SequelizeTransactions } = await import('./administrative-transaction.ts');
    return new SequelizeTransactions(this.#options);
  }
}
