import type { Request, Response } from 'express';
import type { CallbackRequest, PendingSignIn } from '../../federation/index.ts';
import { DomainError } from '../../platform/errors.ts';
import type { BrowserSecret } from './browser-secret.ts';
import type { FinishedInteraction, WaitingRequest } from './interaction-door.ts';
import { organizationAfterProof } from './organization-after-proof.ts';
import { redirectPage, formPostPage } from './pages/index.ts';
import type { PageSender } from './page-sender.ts';
import type { SignInConnection, SignInOptions } from './sign-in-options.ts';

/** How long a browser may be away, and how long it takes from the callback back to the interaction. */
const AWAY_SECONDS = 600;
const RETURN_SECONDS = 120;

interface Away {
  readonly uid: string;
  readonly pending: PendingSignIn;
}

/** What a callback found out, kept for the interaction's own address: only there does the browser send its cookie. */
interface Returned {
  readonly accountId: string;
  readonly proof: FinishedInteraction['proof'];
  readonly authenticatedAt: number;
  readonly amr: readonly string[] | undefined;
  readonly acr: string | undefined;
}

const awayKey = (secret: string, handle: string): string => `away ${secret} ${handle}`;
const returnKey = (secret: string, uid: string): string => `return ${secret} ${uid}`;

/** Sends people to identity providers and takes them back, each answer bound to the browser that asked, and used once. */
export class FederatedSignIn {
  readonly #options: SignInOptions;
  readonly #secret: BrowserSecret;
  readonly #pages: PageSender;

  constructor(options: SignInOptions, secret: BrowserSecret, pages: PageSender) {
    this.#options = options;
    this.#secret = secret;
    this.#pages = pages;
  }

  /** An enabled connection with a sign-in door. */
  async connection(id: string): Promise<SignInConnection> {
    const found = await this.#options.methods.find(id);
    if (found === undefined) throw new DomainError('not-found', 'sign_in.unknown_connection', 'There is no such connection, or it is switched off.');
    return found;
  }

  /** Where a protocol's answers come back to. */
  callbackUrl({ id, protocol }: Pick<SignInConnection, 'id' | 'protocol'>): string {
    return `${this.#options.publicUrl}/federation/${id}/${protocol === 'saml' ? 'saml/acs' : 'oidc/callback'}`;
  }

  /** Sends the browser to the connection's identity provider. */
  async begin(request: Request, response: Response, view: WaitingRequest, connectionId: string, loginHint: string | undefined): Promise<void> {
    const connection = await this.connection(connectionId);
    const { clock, pending } = this.#options;
    const hint = loginHint ?? view.loginHint;
    const begun = await this.#method(connection).begin({
      connection,
      callbackUrl: this.callbackUrl(connection),
      clock,
      ...(hint !== undefined && { loginHint: hint }),
      ...(view.forceAuthn && { forceAuthn: true }),
      ...(view.maxAge !== undefined && { maxAge: view.maxAge }),
    });
    const secret = this.#secret.ensure(request, response);
    const away: Away = { uid: view.uid, pending: begun.pending };
    await pending.put(awayKey(secret, begun.pending.handle), away, AWAY_SECONDS);
    const destination = view.wanted?.name ?? connection.name;
    if ('form' in begun.response) {
      const { action, fields } = begun.response.form;
      this.#pages.send(request, response, (words) => formPostPage({ action, fields, destination }, words), { formTargets: 'anywhere', autoSubmit: true });
    } else if (request.method === 'GET') response.redirect(303, begun.response.redirectTo);
    else {
      // A redirect that answers a form is held against `form-action`, and where the provider leads from there is not known.
      const url = begun.response.redirectTo;
      this.#pages.send(request, response, (words) => redirectPage({ url, destination }, words));
    }
  }

  /**
   * Checks the answer, finds out whose it is, and sends the browser back to its interaction; when that fails, the person
   * may begin again where it began.
   * @param handle what names the question: `state`, or `RelayState`
   */
  async finish(request: Request, response: Response, connectionId: string, callback: CallbackRequest, handle: string | undefined): Promise<void> {
    const connection = await this.connection(connectionId);
    const secret = this.#secret.read(request);
    const away = secret === undefined || handle === undefined ? undefined : ((await this.#options.pending.take(awayKey(secret, handle))) as Away | undefined);
    try {
      await this.#accept(response, connection, callback, secret, away);
    } catch (error) {
      if (away === undefined) throw error;
      this.#pages.fail(request, response, error, `${this.#options.publicUrl}/sign-in/${away.uid}`);
    }
  }

  async #accept(response: Response, connection: SignInConnection, callback: CallbackRequest, secret: string | undefined, away: Away | undefined): Promise<void> {
    const { clock, assertions, provision, pending } = this.#options;
    const callbackUrl = this.callbackUrl(connection);
    const finished = await this.#method(connection).finish({ connection, pending: away?.pending, callbackUrl, request: callback, clock });
    if (away === undefined || secret === undefined)
      throw new DomainError('unauthenticated', 'sign_in.not_started', 'No application waits for this sign-in in this browser.');
    if (finished.replay !== undefined) await assertions.accept({ orgId: connection.orgId, connectionId: connection.id, ...finished.replay });
    const { identity, sessionNotAfter } = finished;
    const { accountId, orgId } = await provision(identity, connection);
    const returned: Returned = {
      accountId,
      proof: { orgId, connectionId: connection.id, method: connection.protocol, ...(sessionNotAfter !== undefined && { notAfter: sessionNotAfter }) },
      authenticatedAt: identity.authenticatedAt ?? clock.now(),
      amr: identity.amr,
      acr: identity.acr,
    };
    await pending.put(returnKey(secret, away.uid), returned, RETURN_SECONDS);
    response.redirect(303, `${this.#options.publicUrl}/sign-in/${away.uid}/return`);
  }

  /** The last step, where the interaction's cookie is at hand. @returns where the browser goes on */
  async takeReturned(request: Request, response: Response, uid: string): Promise<string> {
    const { pending, door, directory, log, onOutcome } = this.#options;
    const view = await door.find(request, response, uid);
    const secret = this.#secret.read(request);
    const returned = secret === undefined ? undefined : ((await pending.take(returnKey(secret, uid))) as Returned | undefined);
    if (returned === undefined) throw new DomainError('unauthenticated', 'sign_in.not_started', 'No sign-in has come back in this browser.');
    const { accountId, proof, authenticatedAt, amr, acr } = returned;
    const wanted = view.wanted ?? (await directory.findOrganization(proof.orgId));
    const orgId = await organizationAfterProof(directory, wanted, { ...proof, accountId });
    log.info({ accountId, orgId, connectionId: proof.connectionId, method: proof.method, clientId: view.application.clientId }, 'signed in');
    onOutcome?.('success', proof.method);
    return door.signedIn(request, response, { accountId, orgId, proof, authenticatedAt, ...(amr && { amr }), ...(acr !== undefined && { acr }) });
  }

  /** What the customer's administrator uploads to the identity provider, where the protocol has such a thing. */
  async metadata(connectionId: string): Promise<{ contentType: string; body: string }> {
    const connection = await this.connection(connectionId);
    const made = this.#method(connection).metadata?.({ connection, callbackUrl: this.callbackUrl(connection) });
    if (made === undefined) throw new DomainError('not-found', 'sign_in.no_metadata', 'A connection of this protocol has no metadata.');
    return made;
  }

  #method(connection: SignInConnection): NonNullable<ReturnType<SignInOptions['methods']['method']>> {
    const method = this.#options.methods.method(connection);
    if (method === undefined) throw new DomainError('invalid', 'sign_in.no_door', 'Nobody signs in through this connection: it is for provisioning only.');
    return method;
  }
}
