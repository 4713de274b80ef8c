import { expect } from 'chai';
import { ManualClock } from '#hub/platform/clock.js';

describe('clock', () => {
  it('moves only when it is told to', () => {
    const clock = new ManualClock(1000);
    clock.advance(500);
    expect(clock.now()).to.equal(1500);
  });
});
