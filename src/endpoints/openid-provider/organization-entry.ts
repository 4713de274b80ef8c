import type { GrantBinding } from '../../domain/grants/index.ts';
import { decideEntry, domainOf, proofCounts, readIdentifier, type Entry, type OrganizationFacts, type SessionProofStore } from '../../domain/sessions/index.ts';
import type { ClientSource } from './client-source.ts';
import type { ProviderDirectory } from './member-facts.ts';

/** What of an authorization request says which organization is meant. */
export interface OrganizationWish {
  readonly clientId: string;
  /** The person's own choice, made in this sign-in. */
  readonly chosen?: unknown;
  /** The request's `organization` parameter: slug or id. */
  readonly organization?: unknown;
  readonly loginHint?: unknown;
}

export interface EntrySession {
  readonly uid: string;
  readonly accountId: string;
  /** The organization of the grant it holds for this application. */
  readonly currentOrgId: string | undefined;
}

export interface EntryGuard {
  wanted(wish: OrganizationWish): Promise<OrganizationFacts | undefined>;
  entry(session: EntrySession, wanted: OrganizationFacts | undefined): Promise<Entry>;
  /** Would what let this grant in let it in today? The session of that time may be over: only its proof is judged. */
  stillProved(binding: GrantBinding): Promise<boolean>;
}

/** Loads what the decision about the organization needs; the decision itself is `decideEntry`. */
export function entryGuard(directory: ProviderDirectory, clients: Pick<ClientSource, 'find'>, proofs: Pick<SessionProofStore, 'find' | 'stands'>): EntryGuard {
  return {
    /** The application's own organization goes before every wish: it has no other members. */
    async wanted({ clientId, chosen, organization, loginHint }) {
      const named = (await clients.find(clientId))?.orgId ?? readIdentifier(chosen) ?? readIdentifier(organization);
      if (named !== undefined) return directory.findOrganization(named);
      const domain = domainOf(loginHint);
      return domain === undefined ? undefined : directory.organizationForDomain(domain);
    },

    async entry({ uid, accountId, currentOrgId }, wanted) {
      const active = (await directory.organizationsOfAccount(accountId)).filter(({ status }) => status === 'active');
      const [found, proved] = await Promise.all([
        Promise.all(active.map(({ orgId }) => directory.findOrganization(orgId))),
        proofs.find(uid, active.map(({ orgId }) => orgId)),
      ]);
      const memberships = found.filter((organization) => organization !== undefined);
      return decideEntry({ accountId, wanted, current: currentOrgId, memberships, proofs: proved });
    },

    async stillProved({ orgId, accountId, provedIn, provedBy }) {
      const proof = { orgId: provedIn, accountId, connectionId: provedBy };
      const [organization, stands] = await Promise.all([directory.findOrganization(orgId), proofs.stands(proof)]);
      return stands && organization !== undefined && proofCounts(organization, proof);
    },
  };
}
