import { DomainError } from '../platform/errors.ts';
import type { ConnectionPool, PooledConnection } from './connection-pool.ts';
import { OneSync } from './one-sync.ts';
import { foreignKeyViolation, isShutdown, isStalePlan, isTransient } from './statement-error.ts';
import { type Row, type Statement, toldBy } from './statement.ts';

/** What to write after looking at what was locked. */
export interface Decision<T> {
  /** Nothing to apply ends the transaction without a write; whatever the lock statements did is undone. */
  readonly apply: readonly Statement[];
  readonly result: (rows: Row[][]) => T;
}

const BEGIN: Statement = { name: 'database.begin', text: 'begin', values: [] };
const COMMIT: Statement = { name: 'database.commit', text: 'commit', values: [] };
/**
 * A deadlock is tried again this often, and so is a decision about a row that somebody deleted before it was applied: looked at
 * anew, it is about what is there. The work is a plain list of statements or a pure decision, so that is safe.
 */
const TRANSIENT_RETRIES = 5;

/** What a piece of work came to, and what its connection still has to finish before another may use it. */
interface Outcome<T> {
  readonly value: T;
  readonly settled?: Promise<unknown>;
}

const never = (): boolean => false;
const isOutdated = (error: unknown): boolean => foreignKeyViolation(error) !== undefined;
const isUnsent = (error: unknown): boolean => error instanceof Error && 'syscall' in error && error.syscall === 'write';
const isUndone = (error: unknown): boolean => error instanceof DomainError && error.code === 'database.unavailable' && error.details['undone'] === true;

async function send(connection: PooledConnection, statements: readonly Statement[]): Promise<Row[][]> {
  const query = new OneSync(statements, connection.prepared);
  connection.client.query(query);
  try {
    return await query.promise;
  } catch (error) {
    if (!connection.broken && !isShutdown(error)) throw error;
    connection.broken = true;
    // said by the server itself, its earlier answers would have come before; and of an unfinished write the Sync was the end
    const undone = query.untouched && (isShutdown(error) || isUnsent(error));
    throw new DomainError('unavailable', 'database.unavailable', 'The connection to the database was lost; try again in a moment.', { cause: error, details: { undone } });
  }
}

/** Hears of what was told of, once it is committed. */
export type Committed = (told: readonly string[]) => void;

/** Runs batches on the connections of one pool: the only way hot paths reach the database. */
export class BatchRunner {
  readonly #pool: ConnectionPool;
  readonly #onCommitted: Committed;

  /** @param onCommitted told of what was told of in statements, once they are committed */
  constructor(pool: ConnectionPool, onCommitted: Committed = () => undefined) {
    this.#pool = pool;
    this.#onCommitted = onCommitted;
  }

  /** One round trip, one implicit transaction. */
  batch(statements: readonly Statement[]): Promise<Row[][]> {
    return this.#attempt((connection) => this.#send(connection, statements), isTransient);
  }

  /** The same for statements that are known only when a connection is free, and not tried again after a deadlock. */
  once(board: () => readonly Statement[]): Promise<Row[][]> {
    return this.#attempt((connection) => this.#send(connection, board()), never);
  }

  /** Two round trips, one transaction; see {@link Decision}. `decide` may run again after a deadlock, so it must be pure. */
  lockThenApply<T>(lock: readonly Statement[], decide: (rows: Row[][]) => Decision<T>): Promise<T> {
    return this.#attempt(async (connection) => {
      try {
        const [, ...locked] = await send(connection, [BEGIN, ...lock]);
        const decision = decide(locked);
        if (decision.apply.length === 0) {
          return { value: decision.result([]), settled: connection.client.query('rollback') };
        }
        const applied = await send(connection, [...decision.apply, COMMIT]);
        this.#committed(decision.apply, applied);
        return { value: decision.result(applied.slice(0, -1)) };
      } catch (error) {
        // a connection that cannot even roll back is lost, and the server then rolls back by itself
        await connection.client.query('rollback').catch(() => (connection.broken = true));
        throw error;
      }
    }, (error) => isTransient(error) || isOutdated(error));
  }

  async #send(connection: PooledConnection, statements: readonly Statement[]): Promise<Outcome<Row[][]>> {
    const value = await send(connection, statements);
    this.#committed(statements, value);
    return { value };
  }

  #committed(statements: readonly Statement[], rows: readonly Row[][]): void {
    for (const [index, statement] of statements.entries()) {
      if (statement.told !== undefined) this.#onCommitted(toldBy(statement, rows[index] ?? []));
    }
  }

  async #attempt<T>(work: (connection: PooledConnection) => Promise<Outcome<T>>, mayTryAgain: (error: unknown) => boolean): Promise<T> {
    let [stale, transient] = [0, 0];
    for (;;) {
      const connection = await this.#pool.acquire();
      try {
        const { value, settled } = await work(connection);
        if (settled === undefined) this.#pool.release(connection);
        else {
          void settled.then(
            () => this.#pool.release(connection),
            () => this.#pool.release(connection, true),
          );
        }
        return value;
      } catch (error) {
        this.#pool.release(connection, isStalePlan(error));
        // after a change of schema, or a restart of the server, every pooled connection may be out of date once
        if ((isStalePlan(error) || isUndone(error)) && stale++ <= this.#pool.size) continue;
        if (!mayTryAgain(error) || transient++ >= TRANSIENT_RETRIES) throw error;
        // those who met each other do not meet again at the same moment
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * transient));
      }
    }
  }
}
