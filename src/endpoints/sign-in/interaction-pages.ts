import type { Request, Response } from 'express';
import { foldKey } from '../../platform/fold.ts';
import { domainOf, readIdentifier } from '../../domain/sessions/index.ts';
import { DomainError } from '../../platform/errors.ts';
import type { FederatedSignIn } from './federated-sign-in.ts';
import type { WaitingRequest } from './interaction-door.ts';
import { organizationAfterProof } from './organization-after-proof.ts';
import { connectionChoicePage, consentPage, identifierPage, organizationChoicePage, passwordPage, type ApplicationBrand, type FormTarget, type PasswordModel, type Words } from './pages/index.ts';
import type { PageSender } from './page-sender.ts';
import type { SignInOptions } from './sign-in-options.ts';

const brandOf = ({ application: { name, metadata } }: WaitingRequest): ApplicationBrand => ({ name, logoUrl: metadata.logo_uri });

/** A session that does not count where the way leads; who is only asked once more (`prompt`, `max_age`) knows why. */
const provesAgain = ({ session, forceAuthn }: WaitingRequest): boolean => !forceAuthn && session?.entry.kind === 'prove' && session.entry.organization !== undefined;

/** Where forms may lead in the end: their answers redirect to the application. */
const targets = ({ redirectUri }: WaitingRequest): { formTargets: readonly string[] } => ({ formTargets: redirectUri === undefined ? [] : [redirectUri] });

/** The steps between an application's request and its answer, each a page or the way on. */
export class InteractionPages {
  readonly #options: SignInOptions;
  readonly #federated: FederatedSignIn;
  readonly #pages: PageSender;

  constructor(options: SignInOptions, federated: FederatedSignIn, pages: PageSender) {
    this.#options = options;
    this.#federated = federated;
    this.#pages = pages;
  }

  /** The first step: what has to be asked depends on who is signed in already, and where the person is to go. */
  async start(request: Request, response: Response, view: WaitingRequest): Promise<void> {
    const entry = view.prompt === 'consent' ? view.session?.entry : undefined;
    if (entry?.kind === 'choose') return this.#show(request, response, view, (words) => organizationChoicePage({ ...this.#to(view, 'organization'), organizations: entry.organizations.map(({ orgId: id, name }) => ({ id, name })) }, words));
    if (entry?.kind === 'enter') {
      if (!view.application.firstParty) return this.#askConsent(request, response, view, entry.organization);
      return response.redirect(303, await this.#options.door.chosen(request, response, entry.organization.orgId));
    }
    const domain = domainOf(view.loginHint);
    const hinted = domain === undefined ? undefined : await this.#options.methods.forDomain(domain);
    if (hinted !== undefined && this.#fits(view, hinted)) return this.#leave(request, response, view, hinted.connectionId, view.loginHint);
    if (view.wanted === undefined) return this.identify(request, response, view);
    const connections = await this.#options.methods.ofOrganization(view.wanted.orgId);
    const [only, ...others] = connections;
    if (only === undefined) return this.identify(request, response, view);
    return others.length === 0 ? this.#leave(request, response, view, only.id, undefined) : this.#choose(request, response, view, { connections, identifier: readIdentifier(view.loginHint) });
  }

  /** Asks for the name. */
  identify(request: Request, response: Response, view: WaitingRequest, error?: 'missing' | 'malformed', withPassword = false): void {
    const form = this.#form(view, 'identifier', withPassword ? { method: 'password' } : {});
    const model = { form, application: brandOf(view), identifier: readIdentifier(view.loginHint), again: provesAgain(view), error };
    this.#show(request, response, view, (words) => identifierPage(model, words), error === undefined ? 200 : 422);
  }

  /** The name was given: its domain decides who is asked for the proof. */
  async identified(request: Request, response: Response, view: WaitingRequest, fields: { identifier: unknown; method: unknown }): Promise<void> {
    const identifier = readIdentifier(fields.identifier);
    if (identifier === undefined) return this.identify(request, response, view, fields.identifier === '' || fields.identifier === undefined ? 'missing' : 'malformed');
    if (fields.method === 'password') return this.#password(request, response, view, identifier);
    const domain = domainOf(identifier);
    const found = domain === undefined ? undefined : await this.#options.methods.forDomain(domain);
    if (found !== undefined && this.#fits(view, found)) return this.#leave(request, response, view, found.connectionId, identifier);
    const connections = view.wanted === undefined ? [] : await this.#options.methods.ofOrganization(view.wanted.orgId);
    if (connections.length > 0) return this.#choose(request, response, view, { connections, identifier });
    return this.#password(request, response, view, identifier);
  }

  /** A connection, or the password, was chosen. */
  async connectionChosen(request: Request, response: Response, view: WaitingRequest, fields: { connection: unknown; method: unknown; identifier: unknown }): Promise<void> {
    const identifier = readIdentifier(fields.identifier);
    if (fields.method === 'password') return identifier === undefined ? this.identify(request, response, view, undefined, true) : this.#password(request, response, view, identifier);
    if (typeof fields.connection !== 'string') throw new DomainError('invalid', 'sign_in.nothing_chosen', 'No way to sign in was chosen.');
    return this.#leave(request, response, view, fields.connection, identifier);
  }

  /** The password was given. */
  async passwordGiven(request: Request, response: Response, view: WaitingRequest, fields: { identifier: unknown; password: unknown }): Promise<void> {
    const identifier = readIdentifier(fields.identifier);
    if (identifier === undefined) return this.identify(request, response, view, 'missing');
    if (typeof fields.password !== 'string' || fields.password === '') return this.#password(request, response, view, identifier, 'missing');
    const { throttle, passwords, directory, door, clock, log, onOutcome } = this.#options;
    const nameKey = foldKey(identifier);
    try {
      await throttle.try(nameKey, request.ip);
    } catch (error) {
      if (!(error instanceof DomainError) || typeof error.details.seconds !== 'number') throw error;
      log.warn({ code: error.code, clientId: view.application.clientId }, 'password sign-in throttled');
      onOutcome?.('too-many', 'password');
      return this.#password(request, response, view, identifier, { throttledForSeconds: error.details.seconds });
    }
    const known = await passwords.authenticate(nameKey, fields.password);
    if (known === undefined) {
      onOutcome?.('wrong-password', 'password');
      return this.#password(request, response, view, identifier, 'wrong');
    }
    await throttle.succeeded(nameKey, request.ip);
    const { accountId, homeOrgId } = known;
    const proof = { orgId: homeOrgId, connectionId: null, method: 'password' };
    const orgId = await organizationAfterProof(directory, view.wanted, { ...proof, accountId });
    log.info({ accountId, orgId, method: proof.method, clientId: view.application.clientId }, 'signed in');
    onOutcome?.('success', proof.method);
    response.redirect(303, await door.signedIn(request, response, { accountId, orgId, proof, authenticatedAt: clock.now(), amr: ['pwd'] }));
  }

  /** An organization was chosen; whether the session counts there is decided where the request goes on. */
  async organizationChosen(request: Request, response: Response, view: WaitingRequest, organization: unknown): Promise<void> {
    const open = view.session?.entry.kind === 'choose' ? view.session.entry.organizations : [];
    const found = open.find(({ orgId }) => orgId === organization);
    if (found === undefined) throw new DomainError('invalid', 'sign_in.nothing_chosen', 'No organization of yours was chosen.');
    response.redirect(303, await this.#options.door.chosen(request, response, found.orgId));
  }

  async consentGiven(request: Request, response: Response, decision: unknown): Promise<void> {
    const { door } = this.#options;
    const next = decision === 'allow' ? await door.consented(request, response) : await door.refused(request, response, 'the person did not allow it');
    response.redirect(303, next);
  }

  async #askConsent(request: Request, response: Response, view: WaitingRequest, organization: { orgId: string; name: string }): Promise<void> {
    const accountId = view.session?.accountId ?? '';
    const member = await this.#options.directory.findMember(organization.orgId, accountId);
    const { policy_uri: policyUrl, tos_uri: termsUrl } = view.application.metadata;
    const model = {
      form: this.#form(view, 'consent'),
      application: { ...brandOf(view), policyUrl, termsUrl },
      organization: organization.name,
      account: member?.displayName ?? member?.userName ?? accountId,
      scopes: view.missingScopes.map((name) => ({ name })),
    };
    this.#show(request, response, view, (words) => consentPage(model, words));
  }

  /** To the identity provider; when it cannot be reached, the other ways are offered. */
  async #leave(request: Request, response: Response, view: WaitingRequest, connectionId: string, loginHint: string | undefined): Promise<void> {
    try {
      await this.#federated.begin(request, response, view, connectionId, loginHint);
    } catch (error) {
      if (!(error instanceof DomainError) || error.kind !== 'unavailable' || response.headersSent) throw error;
      this.#options.log.warn({ code: error.code, details: error.details, connectionId }, 'an identity provider does not answer');
      const connections = view.wanted === undefined ? [] : await this.#options.methods.ofOrganization(view.wanted.orgId);
      this.#choose(request, response, view, { connections, identifier: readIdentifier(loginHint), error: 'unavailable' });
    }
  }

  /** The name, where it was given already, goes along, so that nobody types it twice. */
  #choose(
    request: Request,
    response: Response,
    view: WaitingRequest,
    { connections, identifier, error }: { connections: readonly { id: string; name: string }[]; identifier: string | undefined; error?: 'unavailable' },
  ): void {
    const model = {
      application: brandOf(view),
      form: this.#form(view, 'connection', identifier === undefined ? {} : { identifier }),
      identifier,
      changeUrl: this.#url(view, 'identifier'),
      connections: connections.map(({ id, name }) => ({ id, name })),
      passwordAllowed: true,
      again: provesAgain(view),
      error,
    };
    this.#show(request, response, view, (words) => connectionChoicePage(model, words), error === undefined ? 200 : 502);
  }

  #password(request: Request, response: Response, view: WaitingRequest, identifier: string, error?: PasswordModel['error']): void {
    const status = error === undefined ? 200 : typeof error === 'object' ? 429 : 401;
    const model = { ...this.#to(view, 'password'), identifier, changeUrl: this.#url(view, 'identifier'), error };
    if (typeof error === 'object') response.set('Retry-After', String(error.throttledForSeconds));
    this.#show(request, response, view, (words) => passwordPage(model, words), status);
  }

  /** Does a proof of that organization's connection count where the request wants to go? */
  #fits({ wanted }: WaitingRequest, { orgId, connectionId }: { orgId: string; connectionId: string }): boolean {
    return wanted === undefined || wanted.orgId === orgId || wanted.acceptedConnections.includes(connectionId);
  }

  #show(request: Request, response: Response, view: WaitingRequest, page: (words: Words) => string, status = 200): void {
    this.#pages.send(request, response, page, { ...targets(view), status });
  }

  #to(view: WaitingRequest, step: string): { form: FormTarget; application: ApplicationBrand } {
    return { form: this.#form(view, step), application: brandOf(view) };
  }

  #form(view: WaitingRequest, step: string, hidden: Readonly<Record<string, string>> = {}): FormTarget {
    return { action: this.#url(view, step), hidden };
  }

  #url({ uid }: WaitingRequest, step: string): string {
    return `${this.#options.publicUrl}/sign-in/${uid}/${step}`;
  }
}
