import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AUDITED_ACTIONS, countAudit } from '#hub/domain/audit/index.js';
import { Metrics } from '#hub/platform/metrics.js';

const SOURCE = join(import.meta.dirname, '../../../../src');

describe('the count of audit events', () => {
  it('names every action that the hub writes, and none that it does not', () => {
    const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    const written = files.flatMap((name) => [...readFileSync(join(SOURCE, name), 'utf8').matchAll(/(?:action: |[a-z]*[tT]old\(feed, )'([a-z_]+\.[a-z_]+)'/g)].map(([, action = '']) => action));
    expect([...new Set(written)]).to.have.members([...AUDITED_ACTIONS]);
  });

  it('tells role changes apart', async () => {
    const metrics = new Metrics();
    countAudit(metrics)(['user.created', 'membership.roles_resolved', 'membership.roles_resolved', 'something.new']);
    const text = await metrics.text();
    expect(text).to.contain('gatehouse_audit_events_total{action="user.created"} 1');
    expect(text).to.contain('gatehouse_audit_events_total{action="other"} 1');
    expect(text).to.contain('gatehouse_role_changes_total 2');
  });
});
