import { resolve } from 'node:path';
import { type DatabaseServer, reachServer } from './database/database-server.ts';
import { type HttpServer, openHttpServer } from './endpoints/http/http-server.ts';
import { makeDataDirectory } from './platform/data-directory.ts';
import type { Log } from './platform/log.ts';
import type { Config } from './platform/settings.ts';

/** What a hub stands on: its port, which answers "starting" until there is more, and its PostgreSQL, which may still be on its way. */
export interface Groundwork {
  readonly http: HttpServer;
  readonly database: Promise<DatabaseServer>;
  /** Gives up the port, once requests under way have ended, then what was built in between, then PostgreSQL. */
  clear(between?: () => Promise<void>): Promise<void>;
}

/**
 * Begins what goes on by itself while the rest of the hub is being loaded; for that it names files, not rooms, and few of
 * them. The port comes first: a second hub is refused before it touches any data.
 */
export async function layGroundwork(config: Config, log: Log): Promise<Groundwork> {
  makeDataDirectory(resolve(config.dataDir));
  const http = await openHttpServer(config.port, config.host);
  const { databaseUrl: url, databaseOwnerUrl: ownerUrl, dataDir: directory } = config;
  const database = reachServer({ url, ownerUrl, directory, log: (line) => log.info(line) });
  database.catch(() => undefined); // told where it is waited for
  return {
    http,
    database,
    async clear(between = () => Promise.resolve()) {
      await http.close();
      try {
        await between();
      } finally {
        await database.then((server) => server.stop(), () => undefined);
      }
    },
  };
}
