import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Entry, OrganizationFacts } from '../../domain/sessions/index.ts';

/** An application that waits for a person, as far as the pages show or need it. */
export interface WaitingApplication {
  readonly clientId: string;
  readonly name: string;
  /** Of the house: its people are not asked what it may know. */
  readonly firstParty: boolean;
  readonly metadata: { readonly logo_uri?: string; readonly policy_uri?: string; readonly tos_uri?: string; readonly client_uri?: string };
}

/** One authorization request under way in this browser. */
export interface WaitingRequest {
  readonly uid: string;
  readonly prompt: 'login' | 'consent';
  readonly application: WaitingApplication;
  readonly redirectUri: string | undefined;
  readonly loginHint: string | undefined;
  readonly maxAge: number | undefined;
  /** The person must prove who they are again, even with a live session. */
  readonly forceAuthn: boolean;
  readonly wanted: OrganizationFacts | undefined;
  readonly session: { readonly accountId: string; readonly entry: Entry } | undefined;
  readonly missingScopes: readonly string[];
}

/** What a finished sign-in amounts to. */
export interface FinishedInteraction {
  readonly accountId: string;
  /** Undefined: the person has still to choose. */
  readonly orgId: string | undefined;
  readonly proof: { readonly orgId: string; readonly connectionId: string | null; readonly method: string; readonly notAfter?: number };
  /** Milliseconds since the epoch. */
  readonly authenticatedAt: number;
  readonly amr?: readonly string[];
  readonly acr?: string;
}

/**
 * The door to whoever waits for the sign-in: the OpenID provider behind it is handed over by the composition root. Each
 * answer is the address at which the browser goes on.
 */
export interface InteractionDoor {
  find(request: IncomingMessage, response: ServerResponse, uid: string): Promise<WaitingRequest>;
  signedIn(request: IncomingMessage, response: ServerResponse, outcome: FinishedInteraction): Promise<string>;
  chosen(request: IncomingMessage, response: ServerResponse, orgId: string): Promise<string>;
  consented(request: IncomingMessage, response: ServerResponse): Promise<string>;
  refused(request: IncomingMessage, response: ServerResponse, description: string): Promise<string>;
}
