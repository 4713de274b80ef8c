import { referencesIn } from './bulk-reference.ts';
import type { BulkOperation } from './bulk-request.ts';

/** One step of a bulk request; numbers are places in its list of operations. */
export type BulkStep =
  /** Carry the operation out; a new resource leaves out what refers to `without`, since that exists only later. */
  | { readonly kind: 'run'; readonly at: number; readonly without: ReadonlySet<string> }
  /** Add what was left out. */
  | { readonly kind: 'complete'; readonly at: number };

const ID_IN_PATH = /\/bulkId:(.+)$/is;

/** Every bulkId that must have become a resource before the operation can be carried out whole. */
export function needsOf(operation: BulkOperation): ReadonlySet<string> {
  const inPath = ID_IN_PATH.exec(operation.path)?.[1];
  const inData = referencesIn(operation.data);
  return inPath === undefined ? inData : new Set([inPath, ...inData]);
}

/** Where each bulkId is created: by POST alone. */
export const creatorsOf = (operations: readonly BulkOperation[]): ReadonlyMap<string, number> =>
  new Map(operations.flatMap(({ method, bulkId }, at): [string, number][] => (method === 'POST' && bulkId !== undefined ? [[bulkId, at]] : [])));

/** An operation whose needs are being looked after. */
interface Open {
  readonly at: number;
  readonly needs: readonly string[];
  readonly without: Set<string>;
  next: number;
}

/**
 * The order of a bulk request (RFC 7644 §3.7.1): as it was sent, except that what an operation refers to is made before
 * it. Where new resources refer to each other in a circle, one is made without the reference and completed afterwards.
 * Without recursion, since a chain may be as long as the request.
 */
export function planBulk(operations: readonly BulkOperation[]): BulkStep[] {
  const creators = creatorsOf(operations);
  const [steps, incomplete]: [BulkStep[], BulkStep[]] = [[], []];
  const state: ('open' | 'done' | undefined)[] = [];
  const open = (at: number): Open => {
    state[at] = 'open';
    const operation = operations[at];
    return { at, needs: operation ? [...needsOf(operation)] : [], without: new Set(), next: 0 };
  };
  for (const at of operations.keys()) {
    const stack = state[at] === undefined ? [open(at)] : [];
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const need = top.needs[top.next];
      top.next += 1;
      const creator = need === undefined ? undefined : creators.get(need);
      if (need === undefined) {
        stack.pop();
        state[top.at] = 'done';
        steps.push({ kind: 'run', at: top.at, without: top.without });
        if (top.without.size > 0) incomplete.push({ kind: 'complete', at: top.at });
      } else if (creator !== undefined && state[creator] === 'open') top.without.add(need);
      else if (creator !== undefined && state[creator] === undefined) stack.push(open(creator));
    }
    steps.push(...incomplete.splice(0));
  }
  return steps;
}
