import { expect } from 'chai';
import * as fc from 'fast-check';
import { planBulk } from '#hub/endpoints/scim/bulk-plan.js';
import type { BulkOperation } from '#hub/endpoints/scim/bulk-request.js';

const group = (at: number, refers: readonly number[]): BulkOperation => ({
  method: 'POST',
  path: '/Groups',
  bulkId: String(at),
  version: undefined,
  data: { members: refers.map((one) => ({ value: `bulkId:${one}` })) },
});
const graphs = fc.array(fc.uniqueArray(fc.nat(15), { maxLength: 4 }), { maxLength: 16 });

describe('order of a bulk request', () => {
  it('is the order of the request where nothing refers forwards', () => {
    const steps = planBulk([group(0, []), group(1, [0]), group(2, [0, 1])]);
    expect(steps.map(({ kind, at }) => `${kind} ${at}`)).to.deep.equal(['run 0', 'run 1', 'run 2']);
  });

  it('makes first what is referred to, and completes a circle at its end', () => {
    const steps = planBulk([group(0, [1]), group(1, [2]), group(2, [0]), group(3, [])]);
    expect(steps.map(({ kind, at }) => `${kind} ${at}`)).to.deep.equal(['run 2', 'run 1', 'run 0', 'complete 2', 'run 3']);
  });

  it('runs every operation once, and never before what it does not leave out', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const operations = graph.map((refers, at) => group(at, refers));
        const done = new Set<number>();
        const left = new Set<number>();
        for (const step of planBulk(operations)) {
          const needs = (graph[step.at] ?? []).filter((one) => one < graph.length);
          if (step.kind === 'run') {
            expect(done.has(step.at)).to.equal(false);
            for (const need of needs) expect(done.has(need) !== step.without.has(String(need))).to.equal(true);
            if (step.without.size > 0) left.add(step.at);
            done.add(step.at);
          } else {
            expect(left.delete(step.at)).to.equal(true);
            for (const need of needs) expect(done.has(need)).to.equal(true);
          }
        }
        expect(done.size).to.equal(graph.length);
        expect(left.size).to.equal(0);
      }),
    );
  });
});
