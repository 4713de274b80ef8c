import { DomainError } from '../platform/errors.ts';
import { startEmbeddedPostgres } from './embedded.ts';

export interface DatabaseServerOptions {
  /** Unset: the embedded PostgreSQL below `directory`. */
  readonly url: string | undefined;
  readonly ownerUrl: string | undefined;
  readonly directory: string;
  readonly log: (line: string) => void;
}

/** The PostgreSQL of this hub, wherever it runs. */
export interface DatabaseServer {
  readonly url: string;
  /** Owner of the schema; the same login unless told otherwise. */
  readonly ownerUrl: string;
  /** Settles when the embedded server has ended by itself; never otherwise. */
  readonly failed: Promise<DomainError>;
  stop(): Promise<void>;
}

const lost = (): DomainError =>
  new DomainError('unavailable', 'hub.database_lost', 'The embedded PostgreSQL ended while the hub was running; the hub ends with it, to be started again.');

/** The server that was named, or the embedded one, started. */
export async function reachServer({ url, ownerUrl, directory, log }: DatabaseServerOptions): Promise<DatabaseServer> {
  if (url !== undefined) return { url, ownerUrl: ownerUrl ?? url, failed: new Promise(() => undefined), stop: () => Promise.resolve() };
  const embedded = await startEmbeddedPostgres({ directory, log });
  return { url: embedded.url, ownerUrl: embedded.ownerUrl, failed: embedded.lost.then(lost), stop: () => embedded.stop() };
}
