import { expect } from 'chai';
import { DecidedGroups } from '#hub/provisioning/index.js';

describe('groups of which the members had to be decided', () => {
  it('are remembered until it was not so', () => {
    const groups = new DecidedGroups();
    groups.remember('a', true);
    groups.remember('b', false);
    expect([groups.has('a'), groups.has('b')]).to.deep.equal([true, false]);
    groups.remember('a', false);
    expect(groups.has('a')).to.equal(false);
  });

  it('are forgotten beyond a number, the longest known first', () => {
    const groups = new DecidedGroups();
    for (let n = 0; n <= 10_000; n++) groups.remember(`g${n}`, true);
    expect([groups.has('g0'), groups.has('g1'), groups.has('g10000')]).to.deep.equal([false, true, true]);
  });
});
