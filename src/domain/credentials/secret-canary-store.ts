import type { Database, Statement } from '../../database/index.ts';
import { type MasterKeys, checkCanary, secretCanary } from '../../platform/master-keys.ts';

const read: Statement = { name: 'credentials.canary.read', text: `select value from instance_fact where name = 'secret-canary'`, values: [] };

const write = (value: string): Statement => ({
  name: 'credentials.canary.write',
  text: `insert into instance_fact (name, value) values ('secret-canary', $1) on conflict (name) do nothing`,
  values: [value],
});

const replace = (value: string): Statement => ({
  name: 'credentials.canary.replace',
  text: `update instance_fact set value = $1 where name = 'secret-canary'`,
  values: [value],
});

/**
 * Recognises a wrong master secret before anything is written with it: a sealed word in the database must open.
 * @throws DomainError `crypto.wrong_secret`
 */
export async function verifyMasterSecret(database: Pick<Database, 'batch'>, keys: MasterKeys): Promise<void> {
  // Written first where there is none: of two nodes that start at once, the slower one checks against the faster one's.
  const [, rows] = await database.batch([write(secretCanary(keys)), read]);
  const stored = rows?.[0]?.['value'] as string;
  if (checkCanary(keys, stored)) await database.batch([replace(secretCanary(keys))]);
}
