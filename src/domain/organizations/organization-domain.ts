import { LONGEST_DOMAIN, readDomainName } from '../../platform/domain-name.ts';
import { DomainError } from '../../platform/errors.ts';

/** How it was proved that a domain is the organization's own. */
export type DomainProof = 'dns' | 'operator';

/** A domain that an organization claims; people with an address there sign in by the connection once it is proved. */
export interface OrganizationDomain {
  readonly orgId: string;
  /** ASCII, lower case. */
  readonly domain: string;
  readonly connectionId: string | null;
  /** What the TXT record has to hold; of this claim alone. */
  readonly token: string;
  readonly verifiedAt: Date | null;
  readonly verifiedBy: DomainProof | null;
  readonly createdAt: Date;
}

/** The record that proves a claim: an underscored name, so that it never collides with a host (RFC 8552). */
export interface ProofRecord {
  readonly name: string;
  readonly value: string;
}

const PREFIX = '_gatehouse.';

export const proofRecord = ({ domain, token }: Pick<OrganizationDomain, 'domain' | 'token'>): ProofRecord => ({
  name: `${PREFIX}${domain}`,
  value: `gatehouse-domain-verification=${token}`,
});

/** Whether the text of any TXT record is the one asked for; others may stand beside it, for example of a second hub. */
export const isProved = ({ value }: ProofRecord, records: readonly string[]): boolean => records.some((record) => record.trim() === value);

/**
 * The domain in the form in which it is stored. Its proof must have a name too, hence the shorter limit.
 * @throws DomainError when it is none
 */
export function checkDomain(text: string): string {
  const domain = readDomainName(text);
  if (domain !== undefined && domain.length + PREFIX.length <= LONGEST_DOMAIN) return domain;
  throw new DomainError('invalid', 'organizations.domain_invalid', 'A domain is a name such as acme.example: at least one dot, no wildcard, no address, nothing before or after it.', {
    details: { domain: text.slice(0, 100) },
  });
}
