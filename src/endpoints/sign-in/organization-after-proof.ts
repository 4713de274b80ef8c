import { decideEntry, type OrganizationFacts, type SessionProof } from '../../domain/sessions/index.ts';
import { DomainError } from '../../platform/errors.ts';
import type { SignInDirectory } from './sign-in-options.ts';

/**
 * The organization that somebody who has just proved who they are enters, by the same decision that single sign-on is held
 * to. Undefined: several are open, and the person has to choose.
 * @throws DomainError when the proof does not count where it is wanted
 */
export async function organizationAfterProof(directory: SignInDirectory, wanted: OrganizationFacts | undefined, proof: SessionProof): Promise<string | undefined> {
  const active = (await directory.organizationsOfAccount(proof.accountId)).filter(({ status }) => status === 'active');
  const found = await Promise.all(active.map(({ orgId }) => directory.findOrganization(orgId)));
  const memberships = found.filter((organization) => organization !== undefined);
  const entry = decideEntry({ accountId: proof.accountId, wanted, current: undefined, memberships, proofs: [proof] });
  if (entry.kind === 'enter') return entry.organization.orgId;
  if (entry.kind === 'choose') return undefined;
  throw new DomainError('denied', 'sign_in.not_for_this_organization', 'This sign-in does not count in the organization that is asked for.', {
    details: { wanted: wanted?.slug ?? 'any', proved: proof.orgId },
  });
}
