import { isFirstParty } from '../../domain/applications/index.ts';
import type { GrantBinding, GrantBindingStore } from '../../domain/grants/index.ts';
import type { Entry, NewSessionProof, SessionProofStore } from '../../domain/sessions/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { ClientSource } from './client-source.ts';
import { isActive, type ProviderDirectory } from './member-facts.ts';
import type { EntryGuard } from './organization-entry.ts';
import type { KoaContextWithOIDC } from './provider-package.ts';

/** What a sign-in tells the provider beside the account: kept in the interaction's result, on the server alone. */
export interface ProofResult {
  readonly accountId: string;
  readonly orgId: string;
  readonly connectionId: string | null;
  readonly method: string;
  /** When the upstream session ends by the provider's word, in milliseconds since the epoch. */
  readonly notAfter?: number;
  /** The membership's epoch at the sign-in; absent for whoever was no active member then. */
  readonly epoch?: number;
}

export interface ExistingGrantOptions {
  readonly directory: ProviderDirectory;
  readonly clients: Pick<ClientSource, 'find'>;
  readonly bindings: GrantBindingStore;
  readonly proofs: SessionProofStore;
  readonly guard: EntryGuard;
  readonly clock: Clock;
  readonly sessionSeconds: number;
}

type Grant = NonNullable<KoaContextWithOIDC['oidc']['entities']['Grant']>;

/** What was decided about the organization, for the check that asks for a sign-in; goes with the request. */
export const decisions = new WeakMap<KoaContextWithOIDC, Entry>();

/** Grants everything this request asks for. @returns whether the grant had less before */
function grantRequested(context: KoaContextWithOIDC, grant: Grant): boolean {
  const before = JSON.stringify([grant.openid, grant.resources]);
  grant.addOIDCScope(context.oidc.requestParamOIDCScopes);
  grant.addOIDCClaims(context.oidc.requestParamClaims);
  for (const [identifier, server] of Object.entries(context.oidc.resourceServers ?? {})) {
    grant.addResourceScope(identifier, [...context.oidc.requestParamScopes].filter((scope) => server.scopes.has(scope)));
  }
  return JSON.stringify([grant.openid, grant.resources]) !== before;
}

const toProof = (proof: ProofResult, expiresAt: number): NewSessionProof => ({
  orgId: proof.orgId,
  accountId: proof.accountId,
  connectionId: proof.connectionId,
  method: proof.method,
  expiresAt: Math.min(expiresAt, proof.notAfter ?? expiresAt),
});

/**
 * The provider's hook for "what was granted before". It is where single sign-on is held to account: at every
 * authorization the organization is decided anew, and a grant of another organization is no grant. Applications of the
 * house need no consent, so theirs are made here.
 */
export function existingGrantLoader(options: ExistingGrantOptions): (context: KoaContextWithOIDC) => Promise<Grant | undefined> {
  const { directory, clients, bindings, proofs, guard, clock } = options;

  async function newGrant(context: KoaContextWithOIDC, binding: GrantBinding): Promise<Grant> {
    const grant = new context.oidc.provider.Grant({ accountId: binding.accountId, clientId: binding.clientId });
    grantRequested(context, grant);
    await bindings.bind(await grant.save(), binding);
    return grant;
  }

  /** From now on the grant hangs on the proof that let it in this time. */
  async function keepProof(grantId: string, held: GrantBinding, proved: Pick<GrantBinding, 'provedIn' | 'provedBy'>): Promise<void> {
    if (held.provedIn !== proved.provedIn || held.provedBy !== proved.provedBy) await bindings.bind(grantId, { ...held, ...proved });
  }

  async function recordProof(context: KoaContextWithOIDC, accountId: string): Promise<void> {
    const proof = context.oidc.result?.proof as ProofResult | undefined;
    const uid = context.oidc.session?.uid;
    if (uid === undefined || proof?.accountId !== accountId) return;
    // Whoever was deactivated on the way here has proved nothing, reactivated since or not.
    const member = await directory.findMember(proof.orgId, accountId);
    if (member === undefined || !isActive(member) || member.epoch !== proof.epoch) return;
    await proofs.record(uid, toProof(proof, clock.now() + options.sessionSeconds * 1000));
  }

  return async function loadExistingGrant(context) {
    const { session, client, account, result, params } = context.oidc;
    if (session === undefined || client === undefined || account === undefined) return undefined;
    const [accountId, clientId] = [account.accountId, client.clientId];
    await recordProof(context, accountId);
    const grantId = result?.consent?.grantId ?? session.grantIdFor(clientId);
    const held = grantId === undefined ? undefined : await bindings.find(grantId);
    const wish = { clientId, chosen: result?.organization, organization: params?.organization, loginHint: params?.login_hint };
    const entry = await guard.entry({ uid: session.uid, accountId, currentOrgId: held?.orgId }, await guard.wanted(wish));
    decisions.set(context, entry);
    if (entry.kind !== 'enter') return undefined;
    const orgId = entry.organization.orgId;
    const proved = { provedIn: entry.proof.orgId, provedBy: entry.proof.connectionId };
    const grant = grantId !== undefined && held?.orgId === orgId ? await context.oidc.provider.Grant.find(grantId) : undefined;
    if (grant !== undefined && grantId !== undefined && held !== undefined) await keepProof(grantId, held, proved);
    const application = await clients.find(clientId);
    if (application === undefined || !isFirstParty(application)) return grant;
    const member = await directory.findMember(orgId, accountId);
    if (member === undefined || !isActive(member)) return undefined;
    if (grant === undefined) return newGrant(context, { orgId, accountId, clientId, epoch: member.epoch, ...proved });
    if (grantRequested(context, grant)) await grant.save();
    return grant;
  };
}
