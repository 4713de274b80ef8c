import type { Metrics } from '../../platform/metrics.ts';

export type ScimAnswered = (method: string, resource: string, status: number) => void;

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
const RESOURCES = ['Users', 'Groups', 'Bulk', '.search', 'ServiceProviderConfig', 'Schemas', 'ResourceTypes', 'Me'] as const;
const STATUS = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const;

/** The resource type, or what stands in its place, of a path below the mount. */
export const resourceIn = (path: string): string => /^\/?([^/?]*)/.exec(path)?.[1] ?? '';

/** Counts requests of SCIM clients, 429 apart since it is the client's pace and not its request that is refused. */
export function countScim(metrics: Metrics): ScimAnswered {
  const requests = metrics.counter('gatehouse_scim_requests_total', 'SCIM requests.', { method: METHODS, resource: RESOURCES, status: [...STATUS, '429'] });
  return (method, resource, status) => requests.record({ method, resource, status: status === 429 ? '429' : (STATUS[Math.trunc(status / 100) - 1] ?? '') });
}
