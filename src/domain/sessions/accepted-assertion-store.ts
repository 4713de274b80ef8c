import { organizationContext, uniqueViolation, type Database, type Statement } from '../../database/index.ts';
import { DomainError } from '../../platform/errors.ts';
import { hashToken } from '../../platform/token.ts';

export interface AcceptedAssertion {
  readonly orgId: string;
  readonly connectionId: string;
  /** What names the assertion at its provider. */
  readonly key: string;
  /** Until when it could be presented again, in milliseconds since the epoch. */
  readonly expiresAt: number;
}

const accept = ({ orgId, connectionId, key, expiresAt }: AcceptedAssertion): Statement => ({
  name: 'sessions.assertion.accept',
  text: 'insert into accepted_assertion (org_id, connection_id, hash, expires_at) values ($1, $2, $3, $4)',
  values: [orgId, connectionId, hashToken(key), new Date(expiresAt)],
});

/** Assertions are good for one sign-in: the primary key refuses the second one, on whichever node it arrives. */
export class AcceptedAssertionStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** @throws DomainError `sessions.assertion_replayed` when it was accepted before */
  async accept(assertion: AcceptedAssertion): Promise<void> {
    try {
      await this.#database.batch([organizationContext({ orgId: assertion.orgId, actor: 'sign-in' }), accept(assertion)]);
    } catch (error) {
      if (uniqueViolation(error) === undefined) throw error;
      throw new DomainError('denied', 'sessions.assertion_replayed', 'This sign-in response was used before.', { cause: error });
    }
  }
}
