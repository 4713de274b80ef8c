import type { IncomingMessage, ServerResponse } from 'node:http';
import { isFirstParty, type ApplicationMetadata } from '../../domain/applications/index.ts';
import type { GrantBindingStore } from '../../domain/grants/index.ts';
import type { Entry, OrganizationFacts } from '../../domain/sessions/index.ts';
import { DomainError } from '../../platform/errors.ts';
import type { ClientSource } from './client-source.ts';
import type { ProofResult } from './existing-grant.ts';
import { isActive, type MemberFacts, type ProviderDirectory } from './member-facts.ts';
import type { EntryGuard } from './organization-entry.ts';
import { errors, type InteractionResults, type ProviderInstance } from './provider-package.ts';

/** An authorization request that waits for a person, as the sign-in pages need to know it. */
export interface InteractionView {
  readonly uid: string;
  /** `login`: somebody has to sign in; `consent`: somebody is signed in and something is left to decide. */
  readonly prompt: 'login' | 'consent';
  readonly reasons: readonly string[];
  readonly application: { readonly clientId: string; readonly name: string; readonly firstParty: boolean; readonly metadata: ApplicationMetadata };
  /** Where the browser will be sent in the end: forms that lead there must be allowed to. */
  readonly redirectUri: string | undefined;
  readonly loginHint: string | undefined;
  readonly maxAge: number | undefined;
  readonly forceAuthn: boolean;
  /** The organization that is asked for, if any is. */
  readonly wanted: OrganizationFacts | undefined;
  /** Who is signed in, and what that is worth here. */
  readonly session: { readonly accountId: string; readonly entry: Entry } | undefined;
  /** Scopes that nobody has agreed to yet. */
  readonly missingScopes: readonly string[];
}

/** A person has signed in. */
export interface SignedIn {
  readonly accountId: string;
  /** The organization entered; absent while the person still has to choose. */
  readonly orgId: string | undefined;
  readonly proof: Omit<ProofResult, 'accountId' | 'epoch'>;
  /** Milliseconds since the epoch. */
  readonly authenticatedAt: number;
  readonly amr?: readonly string[];
  readonly acr?: string;
}

/** What the sign-in pages may do with a waiting request; every method answers with where the browser goes next. */
export interface Interactions {
  /** @throws DomainError `openid_provider.interaction_expired` when this browser has none, or not this one */
  find(request: IncomingMessage, response: ServerResponse, uid: string): Promise<InteractionView>;
  signedIn(request: IncomingMessage, response: ServerResponse, outcome: SignedIn): Promise<string>;
  chosen(request: IncomingMessage, response: ServerResponse, orgId: string): Promise<string>;
  /** The person agreed to everything that was asked for. */
  consented(request: IncomingMessage, response: ServerResponse): Promise<string>;
  refused(request: IncomingMessage, response: ServerResponse, description: string): Promise<string>;
}

export interface InteractionsOptions {
  /** Changes when keys are rotated. */
  readonly provider: () => ProviderInstance;
  readonly directory: ProviderDirectory;
  readonly clients: Pick<ClientSource, 'find'>;
  readonly bindings: GrantBindingStore;
  readonly guard: EntryGuard;
}

type Interaction = Awaited<ReturnType<ProviderInstance['interactionDetails']>>;

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

interface MissingDetails {
  readonly missingOIDCScope?: readonly string[];
  readonly missingOIDCClaims?: readonly string[];
  readonly missingResourceScopes?: Readonly<Record<string, readonly string[]>>;
}

export function createInteractions(options: InteractionsOptions): Interactions {
  const { directory, clients, bindings, guard } = options;

  async function load(request: IncomingMessage, response: ServerResponse): Promise<Interaction> {
    try {
      return await options.provider().interactionDetails(request, response);
    } catch (error) {
      if (!(error instanceof errors.SessionNotFound)) throw error;
      throw new DomainError('not-found', 'openid_provider.interaction_expired', 'This sign-in has expired or was already completed.', { cause: error });
    }
  }

  async function sessionOf(interaction: Interaction, wanted: OrganizationFacts | undefined): Promise<InteractionView['session']> {
    const { accountId, uid } = interaction.session ?? {};
    if (accountId === undefined || uid === undefined) return undefined;
    const held = interaction.grantId === undefined ? undefined : await bindings.find(interaction.grantId);
    return { accountId, entry: await guard.entry({ uid, accountId, currentOrgId: held?.orgId }, wanted) };
  }

  async function view(interaction: Interaction): Promise<InteractionView> {
    const { params, prompt } = interaction;
    const clientId = text(params.client_id) ?? '';
    const application = await clients.find(clientId);
    if (application === undefined) throw new DomainError('not-found', 'openid_provider.unknown_application', 'The application is not registered any more.');
    const wish = { clientId, chosen: interaction.lastSubmission?.organization, organization: params.organization, loginHint: params.login_hint };
    const wanted = await guard.wanted(wish);
    const missing = prompt.details as MissingDetails;
    return {
      uid: interaction.uid,
      prompt: prompt.name === 'consent' ? 'consent' : 'login',
      reasons: prompt.reasons,
      application: { clientId, name: application.name, firstParty: isFirstParty(application), metadata: application.metadata },
      redirectUri: text(params.redirect_uri),
      loginHint: text(params.login_hint),
      maxAge: params.max_age === undefined ? undefined : Number(params.max_age),
      forceAuthn: prompt.reasons.some((reason) => reason === 'login_prompt' || reason === 'max_age'),
      wanted,
      session: await sessionOf(interaction, wanted),
      missingScopes: [...(missing.missingOIDCScope ?? []), ...Object.values(missing.missingResourceScopes ?? {}).flat()],
    };
  }

  const answer = (request: IncomingMessage, response: ServerResponse, result: InteractionResults): Promise<string> =>
    options.provider().interactionResult(request, response, result);

  /** Without this check an application of the house would be asked for consent, and answered by the same page, for ever. */
  async function activeMember(orgId: string, accountId: string | undefined): Promise<MemberFacts> {
    const member = accountId === undefined ? undefined : await directory.findMember(orgId, accountId);
    if (member === undefined || !isActive(member)) throw new DomainError('denied', 'openid_provider.not_a_member', 'You are not an active member of this organization.');
    return member;
  }

  /** With `prompt=consent` the package waits for an answer even where nothing is left to ask. */
  async function settled(request: IncomingMessage, response: ServerResponse): Promise<InteractionResults> {
    const { application } = await view(await load(request, response));
    return application.firstParty ? { consent: {} } : {};
  }

  return {
    async find(request, response, uid) {
      const interaction = await load(request, response);
      if (interaction.uid !== uid)
        throw new DomainError('not-found', 'openid_provider.interaction_expired', 'This sign-in belongs to another browser or was already completed.');
      return view(interaction);
    },

    async signedIn(request, response, { accountId, orgId, proof, authenticatedAt, amr, acr }) {
      const login = { accountId, ts: Math.floor(authenticatedAt / 1000), ...(amr && { amr: [...amr] }), ...(acr !== undefined && { acr }) };
      const member = await directory.findMember(proof.orgId, accountId);
      const epoch = member !== undefined && isActive(member) ? { epoch: member.epoch } : {};
      return answer(request, response, { ...(await settled(request, response)), login, proof: { ...proof, accountId, ...epoch }, organization: orgId });
    },

    async chosen(request, response, orgId) {
      const { accountId } = (await load(request, response)).session ?? {};
      await activeMember(orgId, accountId);
      return answer(request, response, { ...(await settled(request, response)), organization: orgId });
    },

    async consented(request, response) {
      const interaction = await load(request, response);
      const { session, application } = await view(interaction);
      if (session?.entry.kind !== 'enter') throw new DomainError('denied', 'openid_provider.not_entered', 'You are not signed in to this organization.');
      const { accountId } = session;
      const { organization, proof } = session.entry;
      const { orgId } = organization;
      const member = await activeMember(orgId, accountId);
      const provider = options.provider();
      const held = interaction.grantId === undefined ? undefined : await bindings.find(interaction.grantId);
      const existing = interaction.grantId !== undefined && held?.orgId === orgId ? await provider.Grant.find(interaction.grantId) : undefined;
      const grant = existing ?? new provider.Grant({ accountId, clientId: application.clientId });
      const missing = interaction.prompt.details as MissingDetails;
      if (missing.missingOIDCScope) grant.addOIDCScope([...missing.missingOIDCScope]);
      if (missing.missingOIDCClaims) grant.addOIDCClaims([...missing.missingOIDCClaims]);
      for (const [resource, scopes] of Object.entries(missing.missingResourceScopes ?? {})) grant.addResourceScope(resource, [...scopes]);
      const grantId = await grant.save();
      await bindings.bind(grantId, { orgId, accountId, clientId: application.clientId, epoch: member.epoch, provedIn: proof.orgId, provedBy: proof.connectionId });
      return answer(request, response, { consent: { grantId }, organization: orgId });
    },

    async refused(request, response, description) {
      return options.provider().interactionResult(request, response, { error: 'access_denied', error_description: description }, { mergeWithLastSubmission: false });
    },
  };
}
