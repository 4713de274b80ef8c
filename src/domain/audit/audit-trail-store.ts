import { instanceContext, organizationContext, type Database, type Statement } from '../../database/index.ts';
import type { AuditQuery, AuditRecord } from './audit-event.ts';
import { auditAfter, latestAudit, toAuditRecord } from './audit-store.ts';

/** Reads the trail of one organization, or with `orgId` undefined that of the instance. */
export class AuditTrail {
  readonly #database: Pick<Database, 'batch'>;

  constructor(database: Pick<Database, 'batch'>) {
    this.#database = database;
  }

  /** Newest first. */
  latest(orgId: string | undefined, query: AuditQuery & { readonly before?: string }): Promise<AuditRecord[]> {
    return this.#read(orgId, latestAudit(query));
  }

  /** Oldest first. */
  after(orgId: string | undefined, query: AuditQuery & { readonly after: string }): Promise<AuditRecord[]> {
    return this.#read(orgId, auditAfter(query));
  }

  async #read(orgId: string | undefined, statement: Statement): Promise<AuditRecord[]> {
    const context = orgId === undefined ? instanceContext('system') : organizationContext({ orgId, actor: 'system' });
    const [, rows] = await this.#database.batch([context, statement]);
    return (rows ?? []).map(toAuditRecord);
  }
}
