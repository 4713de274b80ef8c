import { ORG } from '../../database/context-sql.ts';
import type { Row, Statement } from '../../database/index.ts';
import type { OutboxEvent, WaitingEvent } from './outbox-event.ts';

/** Written with the change it tells of, so that neither can exist without the other. */
export const appendOutbox = (events: readonly OutboxEvent[]): Statement => ({
  name: 'outbox.append',
  text: `insert into outbox_event (org_id, kind, payload)
         select ${ORG}, e.kind, e.payload from unnest($1::text[], $2::jsonb[]) with ordinality as e (kind, payload, position)
          order by e.position`,
  values: [events.map(({ kind }) => kind), events.map(({ payload }) => JSON.stringify(payload))],
});

/** Takes the oldest waiting events; those that another node is delivering are passed over. */
export const takeWaiting = (limit: number): Statement => ({
  name: 'outbox.take',
  text: `select id, kind, payload, created_at from outbox_event
          where org_id = ${ORG} and delivered_at is null order by id limit $1 for update skip locked`,
  values: [limit],
});

export const markDelivered = (ids: readonly (number | bigint)[]): Statement => ({
  name: 'outbox.delivered',
  text: `update outbox_event set delivered_at = now() where org_id = ${ORG} and id = any($1::bigint[])`,
  values: [ids.map(String)],
});

export const toWaitingEvent = (row: Row): WaitingEvent => ({
  id: row['id'] as number | bigint,
  kind: row['kind'] as string,
  payload: row['payload'] as Record<string, unknown>,
  createdAt: row['created_at'] as Date,
});
