import { createServer } from 'node:http';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import * as client from 'openid-client';
import { type ExplainedRole, failurePage, signedInPage, welcomePage } from './application-page.ts';
import { type ApplicationSession, ApplicationSessions } from './application-session.ts';
import type { Company } from './cast.ts';
import { close, listen } from './listen.ts';
import { sendPage } from './page.ts';

/** How the application is known at the hub. */
export interface Registration {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface ApplicationOptions {
  readonly companies: readonly Company[];
  /** Why somebody has their roles; an ordinary application has no right to ask that. */
  explain(userId: string, organization: string): Promise<readonly ExplainedRole[]>;
}

/** The demonstration's web application. */
export interface Application {
  readonly url: string;
  readonly redirectUri: string;
  /** Takes up its registration at the hub; before that it serves nothing. */
  register(registration: Registration): Promise<void>;
  close(): Promise<void>;
}

/** What the hub, or the package, says went wrong, in words for the person before the screen. */
function reasonOf(error: unknown): string {
  if (error instanceof client.AuthorizationResponseError) return error.error_description ?? error.error;
  return error instanceof Error ? error.message : String(error);
}

class Harbour {
  readonly #options: ApplicationOptions;
  readonly #hub: client.Configuration;
  readonly #url: string;
  readonly #sessions = new ApplicationSessions();

  constructor(options: ApplicationOptions, hub: client.Configuration, url: string) {
    this.#options = options;
    this.#hub = hub;
    this.#url = url;
  }

  routes(): Express {
    const app = express();
    app.disable('x-powered-by');
    app.get('/', (request, response) => this.#home(request, response));
    app.get('/sign-in', (request, response) => this.#signIn(request, response));
    app.get('/callback', (request, response) => this.#callback(request, response));
    app.get('/sign-out', (request, response) => this.#signOut(request, response));
    app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => sendPage(response, 500, failurePage(reasonOf(error))));
    return app;
  }

  async #home(request: Request, response: Response): Promise<void> {
    const { signedIn } = this.#session(request, response);
    if (signedIn === undefined) return sendPage(response, 200, welcomePage(this.#options.companies, request.query['signed'] === 'out'));
    const { claims } = signedIn;
    const explained = await this.#options.explain(String(claims['sub']), String(claims['org'])).catch(() => undefined);
    sendPage(response, 200, signedInPage({ claims, explained }));
  }

  async #signIn(request: Request, response: Response): Promise<void> {
    const codeVerifier = client.randomPKCECodeVerifier();
    const pending = { codeVerifier, state: client.randomState(), nonce: client.randomNonce() };
    this.#session(request, response).pending = pending;
    const { organization } = request.query;
    const address = client.buildAuthorizationUrl(this.#hub, {
      redirect_uri: `${this.#url}/callback`,
      scope: 'openid profile email',
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
      ...(typeof organization === 'string' ? { organization } : {}),
    });
    response.redirect(303, address.href);
  }

  async #callback(request: Request, response: Response): Promise<void> {
    const session = this.#session(request, response);
    const { pending } = session;
    delete session.pending;
    if (pending === undefined) return sendPage(response, 400, failurePage('No sign-in was under way in this browser.'));
    try {
      const tokens = await client.authorizationCodeGrant(this.#hub, new URL(request.originalUrl, this.#url), { pkceCodeVerifier: pending.codeVerifier, expectedState: pending.state, expectedNonce: pending.nonce });
      session.signedIn = { idToken: tokens.id_token ?? '', claims: tokens.claims() ?? {} };
      response.redirect(303, '/');
    } catch (error) {
      sendPage(response, 400, failurePage(reasonOf(error)));
    }
  }

  #signOut(request: Request, response: Response): void {
    const session = this.#session(request, response);
    const hint = session.signedIn === undefined ? {} : { id_token_hint: session.signedIn.idToken };
    delete session.signedIn;
    response.redirect(303, client.buildEndSessionUrl(this.#hub, { ...hint, post_logout_redirect_uri: `${this.#url}/?signed=out` }).href);
  }

  #session(request: Request, response: Response): ApplicationSession {
    return this.#sessions.of(request, response);
  }
}

/** Starts it on the port, or on a free one. */
export async function startApplication(options: ApplicationOptions, port: number): Promise<Application> {
  const server = createServer();
  const url = `http://localhost:${await listen(server, port)}`;
  return {
    url,
    redirectUri: `${url}/callback`,
    async register({ issuer, clientId, clientSecret }) {
      const hub = await client.discovery(new URL(issuer), clientId, clientSecret, undefined, { execute: [client.allowInsecureRequests] });
      server.on('request', new Harbour(options, hub, url).routes());
    },
    close: () => close(server),
  };
}
