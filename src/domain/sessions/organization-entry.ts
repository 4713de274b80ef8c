/** What must be known of an organization to decide who may enter it. */
export interface OrganizationFacts {
  readonly orgId: string;
  readonly slug: string;
  readonly name: string;
  readonly status: 'active' | 'suspended';
  /** Connections of other organizations (or `password`) whose proof is good enough here. */
  readonly acceptedConnections: readonly string[];
}

/** A session's sign-in in one organization. `connectionId` null: with the hub's own password. */
export interface SessionProof {
  readonly orgId: string;
  readonly accountId: string;
  readonly connectionId: string | null;
}

export interface EntryQuestion {
  readonly accountId: string;
  /** The organization asked for: by the application, the request, a hint or the person. */
  readonly wanted: OrganizationFacts | undefined;
  /** The organization of the grant that this session already holds for this application. */
  readonly current: string | undefined;
  /** Organizations in which the account is an active member. */
  readonly memberships: readonly OrganizationFacts[];
  readonly proofs: readonly SessionProof[];
}

export type Entry =
  /** With the proof by which it may. */
  | { readonly kind: 'enter'; readonly organization: OrganizationFacts; readonly proof: SessionProof }
  | { readonly kind: 'choose'; readonly organizations: readonly OrganizationFacts[] }
  /** The person has to sign in once more, there where it counts for this organization. */
  | { readonly kind: 'prove'; readonly organization: OrganizationFacts | undefined };

/** A proof counts where it was made; elsewhere only if that organization's policy accepts the connection. */
export const proofCounts = ({ orgId, acceptedConnections }: OrganizationFacts, proof: Pick<SessionProof, 'orgId' | 'connectionId'>): boolean =>
  proof.orgId === orgId || acceptedConnections.includes(proof.connectionId ?? 'password');

/** The organization's own proof goes before one that it merely accepts. */
function proofFor(organization: OrganizationFacts, accountId: string, proofs: readonly SessionProof[]): SessionProof | undefined {
  const counting = proofs.filter((proof) => proof.accountId === accountId && proofCounts(organization, proof));
  return counting.find(({ orgId }) => orgId === organization.orgId) ?? counting[0];
}

/**
 * Which organization may this session enter now? Asked at every authorization, also with a live session: membership,
 * organization and policy may have changed since.
 */
export function decideEntry({ accountId, wanted, current, memberships, proofs }: EntryQuestion): Entry {
  const open = memberships.filter(({ status }) => status === 'active');
  const enter = (organization: OrganizationFacts): Entry => {
    const proof = proofFor(organization, accountId, proofs);
    return proof === undefined ? { kind: 'prove', organization } : { kind: 'enter', organization, proof };
  };
  if (wanted !== undefined) {
    const member = open.find(({ orgId }) => orgId === wanted.orgId);
    return member === undefined ? { kind: 'prove', organization: wanted } : enter(member);
  }
  const held = open.find(({ orgId }) => orgId === current);
  if (held !== undefined) return enter(held);
  const [only, ...others] = open;
  if (only === undefined) return { kind: 'prove', organization: undefined };
  return others.length > 0 ? { kind: 'choose', organizations: open } : enter(only);
}
