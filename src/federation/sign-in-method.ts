import type { Clock } from '../platform/clock.ts';
import type { Connection, OidcConnection, SamlConnection } from './connection.ts';
import type { Identity } from './identity.ts';

/** Where the browser goes next: a redirect, or a form that it posts by itself (the SAML POST binding). */
export type BrowserStep = { redirectTo: string } | { form: { action: string; fields: Readonly<Record<string, string>> } };

/**
 * What must be remembered between `begin` and `finish`. Plain JSON; the caller keeps it on the server, bound to the browser,
 * for one use. It holds secrets (the PKCE verifier) and never travels through the browser itself.
 */
export interface PendingSignIn {
  connectionId: string;
  /** Comes back from the provider as `state` or `RelayState`; the caller finds the pending sign-in by it. */
  handle: string;
  callbackUrl: string;
  createdAt: number;
  /** Only the method that made it reads this. */
  memory: Readonly<Record<string, string | number | boolean>>;
}

export interface BeginInput<C extends Connection = Connection> {
  connection: C;
  callbackUrl: string;
  clock: Clock;
  loginHint?: string;
  /** The person must prove who they are again, even with a live session upstream. */
  forceAuthn?: boolean;
  /** Seconds since the last proof that are still accepted. */
  maxAge?: number;
  acrValues?: readonly string[];
}

export interface Begun {
  response: BrowserStep;
  pending: PendingSignIn;
}

/** What came back through the browser; every part is hostile until `finish` has checked it. */
export type CallbackRequest = { query: URLSearchParams } | { samlResponse: unknown; relayState?: unknown };

export interface FinishInput<C extends Connection = Connection> {
  connection: C;
  /** Absent when nobody asked: an unsolicited (IdP-initiated) response. */
  pending: PendingSignIn | undefined;
  callbackUrl: string;
  request: CallbackRequest;
  clock: Clock;
}

/** The outcome of a sign-in that passed every check. */
export interface FinishedSignIn {
  identity: Identity;
  /** To be recorded once, in the database and before the identity is used; a second time is a replay. */
  replay?: { key: string; expiresAt: number };
  /** When the upstream session ends by the provider's own word, in milliseconds since the epoch. */
  sessionNotAfter?: number;
  /** Handed back to `logout`; it may hold an ID token and is kept like a secret. */
  logoutHint?: string;
}

export interface LogoutInput<C extends Connection = Connection> {
  connection: C;
  logoutHint: string | undefined;
  returnTo: string;
  state?: string;
  clock: Clock;
}

/**
 * One protocol's way to sign a person in. What a protocol may lack is an optional member, tested for by presence.
 * A failed check throws a DomainError of its own code whose details say `{ check, expected, actual }`, without secrets.
 */
export interface SignInMethod<C extends Connection = Connection> {
  begin(input: BeginInput<C>): Promise<Begun>;
  finish(input: FinishInput<C>): Promise<FinishedSignIn>;
  /** The address that ends the session upstream as well, or undefined when the provider offers none. */
  logout?(input: LogoutInput<C>): Promise<string | undefined>;
  /** What the customer's administrator uploads to the provider. */
  metadata?(input: { connection: C; callbackUrl: string }): { contentType: string; body: string };
}

/** The protocols the hub speaks, as the composition root has built them. */
export interface SignInMethods {
  oidc: SignInMethod<OidcConnection>;
  saml: SignInMethod<SamlConnection>;
}

/** How a connection's protocol is spoken; undefined for a connection without a sign-in door. */
export function signInMethodOf(methods: SignInMethods, connection: Connection): SignInMethod | undefined {
  // The protocol decides both what settings the connection has and which method is taken, so the two always fit.
  return connection.protocol === 'scim-only' ? undefined : methods[connection.protocol];
}
