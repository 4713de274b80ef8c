import { expect } from 'chai';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '#hub/platform/clock.js';
import { createJobs, type Jobs } from '#hub/platform/jobs.js';

const settled = async (condition: () => boolean): Promise<void> => {
  for (const end = Date.now() + 10_000; !condition(); await pause(2)) if (Date.now() > end) throw new Error('did not happen');
};

describe('jobs', () => {
  let errors: unknown[];
  let jobs: Jobs;
  beforeEach(() => {
    errors = [];
    jobs = createJobs(systemClock, { debug: () => undefined, error: (fields: unknown) => void errors.push(fields) });
  });
  afterEach(() => jobs.stop());

  it('run again and again, and never two at once', async () => {
    let [runs, active, most] = [0, 0, 0];
    jobs.every('fold', 1, async () => {
      most = Math.max(most, (active += 1));
      await pause(4);
      active -= 1;
      runs += 1;
    });
    await Promise.all([jobs.runNow('fold'), jobs.runNow('fold'), settled(() => runs >= 4)]);
    expect(most).to.equal(1);
  });

  it('run on demand, by a run that began after the demand, shared by all who wait', async () => {
    let begun = 0;
    jobs.every('fold', 60_000, async () => {
      begun += 1;
      await pause(10);
    });
    const first = jobs.runNow('fold');
    await Promise.all([jobs.runNow('fold'), jobs.runNow('fold'), first]);
    expect(begun).to.equal(2);
  });

  it('go on after a failure, which is logged and harms no other job', async () => {
    let [failing, healthy] = [0, 0];
    jobs.every('bad', 1, () => {
      failing += 1;
      return Promise.reject(new Error('boom'));
    });
    jobs.every('good', 1, () => {
      healthy += 1;
      return Promise.resolve();
    });
    await settled(() => failing >= 2 && healthy >= 2);
    expect(errors[0]).to.include({ job: 'bad', failures: 1 });
  });

  it('tell a failure to whoever asked for the run', async () => {
    jobs.every('bad', 60_000, () => Promise.reject(new Error('boom')));
    const outcome = await jobs.runNow('bad').catch((error: unknown) => error);
    expect(outcome).to.be.instanceOf(Error).with.property('message', 'boom');
  });

  it('are told to stop, are waited for, and do not begin again', async () => {
    let [ended, aborted, begun] = [false, false, 0];
    jobs.every('long', 1, async (signal) => {
      begun += 1;
      // However slow the machine is, the run is still going on when it is told to stop.
      if (!signal.aborted) await once(signal, 'abort');
      await pause(5);
      aborted = signal.aborted;
      ended = true;
    });
    await settled(() => begun > 0);
    const waiting = jobs.runNow('long');
    await jobs.stop();
    expect({ ended, aborted }).to.deep.equal({ ended: true, aborted: true });
    await waiting;
    await jobs.runNow('long');
    await pause(5);
    expect(begun).to.equal(1);
  });

  it('have names, each used once', async () => {
    jobs.every('fold', 60_000, () => Promise.resolve());
    expect(() => jobs.every('fold', 1, () => Promise.resolve())).to.throw(TypeError);
    expect(await jobs.runNow('none').catch((error: unknown) => error)).to.be.instanceOf(TypeError);
  });
});
