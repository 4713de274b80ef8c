import type { AdministrativeTransaction, Statement } from '../database/index.ts';
import { endTokensOfApplications } from '../domain/applications/index.ts';
import { endGrantsOfConnection, endGrantsOfOrganization } from '../domain/grants/index.ts';
import { endSessionProofsOfConnection, endSessionProofsOfOrganization } from '../domain/sessions/index.ts';

type Transaction = Pick<AdministrativeTransaction, 'sql'>;

async function run(tx: Transaction, statements: readonly Statement[]): Promise<void> {
  for (const { text, values } of statements) await tx.sql(text, values);
}

/**
 * An organization is suspended: what its members and applications hold through it ends, and does not come back with it.
 * @param tx in the organization's context
 */
export const endAccessOfOrganization = (tx: Transaction): Promise<void> =>
  run(tx, [endGrantsOfOrganization(), endSessionProofsOfOrganization(), endTokensOfApplications()]);

/**
 * A connection is switched off, perhaps because its provider is not to be trusted any more: what was proved by it ends, and
 * with it everything that those hold who sign in through it.
 * @param tx in the organization's context
 */
export const endAccessOfConnection = (tx: Transaction, connectionId: string): Promise<void> =>
  run(tx, [endGrantsOfConnection(connectionId), endSessionProofsOfConnection(connectionId)]);
