import { Client } from 'pg';
import { DomainError } from '../platform/errors.ts';
import { connectionFailure } from './connection-error.ts';
import { connectionConfig, type ConnectionRequest } from './connection-settings.ts';
import { PreparedStatements } from './one-sync.ts';

export interface PooledConnection {
  readonly client: Client;
  readonly prepared: PreparedStatements;
  /** Set when the server or the network ended it. */
  broken: boolean;
}

interface Waiter {
  readonly resolve: (connection: PooledConnection) => void;
  readonly reject: (error: unknown) => void;
  readonly deadline: number;
}

export interface PoolOptions extends ConnectionRequest {
  readonly size: number;
  /** How long a caller waits for a free connection, in milliseconds. */
  readonly wait: number;
}

/**
 * A few connections shared by many callers, first come, first served. Unlike the pool of `pg` it bounds the wait with one timer
 * for all, drains before it closes, and gives a freed connection to whoever waits longest, also when a new one was on its way.
 */
export class ConnectionPool {
  readonly #options: PoolOptions;
  readonly #idle: PooledConnection[] = [];
  #waiting: Waiter[] = [];
  #first = 0;
  #open = 0;
  #timer: NodeJS.Timeout | undefined;
  #drained: (() => void) | undefined;
  #closed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#options.size;
  }

  /** How many callers wait, and how many connections are open: for metrics and tests. */
  get load(): { waiting: number; open: number; idle: number } {
    return { waiting: this.#waiting.length - this.#first, open: this.#open, idle: this.#idle.length };
  }

  acquire(): Promise<PooledConnection> {
    if (this.#closed) {
      return Promise.reject(new DomainError('unavailable', 'database.closed', 'The database is closed; the hub is stopping.'));
    }
    const idle = this.#idle.pop();
    if (idle !== undefined) return Promise.resolve(idle);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject, deadline: performance.now() + this.#options.wait });
      this.#watch();
      if (this.#open < this.#options.size) void this.#connect();
    });
  }

  /** Every acquired connection comes back exactly once; a broken or `spent` one is replaced by a new one. */
  release(connection: PooledConnection, spent = false): void {
    if (connection.broken || spent) {
      this.#discard(connection);
      if (this.#waiting.length > this.#first) void this.#connect();
      return;
    }
    const waiter = this.#next();
    if (waiter === undefined) {
      this.#idle.push(connection);
      this.#drain();
    } else waiter.resolve(connection);
  }

  /** Lets what waits or runs finish, then ends every connection. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#open > this.#idle.length) await new Promise<void>((resolve) => (this.#drained = resolve));
    await Promise.all(this.#idle.splice(0).map(({ client }) => client.end().catch(() => undefined)));
  }

  async #connect(): Promise<void> {
    this.#open += 1;
    const client = new Client(connectionConfig(this.#options));
    const connection: PooledConnection = { client, prepared: new PreparedStatements(client.connection), broken: false };
    client.on('error', () => this.#lost(connection));
    try {
      await client.connect();
      this.release(connection);
    } catch (error) {
      this.#open -= 1;
      void client.end().catch(() => undefined);
      this.#next()?.reject(connectionFailure(error, this.#options.url));
      if (this.#waiting.length > this.#first) void this.#connect();
      this.#drain();
    }
  }

  #lost(connection: PooledConnection): void {
    connection.broken = true;
    const index = this.#idle.indexOf(connection);
    if (index < 0) return; // still connecting or in use: whoever holds it finds out
    this.#idle.splice(index, 1);
    this.#discard(connection);
  }

  #discard(connection: PooledConnection): void {
    connection.broken = true;
    this.#open -= 1;
    void connection.client.end().catch(() => undefined);
    this.#drain();
  }

  #next(): Waiter | undefined {
    const waiter = this.#waiting[this.#first];
    if (waiter === undefined) return undefined;
    this.#first += 1;
    if (this.#first === this.#waiting.length || this.#first > 1024) {
      this.#waiting = this.#waiting.slice(this.#first);
      this.#first = 0;
    }
    return waiter;
  }

  /** All wait equally long, so the first in line is always the first to give up: one timer is enough. */
  #watch(): void {
    const first = this.#waiting[this.#first];
    if (first === undefined || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      while ((this.#waiting[this.#first]?.deadline ?? Infinity) <= performance.now()) {
        this.#next()?.reject(new DomainError('unavailable', 'database.busy', 'Every database connection is busy; try again in a moment.'));
      }
      this.#watch();
    }, Math.max(1, first.deadline - performance.now()));
    this.#timer.unref();
  }

  #drain(): void {
    if (this.#closed && this.#open === this.#idle.length && this.#waiting.length === this.#first) this.#drained?.();
  }
}
