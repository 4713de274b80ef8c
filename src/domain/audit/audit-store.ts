import { ORG } from '../../database/context-sql.ts';
import { type Row, type Statement, columns } from '../../database/index.ts';
import { uuidv7 } from '../../platform/uuid.ts';
import type { AuditEvent, AuditQuery, AuditRecord } from './audit-event.ts';

const INSERT = 'insert into audit_event (org_id, id, actor, action, target_type, target_id, details, request_id)';
const MANY = `${INSERT}
         select ${ORG}, e.id, current_setting('app.actor', true), e.action, e.target_type, e.target_id, e.details, e.request_id
           from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::jsonb[], $6::text[])
             as e (id, action, target_type, target_id, details, request_id)`;
const SEVERAL_OF_ONE = { text: MANY, values: columns };

const one = (event: AuditEvent): Statement => ({
  name: 'audit.append-one',
  text: `${INSERT} values (${ORG}, $1, current_setting('app.actor', true), $2, $3, $4, $5, $6)`,
  values: [uuidv7(), event.action, event.targetType, event.targetId, JSON.stringify(event.details ?? {}), event.requestId ?? null],
  told: [event.action],
  several: SEVERAL_OF_ONE,
});

const many = (events: readonly AuditEvent[]): Statement => ({
  name: 'audit.append',
  text: MANY,
  values: [
    events.map(() => uuidv7()),
    events.map(({ action }) => action),
    events.map(({ targetType }) => targetType),
    events.map(({ targetId }) => targetId),
    events.map(({ details }) => JSON.stringify(details ?? {})),
    events.map(({ requestId }) => requestId ?? null),
  ],
  told: events.map(({ action }) => action),
});

/** Writes events into the trail of the current organization, or of the instance, in the current actor's name. */
export const appendAudit = (events: readonly AuditEvent[]): Statement => (events.length === 1 && events[0] ? one(events[0]) : many(events));

const COLUMNS = 'id, at, actor, action, target_type, target_id, details, request_id';

/** An action names its noun before the dot, so a noun finds all that happened to it. */
const CONDITIONS = `org_id is not distinct from ${ORG}
   and ($2::text is null or action = $2 or split_part(action, '.', 1) = $2)
   and ($3::text is null or target_type = $3) and ($4::text is null or target_id = $4) and ($5::text is null or actor = $5)`;

const conditionValues = (query: AuditQuery): unknown[] => [
  query.action ?? null,
  query.targetType ?? null,
  query.targetId ?? null,
  query.actor ?? null,
];

/** The latest events, newest first; with `before`, those that come before that one. */
export const latestAudit = (query: AuditQuery & { readonly before?: string }): Statement => ({
  name: 'audit.latest',
  text: `select ${COLUMNS} from audit_event
          where ${CONDITIONS} and ($6::uuid is null or (at, id) < (select b.at, b.id from audit_event b
                                    where b.org_id is not distinct from ${ORG} and b.id = $6))
          order by at desc, id desc limit $1`,
  values: [query.limit, ...conditionValues(query), query.before ?? null],
});

/** What was written after an event, oldest first: for whoever follows the trail. */
export const auditAfter = (query: AuditQuery & { readonly after: string }): Statement => ({
  name: 'audit.after',
  text: `select ${COLUMNS} from audit_event
          where ${CONDITIONS} and (at, id) > (select a.at, a.id from audit_event a
                                    where a.org_id is not distinct from ${ORG} and a.id = $6)
          order by at, id limit $1`,
  values: [query.limit, ...conditionValues(query), query.after],
});

export const toAuditRecord = (row: Row): AuditRecord => ({
  id: row['id'] as string,
  at: row['at'] as Date,
  actor: row['actor'] as string,
  action: row['action'] as string,
  targetType: row['target_type'] as string,
  targetId: row['target_id'] as string,
  details: row['details'] as Record<string, unknown>,
  requestId: row['request_id'] as string | null,
});
