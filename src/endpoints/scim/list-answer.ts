import { LIST_SCHEMA } from './discovery.ts';
import type { ScimAnswer } from './scim-exchange.ts';

/** A ListResponse (RFC 7644 §3.4.2) from resources that are text already. */
export const listAnswer = (total: number, startIndex: number, resources: readonly string[]): ScimAnswer => ({
  status: 200,
  body: `{"schemas":["${LIST_SCHEMA}"],"totalResults":${total},"itemsPerPage":${resources.length},"startIndex":${startIndex},"Resources":[${resources.join(',')}]}`,
});
