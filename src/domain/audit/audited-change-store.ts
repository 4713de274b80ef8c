import type { AdministrativeTransaction, Database, OrganizationContext } from '../../database/index.ts';
import type { AuditEvent } from './audit-event.ts';
import { appendAudit } from './audit-store.ts';

/** What a change gives back, and what the trail says of it. No events: nothing was changed. */
export interface Audited<T> {
  readonly result: T;
  readonly events: readonly AuditEvent[];
}

type Work<T> = (tx: AdministrativeTransaction) => Promise<Audited<T>>;

/** The one way in which administrators change anything: the change and the event that tells of it, in one transaction. */
export class AuditedChanges {
  readonly #database: Pick<Database, 'withOrganization' | 'withInstance'>;

  constructor(database: Pick<Database, 'withOrganization' | 'withInstance'>) {
    this.#database = database;
  }

  inOrganization<T>(context: OrganizationContext, work: Work<T>): Promise<T> {
    return this.#database.withOrganization(context, (tx) => settle(tx, work));
  }

  /** Outside any organization: what concerns the installation. */
  inInstance<T>(actor: string, work: Work<T>): Promise<T> {
    return this.#database.withInstance(actor, (tx) => settle(tx, work));
  }
}

async function settle<T>(tx: AdministrativeTransaction, work: Work<T>): Promise<T> {
  const { result, events } = await work(tx);
  await tell(tx, events);
  return result;
}

/** Writes events in a transaction that somebody else has opened. */
export async function tell(tx: AdministrativeTransaction, events: readonly AuditEvent[]): Promise<void> {
  if (events.length === 0) return;
  await tx.run(appendAudit(events));
}
