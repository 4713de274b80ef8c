import { expect } from 'chai';
import * as fc from 'fast-check';
import { Company, EVENTS } from '#hub/cli/simulator/company.js';
import { IdTable } from '#hub/cli/simulator/id-table.js';
import { LatencyHistogram } from '#hub/cli/simulator/latency-histogram.js';
import { externalUserIdAt, groupNameAt, guidAt, personAt } from '#hub/cli/simulator/people.js';

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const names = (seed: number): string[] => upTo(50).map((index) => personAt(seed, index, 'x.example').displayName);
const size = (change: Partial<Company['size']> = {}): Company['size'] => ({ people: 30, groups: 4, cycles: 2, seed: 1, domain: 'people.example', ...change });

describe('the simulated people', () => {
  it('are the same for the same seed and others for another', () => {
    expect(names(7)).to.deep.equal(names(7));
    expect(names(7)).not.to.deep.equal(names(8));
  });

  it('have userNames and ids of their own, at any size', () => {
    const count = 20_000;
    for (const make of [(index: number) => personAt(1, index, 'x.example').userName.toLowerCase(), (index: number) => guidAt(1, index, 1), (index: number) => externalUserIdAt('okta', 1, index)]) {
      expect(new Set(upTo(count).map(make)).size).to.equal(count);
    }
    expect(new Set(upTo(1_000).map((index) => groupNameAt(index))).size).to.equal(1_000);
  });

  it('have values that every server takes', () => {
    fc.assert(
      fc.property(fc.nat(0xffff_ffff), fc.nat(10_000_000), fc.nat(20), (seed, index, renames) => {
        const person = personAt(seed, index, 'x.example', { renames, emails: renames });
        expect(person.userName).to.match(/^[a-z]+\.[a-z]+\d+@x\.example$/);
        expect(person.email).to.match(/^[a-z]+\.[a-z]+[\d.]+@(mail\.)?x\.example$/);
        expect(person.givenName).not.to.equal('');
        expect(person.displayName).not.to.include('|').and.not.include('undefined');
        expect(guidAt(seed, index, 1)).to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(externalUserIdAt('okta', seed, index)).to.match(/^00u[0-9A-Za-z]{17}$/);
      }),
    );
  });

  it('keep their userName when they are renamed', () => {
    const [before, after] = [0, 1].map((renames) => personAt(1, 5, 'x.example', { renames, emails: 0 }));
    expect(after?.userName).to.equal(before?.userName);
    expect(after?.familyName).not.to.equal(before?.familyName);
  });
});

describe('the simulated company', () => {
  it('lets everything happen to somebody in every cycle', () => {
    const company = new Company(size());
    for (const cycle of [1, 2]) expect(new Set([...company.eventful(cycle)].map(([, event]) => event))).to.deep.equal(new Set(EVENTS));
  });

  it('changes memberships by exactly what it tells', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 6 }), fc.nat(), (people, groups, seed) => {
        const company = new Company(size({ people, groups, seed, cycles: 3 }));
        const members = upTo(groups).map((group) => new Set(company.initialMembers(group)));
        for (const cycle of [1, 2, 3]) {
          for (const [group, { add, remove }] of company.memberChanges(cycle)) {
            for (const index of remove) expect(members[group]?.delete(index)).to.equal(true);
            for (const index of add) members[group]?.add(index);
          }
          for (const group of upTo(groups)) {
            expect(new Set(upTo(people).filter((index) => company.isMember(index, group, cycle)))).to.deep.equal(members[group]);
            expect([...company.membersOf(group, cycle)]).to.have.members([...(members[group] ?? [])]);
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  it('never gives anybody a manager who is gone or who is themselves', () => {
    const company = new Company(size({ people: 40, cycles: 4 }));
    for (const cycle of [1, 2, 3, 4]) {
      for (const [index, event] of company.eventful(cycle)) {
        const { manager } = company.standing(index, cycle);
        if (event !== 'manager' || manager === undefined) continue;
        expect(manager).not.to.equal(index);
        expect(company.standing(manager, cycle).present).to.equal(true);
      }
    }
  });
});

describe('what the simulator remembers', () => {
  it('is the id as the server gave it, whatever its form', () => {
    const ids = ['0198c0de-1111-7222-8333-444455556666', '0198C0DE-1111-7222-8333-444455556666', '42', 'ü/"x'];
    const table = new IdTable(ids.length + 1);
    for (const [index, id] of ids.entries()) table.set(index, id, index !== 1);
    expect(upTo(5).map((index) => table.get(index))).to.deep.equal([...ids, undefined]);
    expect(upTo(5).map((index) => table.isOurs(index))).to.deep.equal([true, false, true, true, false]);
  });

  it('is how long answers took, within three per cent', () => {
    const histogram = new LatencyHistogram();
    for (const nth of upTo(1_000)) histogram.add(nth + 1);
    for (const [share, exact] of [[0.5, 500], [0.95, 950], [0.99, 990]] as const) expect(histogram.percentile(share)).to.be.within(exact * 0.97, exact * 1.03);
    expect(new LatencyHistogram().percentile(0.5)).to.be.a('number');
  });
});
