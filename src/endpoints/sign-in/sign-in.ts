import { randomBytes } from 'node:crypto';
import { Router, urlencoded, type NextFunction, type Request, type Response } from 'express';
import { DomainError } from '../../platform/errors.ts';
import { BrowserSecret } from './browser-secret.ts';
import { FederatedSignIn } from './federated-sign-in.ts';
import { InteractionPages } from './interaction-pages.ts';
import type { WaitingRequest } from './interaction-door.ts';
import { PageSender } from './page-sender.ts';
import { frontPage, nothingHerePage } from './pages/index.ts';
import { sameOrigin } from './same-origin.ts';
import type { SignInOptions } from './sign-in-options.ts';

/** A name, a password, a choice: nothing that a form of ours sends is long. */
const form = urlencoded({ extended: false, limit: '16kb', parameterLimit: 20 });
/** A SAML response with many groups, encrypted and in base64. */
const samlForm = urlencoded({ extended: false, limit: '1mb', parameterLimit: 20 });

/** How long a parked SAML response waits for the browser to come for it. */
const PARKED_SECONDS = 120;

const fieldsOf = (request: Request): Record<string, unknown> => {
  const body: unknown = request.body;
  return typeof body === 'object' && body !== null ? { ...body } : {};
};
const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' && value.length <= 1024 ? value : undefined);

type Step = (request: Request, response: Response, view: WaitingRequest, fields: Record<string, unknown>) => Promise<void> | void;

/** A browser that shows pages; programs and scripts, which take anything, are answered in JSON further on. */
const wantsPage = (request: Request): boolean => /^(?:GET|HEAD)$/.test(request.method) && request.accepts(['json', 'html']) === 'html';

/**
 * The sign-in: `/sign-in/<interaction>…` for the pages, `/federation/<connection>/…` for what identity providers send. To be
 * mounted after everything else, since it also has a page for people who come to an address that nobody serves.
 */
export function createSignIn(options: SignInOptions): Router {
  const pages = new PageSender(options);
  const federated = new FederatedSignIn(options, new BrowserSecret(options.publicUrl), pages);
  const router = Router();
  router.use('/sign-in', interactionRoutes(options, new InteractionPages(options, federated, pages), federated, pages));
  router.use('/federation', federationRoutes(options, federated, pages));
  router.get('/', (request, response) => pages.send(request, response, (words) => frontPage(options, words)));
  router.use((request, response, next) => (wantsPage(request) ? pages.send(request, response, nothingHerePage, { status: 404 }) : next()));
  return router;
}

function interactionRoutes(options: SignInOptions, steps: InteractionPages, federated: FederatedSignIn, pages: PageSender): Router {
  const router = Router();
  const own = sameOrigin(options.publicUrl);
  const step = (work: Step) => async (request: Request<{ uid: string }>, response: Response) => {
    const view = await options.door.find(request, response, request.params.uid);
    await work(request, response, view, fieldsOf(request));
  };
  router.get('/:uid', step((request, response, view) => steps.start(request, response, view)));
  router.get('/:uid/identifier', step((request, response, view) => steps.identify(request, response, view)));
  router.post('/:uid/identifier', own, form, step((request, response, view, { identifier, method }) => steps.identified(request, response, view, { identifier, method })));
  router.post('/:uid/connection', own, form, step((request, response, view, { connection, method, identifier }) => steps.connectionChosen(request, response, view, { connection, method, identifier })));
  router.post('/:uid/password', own, form, step((request, response, view, { identifier, password }) => steps.passwordGiven(request, response, view, { identifier, password })));
  router.post('/:uid/organization', own, form, step((request, response, view, { organization }) => steps.organizationChosen(request, response, view, organization)));
  router.post('/:uid/consent', own, form, step((request, response, _view, { decision }) => steps.consentGiven(request, response, decision)));
  router.get('/:uid/return', async (request, response) => {
    response.redirect(303, await federated.takeReturned(request, response, request.params.uid));
  });
  router.use('/:uid', (error: unknown, request: Request<{ uid: string }>, response: Response, _next: NextFunction) => {
    const again = error instanceof DomainError && error.code.startsWith('openid_provider.') ? undefined : `${options.publicUrl}/sign-in/${encodeURIComponent(request.params.uid)}`;
    pages.fail(request, response, asDomainError(error), again);
  });
  return router;
}

const ticketKey = (connection: string, ticket: string): string => `saml ${connection} ${ticket}`;

function federationRoutes(options: SignInOptions, federated: FederatedSignIn, pages: PageSender): Router {
  const router = Router();
  router.get('/:connection/oidc/callback', async (request, response) => {
    const { searchParams: query } = new URL(request.originalUrl, options.publicUrl);
    await federated.finish(request, response, request.params.connection, { query }, text(query.get('state')));
  });

  // The provider's POST comes from another site, so the browser sends no Lax cookie with it. The response is parked, and
  // the browser comes for it with a request of our own that carries the cookie.
  router.post('/:connection/saml/acs', samlForm, async (request, response) => {
    const { id, protocol } = await federated.connection(request.params.connection);
    // Anybody may post here: nothing is kept for a connection to which no response can belong.
    if (protocol !== 'saml') throw new DomainError('invalid', 'sign_in.no_door', 'Nobody signs in through this connection by SAML.');
    const { SAMLResponse: samlResponse, RelayState: relayState } = fieldsOf(request);
    if (typeof samlResponse !== 'string') throw new DomainError('invalid', 'sign_in.no_response', 'The identity provider sent no SAML response.');
    const ticket = randomBytes(32).toString('base64url');
    await options.pending.put(ticketKey(id, ticket), { samlResponse, relayState: text(relayState) }, PARKED_SECONDS);
    response.redirect(303, `${options.publicUrl}/federation/${id}/saml/continue?ticket=${ticket}`);
  });

  router.get('/:connection/saml/continue', async (request, response) => {
    const ticket = text(request.query.ticket) ?? '';
    const { id } = await federated.connection(request.params.connection);
    const parked = (await options.pending.take(ticketKey(id, ticket))) as { samlResponse: string; relayState?: string } | undefined;
    if (parked === undefined) throw new DomainError('unauthenticated', 'sign_in.not_started', 'This sign-in response is not waiting any more.');
    await federated.finish(request, response, id, parked, parked.relayState);
  });

  router.get('/:connection/saml/metadata', async (request, response) => {
    const { contentType, body } = await federated.metadata(request.params.connection);
    response.type(contentType).send(body);
  });

  router.use('/:connection', (error: unknown, request: Request, response: Response, _next: NextFunction) => {
    pages.fail(request, response, asDomainError(error));
  });
  return router;
}

/** What express and its body parser refuse (too large, malformed, a bad escape in the path) is the sender's fault too. */
function asDomainError(error: unknown): unknown {
  if (error instanceof DomainError || !(error instanceof Error)) return error;
  const status = 'status' in error ? Number(error.status) : 500;
  return status >= 400 && status < 500 ? new DomainError('invalid', 'sign_in.malformed', 'The request cannot be read.', { cause: error }) : error;
}
