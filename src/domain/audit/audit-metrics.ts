import type { Metrics } from '../../platform/metrics.ts';

/** What the hub itself does to its nouns. A new action counts as `other` until it stands here; a test finds it. */
export const AUDITED_ACTIONS = [
  'account.created',
  'account.linked',
  'application.created',
  'application.secret_renewed',
  'application.updated',
  'connection.created',
  'connection.updated',
  'domain.claimed',
  'domain.removed',
  'domain.verified',
  'group.created',
  'group.deleted',
  'group.members_changed',
  'group.updated',
  'identity.bound',
  'instance.permissive',
  'membership.roles_elapsed',
  'membership.roles_resolved',
  'operator_token.created',
  'organization.created',
  'organization.updated',
  'role.granted',
  'role.revoked',
  'role_mapping.replaced',
  'role_overrides.cleared',
  'role_overrides.set',
  'row_security.enabled',
  'scim_schema.removed',
  'scim_schema.set',
  'scim_token.created',
  'scim_token.revoked',
  'secrets.resealed',
  'signing_key.rotated',
  'user.created',
  'user.deleted',
  'user.updated',
] as const;

const ROLE_CHANGES: ReadonlySet<string> = new Set(['membership.roles_resolved', 'membership.roles_elapsed']);

/** Counts committed events, and among them how often somebody's roles changed. @returns what hears of them */
export function countAudit(metrics: Metrics): (actions: readonly string[]) => void {
  const events = metrics.counter('gatehouse_audit_events_total', 'Audit events written.', { action: AUDITED_ACTIONS });
  const roleChanges = metrics.counter('gatehouse_role_changes_total', 'Members whose roles or status were changed.', {});
  return (actions) => {
    for (const action of actions) {
      events.record({ action });
      if (ROLE_CHANGES.has(action)) roleChanges.record({});
    }
  };
}
