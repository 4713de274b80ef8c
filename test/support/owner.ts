import { Client } from 'pg';

/** Runs statements as the owner of a test database, for schema that a test invents. */
export async function asOwner(ownerUrl: string, ...statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
