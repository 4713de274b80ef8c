import type { AuditRecord } from '../../domain/audit/index.ts';
import { requireOperator, type Operation } from '../http/index.ts';
import type { AdminDependencies } from './admin-dependencies.ts';
import { organizationOperation, organizationQuery } from './admin-operation.ts';

const text = { type: 'string', minLength: 1, maxLength: 200 } as const;
const id = { type: 'string', format: 'uuid' } as const;

const eventSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'at', 'actor', 'action', 'targetType', 'targetId', 'details', 'requestId'],
  properties: {
    id,
    at: { type: 'string', format: 'date-time' },
    actor: { type: 'string' },
    action: { type: 'string' },
    targetType: { type: 'string' },
    targetId: { type: 'string' },
    details: { type: 'object' },
    requestId: { type: ['string', 'null'] },
  },
} as const;

const shown = ({ id, at, actor, action, targetType, targetId, details, requestId }: AuditRecord): object => ({
  id,
  at,
  actor,
  action,
  targetType,
  targetId,
  details,
  requestId,
});

const list = ({ organizations, trail }: AdminDependencies): Operation =>
  organizationOperation(organizations)(
    {
      id: 'listAudit',
      method: 'get',
      path: '/admin/audit',
      tag: 'audit',
      summary: 'Reads the audit trail: the latest events, newest first; with `after` what followed, oldest first.',
      query: {
        type: 'object',
        additionalProperties: false,
        properties: {
          ...organizationQuery,
          instance: { type: 'boolean', default: false, description: 'The trail of the installation, which belongs to no organization.' },
          action: { ...text, description: 'A whole action (connection.created) or its noun (connection).' },
          targetType: text,
          target: { ...text, description: 'Id of what it happened to.' },
          actor: text,
          after: { ...id, description: 'Id of an event: those that were written after it.' },
          before: { ...id, description: 'Id of an event: those before it.' },
          limit: { type: 'integer', minimum: 1, maximum: 500, default: 100 },
        },
      },
      answer: {
        status: 200,
        description: 'Events.',
        schema: { type: 'object', additionalProperties: false, required: ['items'], properties: { items: { type: 'array', items: eventSchema } } },
      },
    },
    async ({ query, principal }, { organization }) => {
      if (query.instance) requireOperator(principal);
      const orgId = query.instance ? undefined : organization.id;
      const { target: targetId, after, before, ...rest } = query;
      const conditions = { ...rest, ...(targetId === undefined ? {} : { targetId }) };
      const events = after === undefined ? await trail.latest(orgId, { ...conditions, ...(before === undefined ? {} : { before }) }) : await trail.after(orgId, { ...conditions, after });
      return { items: events.map(shown) };
    },
  );

/** Who did what to whom. */
export const auditOperations = (dependencies: AdminDependencies): Operation[] => [list(dependencies)];
