import type { ResolvedFilter } from './filter-check.ts';

/**
 * The look-up that clients make before every write, one unique attribute `eq` a text: it has a statement of its own.
 * Nothing for any other filter.
 */
export function exactName<T extends string>(filter: ResolvedFilter | undefined, names: readonly T[]): { attribute: T; value: string } | undefined {
  if (filter?.kind !== 'compare' || filter.operator !== 'eq' || typeof filter.literal !== 'string') return undefined;
  const attribute = names.find((name) => name === filter.attribute.path);
  return attribute && { attribute, value: filter.literal };
}
