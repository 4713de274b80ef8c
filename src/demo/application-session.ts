import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** What the application remembers of one browser. */
export interface ApplicationSession {
  /** A sign-in that is under way. */
  pending?: { readonly state: string; readonly nonce: string; readonly codeVerifier: string };
  signedIn?: { readonly idToken: string; readonly claims: Readonly<Record<string, unknown>> };
}

const COOKIE = 'demo_application';
const MOST = 1000;

/** Sessions in memory, found by a cookie. */
export class ApplicationSessions {
  readonly #sessions = new Map<string, ApplicationSession>();

  /** The browser's session, or a fresh one. */
  of(request: IncomingMessage, response: ServerResponse): ApplicationSession {
    const id = new RegExp(`(?:^|; )${COOKIE}=([\\w-]{43})(?:;|$)`).exec(request.headers.cookie ?? '')?.[1];
    const known = id === undefined ? undefined : this.#sessions.get(id);
    if (known !== undefined) return known;
    const fresh: ApplicationSession = {};
    const freshId = randomBytes(32).toString('base64url');
    const oldest = this.#sessions.keys().next();
    if (this.#sessions.size >= MOST && oldest.done !== true) this.#sessions.delete(oldest.value);
    this.#sessions.set(freshId, fresh);
    response.setHeader('set-cookie', `${COOKIE}=${freshId}; Path=/; HttpOnly; SameSite=Lax`);
    return fresh;
  }
}
