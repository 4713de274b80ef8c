import { expect } from 'chai';
import { ManualClock } from '#hub/platform/clock.js';
import { createUuidSource, uuidv7 } from '#hub/platform/uuid.js';

describe('version 7 identifiers', () => {
  it('carry version, variant and the time (RFC 9562 §5.7)', () => {
    const id = createUuidSource(new ManualClock(0x017f22e279b0))();
    expect(id).to.match(/^017f22e2-79b0-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(uuidv7()).to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('rise within one millisecond, past the end of the sequence, and when the clock is turned back', () => {
    const clock = new ManualClock(1_700_000_000_000);
    const next = createUuidSource(clock);
    const ids = Array.from({ length: 10_000 }, (_, index) => {
      if (index === 6000) clock.advance(-600_000);
      return next();
    });
    expect(ids).to.deep.equal([...ids].sort());
    expect(new Set(ids).size).to.equal(ids.length);
  });

  it('use all four variant digits', () => {
    expect(new Set(Array.from({ length: 300 }, () => uuidv7()[19]))).to.have.length(4);
  });
});
