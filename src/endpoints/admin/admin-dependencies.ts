import type { ApplicationStore } from '../../domain/applications/index.ts';
import type { AuditedChanges, AuditTrail } from '../../domain/audit/index.ts';
import type { OperatorTokenStore, ScimTokenStore, SigningKeyStore } from '../../domain/credentials/index.ts';
import type { OrganizationSchemaStore, SchemaUse, UniqueClash, UniqueLedger, UniqueRules } from '../../domain/directory/index.ts';
import type { MemberDirectory, OrganizationDomainStore, OrganizationStore } from '../../domain/organizations/index.ts';
import type { ConnectionStore } from '../../federation/index.ts';
import type { MembershipDesk, RoleSettings } from '../../provisioning/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Config } from '../../platform/settings.ts';
import type { LookUpTxt } from '../../platform/txt-records.ts';
import type { DefectReport } from '../http/index.ts';

/** What the API tells and does about the database itself; its own room is closed to endpoints. */
export interface DatabaseDesk {
  status(): Promise<{ readonly version: string; readonly milliseconds: number }>;
  /** Switches row-level security on, forced, wherever it is not. */
  enableRowSecurity(): Promise<
    readonly {
      readonly table: string;
      readonly enabled: boolean;
      readonly forced: boolean;
      readonly policies: number;
      /** Whether this call had to switch anything on. */
      readonly changed: boolean;
      readonly faults: readonly string[];
    }[]
  >;
  /** Extensions, and partitions of the days to come. */
  prepare(): Promise<{ readonly extensions: readonly string[]; readonly partitionsCreated: number }>;
}

type Definition = Readonly<Record<string, unknown>>;

/** What the SCIM endpoint says to an organization's extensions; both checks refuse by throwing. */
export interface ExtensionDesk {
  /** Whether it may stand beside the installation's schemas and the organization's others. */
  check(others: readonly Definition[], definition: Definition): void;
  /** Whether what resources hold allows the change; undefined is what is not there before, or not any more after. */
  assertRoomForChange(before: Definition | undefined, after: Definition | undefined, use: SchemaUse): void;
  /** What must be unique in an organization that declares these. */
  uniqueRules(declared: readonly { readonly definition: Definition }[]): UniqueRules | undefined;
  /** Whether what several resources have allows what the definition makes unique. */
  assertNoClash(definition: Definition, clashes: readonly UniqueClash[]): void;
  /** Something has changed: from the return on this node serves it. */
  announce(): Promise<void>;
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
  readonly domains: OrganizationDomainStore;
  readonly lookUpTxt: LookUpTxt;
  readonly connections: ConnectionStore;
  readonly scimTokens: ScimTokenStore;
  readonly schemas: OrganizationSchemaStore;
  readonly extensions: ExtensionDesk;
  readonly unique: Pick<UniqueLedger, 'change'>;
  /** What the operator's settings give in every organization. */
  readonly roles: RoleSettings;
  readonly operatorTokens: OperatorTokenStore;
  readonly applications: ApplicationStore;
  readonly signingKeys: SigningKeyStore;
  readonly desk: MembershipDesk;
  readonly database: DatabaseDesk;
}
