import type { AuditedChanges } from '../../domain/audit/index.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { Config } from '../../platform/settings.ts';

/** What stands open when it is off, by the variable that an operator would look for. */
const SWITCHES = { USER_MGMT_ENFORCE: 'userMgmtEnforce', USER_MGMT_RLS_ENFORCE: 'userMgmtRlsEnforce' } as const satisfies Record<string, keyof Config>;

export interface PermissiveModeInput {
  readonly config: Config;
  readonly changes: Pick<AuditedChanges, 'inInstance'>;
  readonly log: { warn(fields: Readonly<Record<string, unknown>>, message: string): void };
  readonly metrics: Metrics;
}

/** Says loudly, in log, trail and metrics, what this start does not enforce: nobody should find out by accident. */
export async function announcePermissiveMode({ config, changes, log, metrics }: PermissiveModeInput): Promise<void> {
  const gauge = metrics.gauge('gatehouse_permissive', 'Whether a safeguard is switched off.', { setting: Object.keys(SWITCHES) });
  const off = Object.entries(SWITCHES).filter(([setting, name]) => {
    gauge.record({ setting }, config[name] ? 0 : 1);
    return !config[name];
  });
  for (const [setting] of off) log.warn({ setting }, 'permissive mode: this safeguard is switched off; for set-up and trials only');
  if (off.length === 0) return;
  const settings = off.map(([setting]) => setting);
  await changes.inInstance('system', () => Promise.resolve({ result: undefined, events: [{ action: 'instance.permissive', targetType: 'instance', targetId: 'settings', details: { off: settings } }] }));
}
