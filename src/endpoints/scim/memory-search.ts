import { comparable, compareText } from './comparable-value.ts';
import { evaluateFilter, valueIn } from './filter-evaluate.ts';
import { listAnswer } from './list-answer.ts';
import type { ListQuery } from './list-query.ts';
import type { JsonObject } from './resource-json.ts';
import type { ScimAnswer } from './scim-exchange.ts';

const PORTION = 500;

type Keyed = readonly [JsonObject, string | number | boolean | undefined];

/** Values of a multi-valued attribute count by their first (RFC 7644 §3.4.2.3); resources without one come last. */
function sortedBy(query: ListQuery, resources: readonly JsonObject[]): JsonObject[] {
  const { sortBy, descending } = query;
  if (!sortBy) return [...resources];
  const keyed = resources.map((resource): Keyed => {
    const value = valueIn(resource, sortBy);
    return [resource, comparable(sortBy, Array.isArray(value) ? value[0] : value)];
  });
  const order = ([, left]: Keyed, [, right]: Keyed): number => {
    if (left === undefined || right === undefined) return Number(left === undefined) - Number(right === undefined);
    const compared = typeof left === 'number' && typeof right === 'number' ? left - right : compareText(String(left), String(right));
    return descending ? -compared : compared;
  };
  return keyed.toSorted(order).map(([resource]) => resource);
}

/** Answers a question that no index answers by looking at every resource. */
export async function searchInMemory(query: ListQuery, page: (offset: number, limit: number) => Promise<readonly string[]>): Promise<ScimAnswer> {
  const { filter } = query;
  const found: JsonObject[] = [];
  for (let offset = 0; ; offset += PORTION) {
    const texts = await page(offset, PORTION);
    for (const text of texts) {
      const resource = JSON.parse(text) as JsonObject;
      if (!filter || evaluateFilter(filter, resource)) found.push(resource);
    }
    if (texts.length < PORTION) break;
  }
  const from = query.startIndex - 1;
  const wanted = sortedBy(query, found).slice(from, from + query.count);
  return listAnswer(found.length, query.startIndex, wanted.map((resource) => JSON.stringify(query.projection.apply(resource))));
}
