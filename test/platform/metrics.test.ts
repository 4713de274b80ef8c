import { expect } from 'chai';
import { Metrics } from '#hub/platform/metrics.js';

describe('metrics', () => {
  it('count, set and observe under the labels they were declared with', async () => {
    const metrics = new Metrics();
    const requests = metrics.counter('gatehouse_requests_total', 'Requests.', { method: ['GET', 'PUT'] });
    requests.record({ method: 'GET' });
    requests.record({ method: 'GET' }, 2);
    metrics.gauge('gatehouse_open', 'Open.', {}).record({}, 7);
    metrics.histogram('gatehouse_seconds', 'Duration.', {}, [0.1, 1]).record({}, 0.5);
    const text = await metrics.text();
    expect(text).to.contain('gatehouse_requests_total{method="GET"} 3');
    expect(text).to.contain('gatehouse_open 7');
    expect(text).to.contain('gatehouse_seconds_bucket{le="1"} 1');
    expect(metrics.contentType).to.contain('text/plain');
  });

  it('count values that nobody declared as other, so that strangers cannot make series', async () => {
    const metrics = new Metrics();
    const requests = metrics.counter('gatehouse_requests_total', 'Requests.', { method: ['GET'] });
    for (let round = 0; round < 50; round += 1) requests.record({ method: `M${round}` });
    requests.record({ method: 'constructor' });
    expect((await metrics.text()).match(/^gatehouse_requests_total\{.*$/gm)).to.deep.equal(['gatehouse_requests_total{method="other"} 51']);
  });

  it('refuse to be declared with too many series', () => {
    const many = Array.from({ length: 100 }, (_, index) => String(index));
    expect(() => new Metrics().counter('gatehouse_x_total', 'X.', { a: many, b: many })).to.throw(TypeError, 'series');
  });

  it('of two hubs in one process do not meet', async () => {
    for (const metrics of [new Metrics(), new Metrics()]) {
      metrics.counter('gatehouse_x_total', 'X.', {}).record({});
      expect(await metrics.text()).to.contain('gatehouse_x_total 1');
    }
  });

  it('tell of the process when asked to', async () => {
    expect(await new Metrics({ process: true }).text()).to.contain('process_cpu_seconds_total');
  });
});
