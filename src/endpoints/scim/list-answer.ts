import type { DirectoryQuery, FoundPage, PageRequest } from '../../domain/directory/index.ts';
import { LIST_SCHEMA } from './discovery.ts';
import { type ListQuery, invalidCursor } from './list-query.ts';
import { readCursor, writeCursor } from './page-cursor.ts';
import type { ScimAnswer } from './scim-exchange.ts';
import type { ScimService } from './scim-service.ts';

/** What of the paging an answer tells beside its resources. */
type Paging = { readonly startIndex: number } | { readonly nextCursor: string | undefined };

/** A ListResponse (RFC 7644 §3.4.2, RFC 9865 §2) from resources that are text already. */
export function listAnswer(total: number, paging: Paging, resources: readonly string[]): ScimAnswer {
  const place = 'startIndex' in paging ? `"startIndex":${paging.startIndex},` : paging.nextCursor === undefined ? '' : `"nextCursor":"${paging.nextCursor}",`;
  return {
    status: 200,
    body: `{"schemas":["${LIST_SCHEMA}"],"totalResults":${total},"itemsPerPage":${resources.length},${place}"Resources":[${resources.join(',')}]}`,
  };
}

/**
 * Answers a list request by asking the directory for one page, by number or by cursor.
 * @param kind tells cursors of users and of groups apart
 */
export async function answerPage<T>(
  service: ScimService,
  list: ListQuery,
  kind: string,
  query: DirectoryQuery,
  ask: (page: PageRequest) => Promise<FoundPage<T>>,
  render: (resource: T) => string,
): Promise<ScimAnswer> {
  const { cursor, count: limit, startIndex } = list;
  if (cursor === undefined) {
    const { total, resources } = await ask({ kind: 'offset', offset: startIndex - 1, limit });
    return listAnswer(total, { startIndex }, resources.map(render));
  }
  const question = JSON.stringify([kind, query]);
  const now = service.provisioning.clock.now();
  const oldest = service.limits.cursorTimeout === undefined ? 0 : now - service.limits.cursorTimeout * 1000;
  const walk = cursor === '' ? undefined : readCursor(service.cursorKeys, question, cursor, oldest);
  const found = await ask({ kind: 'after', position: walk?.position, limit, total: query.condition && walk?.total });
  if (walk && walk.feed !== found.feed) throw invalidCursor('The cursor is none of this connection: begin again without it.');
  const { feed, next, total, resources } = found;
  const nextCursor = next && writeCursor(service.cursorKeys, question, { feed, position: next, total, issued: now });
  return listAnswer(total, { nextCursor }, resources.map(render));
}
