/**
 * The trail of who did what to whom: append-only events, written as a plain insert in the transaction of what they tell
 * of. It owns how an event is written and read; which events there are, and their words, belong to those who act.
 */
export type { AuditEvent, AuditQuery, AuditRecord } from './audit-event.ts';
export { appendAudit, auditAfter, latestAudit, toAuditRecord } from './audit-store.ts';
export { AUDITED_ACTIONS, countAudit } from './audit-metrics.ts';
export { AuditTrail } from './audit-trail-store.ts';
export { AuditedChanges, tell, type Audited } from './audited-change-store.ts';
