import type { AuditedChanges, AuditTrail } from '../../domain/audit/index.ts';
import type { OperatorTokenStore, ScimTokenStore } from '../../domain/credentials/index.ts';
import type { MemberDirectory, OrganizationStore } from '../../domain/organizations/index.ts';
import type { ConnectionStore } from '../../federation/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { DefectReport } from '../http/index.ts';

/** What the administration API is built of; `app.ts` hands it over. */
export interface AdminDependencies {
  /** Where the outside world reaches the hub; without a slash at its end. */
  readonly publicUrl: string;
  readonly version: string;
  readonly clock: Clock;
  readonly report: DefectReport;
  readonly changes: AuditedChanges;
  readonly trail: AuditTrail;
  readonly organizations: OrganizationStore;
  readonly members: MemberDirectory;
  readonly connections: ConnectionStore;
  readonly scimTokens: ScimTokenStore;
  readonly operatorTokens: OperatorTokenStore;
}
