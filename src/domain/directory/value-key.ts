import { foldKey } from '../../platform/fold.ts';
import type { ComparedValue } from './directory-query.ts';

/** Says that a user has more values than are kept: such a user may have any. */
export const EVERY_VALUE = 0;

/**
 * One number for "this attribute has this value": what the search index keeps of values that stand in the resource alone
 * (FNV-1a). Different values may share a number, and case never counts: who is found by it is judged by the value itself.
 */
export function valueKey(path: readonly string[], value: ComparedValue): number {
  const text = `${path.join('\u0001')}\u0001${typeof value === 'string' ? foldKey(value) : String(value)}`;
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash === EVERY_VALUE ? 1 : hash | 0;
}
