import type { PasswordStore } from '../../domain/credentials/index.ts';
import type { AcceptedAssertionStore, OrganizationFacts, PendingStore } from '../../domain/sessions/index.ts';
import type { Connection, Identity, SignInMethod } from '../../federation/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { InteractionDoor } from './interaction-door.ts';
import type { PasswordThrottle } from './password-throttle.ts';
import type { SignInOutcome } from './sign-in-metrics.ts';

/** A connection as a sign-in uses it. */
export type SignInConnection = Connection & { readonly jit: boolean };

/** The identity providers people may be sent to. */
export interface SignInMethods {
  /** Only one that is enabled, of an organization that is active. */
  find(connectionId: string): Promise<SignInConnection | undefined>;
  /** By a domain that its organization has proved to own. */
  forDomain(domain: string): Promise<{ readonly orgId: string; readonly connectionId: string } | undefined>;
  /** Those with a sign-in door. */
  ofOrganization(orgId: string): Promise<readonly { readonly id: string; readonly name: string }[]>;
  /** How its protocol is spoken; undefined for a connection without a sign-in door. */
  method(connection: SignInConnection): SignInMethod<SignInConnection> | undefined;
}

/** The people and organizations that the pages name. */
export interface SignInDirectory {
  organizationsOfAccount(accountId: string): Promise<readonly { readonly orgId: string; readonly status: string }[]>;
  findOrganization(slugOrId: string): Promise<OrganizationFacts | undefined>;
  findMember(orgId: string, accountId: string): Promise<{ readonly displayName?: string | null | undefined; readonly userName?: string | null | undefined } | undefined>;
}

export interface SignInLog {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

export interface SignInOptions {
  /** Without a trailing slash. */
  readonly publicUrl: string;
  readonly clock: Clock;
  readonly log: SignInLog;
  readonly door: InteractionDoor;
  readonly directory: SignInDirectory;
  readonly methods: SignInMethods;
  /** Whose account an identity is. @throws DomainError `denied` when it is nobody's who may come in */
  readonly provision: (identity: Identity, connection: SignInConnection) => Promise<{ readonly accountId: string; readonly orgId: string }>;
  readonly passwords: Pick<PasswordStore, 'authenticate'>;
  readonly throttle: PasswordThrottle;
  readonly pending: PendingStore;
  readonly assertions: AcceptedAssertionStore;
  /** Whether the pages have a part for operators and developers. */
  readonly forOperators: boolean;
  /** Told how sign-ins end. */
  readonly onOutcome?: SignInOutcome;
}
