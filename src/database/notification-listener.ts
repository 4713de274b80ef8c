import { Client, escapeIdentifier } from 'pg';
import { connectionFailure } from './connection-error.ts';
import { connectionConfig, type ConnectionRequest } from './connection-settings.ts';

type Handler = (payload: string) => void;

const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 5_000;

/**
 * One connection that listens for all. It reconnects by itself, but what was notified in between is lost: a listener is a
 * hint to look sooner, and whoever uses it polls besides.
 */
export class NotificationListener {
  readonly #request: ConnectionRequest;
  readonly #handlers = new Map<string, Set<Handler>>();
  #client: Promise<Client> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(request: ConnectionRequest) {
    this.#request = request;
  }

  /** @returns a function that stops listening. */
  async listen(channel: string, handler: Handler): Promise<() => Promise<void>> {
    const handlers = this.#handlers.get(channel) ?? new Set();
    this.#handlers.set(channel, handlers.add(handler));
    const client = await this.#connected();
    if (handlers.size === 1) await client.query(`listen ${escapeIdentifier(channel)}`);
    return async () => {
      handlers.delete(handler);
      if (handlers.size > 0 || this.#closed) return;
      this.#handlers.delete(channel);
      // without a connection there is nothing to unlisten: the next one listens only to what is left
      await this.#client?.then((current) => current.query(`unlisten ${escapeIdentifier(channel)}`)).catch(() => undefined);
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    await this.#client?.then((client) => client.end()).catch(() => undefined);
  }

  #connected(): Promise<Client> {
    this.#client ??= this.#connect().catch((error: unknown) => {
      this.#client = undefined;
      throw connectionFailure(error, this.#request.url);
    });
    return this.#client;
  }

  async #connect(): Promise<Client> {
    const client = new Client(connectionConfig(this.#request));
    client.on('notification', ({ channel, payload }) => {
      for (const handler of this.#handlers.get(channel) ?? []) handler(payload ?? '');
    });
    client.on('error', () => undefined);
    client.on('end', () => this.#lost());
    await client.connect();
    for (const channel of this.#handlers.keys()) await client.query(`listen ${escapeIdentifier(channel)}`);
    return client;
  }

  #lost(pause = FIRST_PAUSE): void {
    this.#client = undefined;
    if (this.#closed || this.#handlers.size === 0) return;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => {
      void this.#connected().catch(() => this.#lost(Math.min(pause * 2, LONGEST_PAUSE)));
    }, pause);
  }
}
