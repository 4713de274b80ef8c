import { decideEntry, type OrganizationFacts, type SessionProof } from '../../domain/sessions/index.ts';
import { DomainError } from '../../platform/errors.ts';
import type { SignInDirectory } from './sign-in-options.ts';

/**
 * The organization that somebody who has just proved who they are enters, by the same decision that single sign-on is held
 * to. Undefined: several are open, and the person has to choose.
 * @throws DomainError when the person is no member where the way leads, or is one but the proof does not count there
 */
export async function organizationAfterProof(directory: SignInDirectory, wanted: OrganizationFacts | undefined, proof: SessionProof): Promise<string | undefined> {
  const active = (await directory.organizationsOfAccount(proof.accountId)).filter(({ status }) => status === 'active');
  const found = await Promise.all(active.map(({ orgId }) => directory.findOrganization(orgId)));
  const memberships = found.filter((organization) => organization !== undefined);
  const entry = decideEntry({ accountId: proof.accountId, wanted, current: undefined, memberships, proofs: [proof] });
  if (entry.kind === 'enter') return entry.organization.orgId;
  if (entry.kind === 'choose') return undefined;
  const details = { wanted: entry.organization?.slug ?? 'any', proved: proof.orgId };
  if (memberships.some(({ orgId }) => orgId === entry.organization?.orgId))
    throw new DomainError('denied', 'sign_in.proof_not_accepted', 'The organization does not accept this way of signing in.', { details });
  throw new DomainError('denied', 'sign_in.not_for_this_organization', 'Who has signed in is no member of the organization that is asked for.', { details });
}
