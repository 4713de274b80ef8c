import { Client } from 'pg';

async function connected<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Runs statements as the owner of a test database, for schema that a test invents. */
export const asOwner = (ownerUrl: string, ...statements: readonly string[]): Promise<void> =>
  connected(ownerUrl, async (client) => {
    for (const statement of statements) await client.query(statement);
  });

/** The rows of one query over any address, seen from outside the hub. */
export const queryAsOwner = (url: string, text: string): Promise<Record<string, unknown>[]> =>
  connected(url, async (client) => (await client.query<Record<string, unknown>>({ text })).rows);
