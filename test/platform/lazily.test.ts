import { expect } from 'chai';
import { lazily } from '#hub/platform/lazily.js';

describe('lazily', () => {
  it('makes the value at the first call and hands out the same one ever after, also undefined', () => {
    let made = 0;
    const value = lazily(() => void (made += 1));
    expect(made).to.equal(0);
    value();
    value();
    expect(made).to.equal(1);
  });

  it('does not keep a failure', () => {
    let calls = 0;
    const value = lazily(() => {
      calls += 1;
      if (calls === 1) throw new Error('not yet');
      return calls;
    });
    expect(() => value()).to.throw('not yet');
    expect(value()).to.equal(2);
  });
});
