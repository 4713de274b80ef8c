import type { GroupRoleRule } from '../../domain/access/index.ts';
import type { ApplicationStore } from '../../domain/applications/index.ts';
import type { AuditedChanges, AuditTrail } from '../../domain/audit/index.ts';
import type { OperatorTokenStore, ScimTokenStore, SigningKeyStore } from '../../domain/credentials/index.ts';
import type { MemberDirectory, OrganizationStore } from '../../domain/organizations/index.ts';
import type { ConnectionStore } from '../../federation/index.ts';
import type { ExplainedMember, LocalUser, MappingPreview } from '../../provisioning/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Config } from '../../platform/settings.ts';
import type { DefectReport } from '../http/index.ts';

/** Which organization, and in whose name. */
export interface Scope {
  readonly orgId: string;
  readonly actor: string;
}

/** How people come to be members, other than by a feed or a sign-in. */
export interface People {
  /** @returns the account's id */
  createLocalUser(scope: Scope, user: LocalUser, requestId: string): Promise<string>;
  /** Says that a member is a person who has an account already. */
  linkAccount(scope: Scope, memberId: string, accountId: string, requestId: string): Promise<void>;
}

/** Where roles are resolved: one resolver for explaining, trying out and settling. */
export interface RoleDesk {
  /** undefined when the account is no member */
  explain(scope: Scope, accountId: string): Promise<ExplainedMember | undefined>;
  /** Changes nothing. */
  preview(scope: Scope, rules: readonly GroupRoleRule[]): Promise<MappingPreview>;
  reconcile(scope: Scope, accountIds: readonly string[]): Promise<unknown>;
  /** Everybody resolved under an older map. @returns how many have other roles now */
  reconcileStale(scope: Scope): Promise<number>;
}

/** What isolation says of one table. */
export interface TableReport {
  readonly table: string;
  readonly enabled: boolean;
  readonly forced: boolean;
  readonly policies: number;
  /** Whether this call had to switch anything on. */
  readonly changed: boolean;
  readonly faults: readonly string[];
}

/** What the API tells and does about the database itself. */
export interface DatabaseDesk {
  status(): Promise<{ readonly version: string; readonly milliseconds: number }>;
  /** Switches row-level security on, forced, wherever it is not. */
  enableRowSecurity(): Promise<readonly TableReport[]>;
  /** Extensions, and partitions of the days to come. */
  prepare(): Promise<{ readonly extensions: readonly string[]; readonly partitionsCreated: number }>;
}

/** What the administration API is built of; `app.ts` hands it over. */
export interface AdminDependencies {
  /** Where the outside world reaches the hub; without a slash at its end. */
  readonly publicUrl: string;
  readonly version: string;
  readonly clock: Clock;
  readonly report: DefectReport;
  readonly config: Config;
  readonly changes: AuditedChanges;
  readonly trail: AuditTrail;
  readonly organizations: OrganizationStore;
  readonly members: MemberDirectory;
  readonly connections: ConnectionStore;
  readonly scimTokens: ScimTokenStore;
  readonly operatorTokens: OperatorTokenStore;
  readonly applications: ApplicationStore;
  readonly signingKeys: SigningKeyStore;
  readonly people: People;
  readonly roles: RoleDesk;
  readonly database: DatabaseDesk;
}
