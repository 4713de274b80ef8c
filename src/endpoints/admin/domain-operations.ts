import { isProved, proofRecord, type OrganizationDomain } from '../../domain/organizations/index.ts';
import { DomainError } from '../../platform/errors.ts';
import { requireOperator, type Operation } from '../http/index.ts';
import type { AdminDependencies } from './admin-dependencies.ts';
import { found, organizationOperation, organizationReference } from './admin-operation.ts';
import { domainListSchema, domainReference, domainSchema, newDomainSchema, verificationSchema } from './domain-schemas.ts';

const tag = 'domains';
const inOrganization = { organization: organizationReference } as const;
const all = {
  path: '/admin/organizations/{organization}/domains',
  tag,
  params: { type: 'object', additionalProperties: false, required: ['organization'], properties: inOrganization },
} as const;
const params = { type: 'object', additionalProperties: false, required: ['organization', 'domain'], properties: { ...inOrganization, domain: domainReference } } as const;
const answer = { status: 200, description: 'The domain.', schema: domainSchema } as const;

const shown = (claim: OrganizationDomain): object => {
  const { domain, connectionId, verifiedAt, verifiedBy, createdAt } = claim;
  const { name, value } = proofRecord(claim);
  return { domain, connection: connectionId, verifiedAt, verifiedBy, record: { name, type: 'TXT', value }, createdAt };
};

const target = ({ domain }: OrganizationDomain): { targetType: string; targetId: string } => ({ targetType: 'domain', targetId: domain });

const claim = ({ organizations, connections, domains, changes }: AdminDependencies): Operation =>
  organizationOperation(organizations)(
    {
      ...all,
      id: 'claimDomain',
      method: 'post',
      summary: 'Claims a domain for a connection, and tells the TXT record that proves it.',
      body: newDomainSchema,
      answer: { ...answer, status: 201 },
    },
    async ({ body, requestId }, { organization, context }) => {
      const { id, protocol } = found(await connections.find(organization.id, body.connection), 'connection');
      if (protocol === 'scim-only') throw new DomainError('invalid', 'admin.domain_connection', 'Nobody signs in by a connection that only pushes; name one of SAML or OpenID Connect.');
      return changes.inOrganization(context, async (tx) => {
        const claimed = await domains.claim(tx, organization.id, body.domain, id);
        return { result: shown(claimed), events: [{ action: 'domain.claimed', ...target(claimed), details: { connection: id }, requestId }] };
      });
    },
  );

const list = ({ organizations, domains }: AdminDependencies): Operation =>
  organizationOperation(organizations)(
    { ...all, id: 'listDomains', method: 'get', summary: 'Lists the domains an organization claims.', answer: { ...answer, description: 'All domains.', schema: domainListSchema } },
    async (_call, { organization }) => ({ items: (await domains.list(organization.id)).map(shown) }),
  );

const verify = ({ organizations, domains, changes, lookUpTxt }: AdminDependencies): Operation =>
  organizationOperation(organizations)(
    {
      path: '/admin/organizations/{organization}/domains/{domain}/verify',
      tag,
      params,
      id: 'verifyDomain',
      method: 'post',
      summary: 'Looks for the TXT record, or takes an operator’s word; from then on people of the domain are led to its connection.',
      body: verificationSchema,
      answer,
    },
    async ({ params: { domain }, body, principal, requestId }, { organization, context }) => {
      if (body.byOperator) requireOperator(principal);
      const claimed = found(await domains.find(organization.id, domain), 'domain');
      // Before the transaction: no connection of the database waits for a name server.
      if (!body.byOperator && claimed.verifiedAt === null) await requireProof(claimed, lookUpTxt);
      return changes.inOrganization(context, async (tx) => {
        const by = body.byOperator ? 'operator' : 'dns';
        const { claim: now, changed } = found(await domains.markVerified(tx, claimed, by), 'domain');
        const event = { action: 'domain.verified', ...target(now), details: { by, connection: now.connectionId }, requestId };
        return { result: shown(now), events: changed ? [event] : [] };
      });
    },
  );

async function requireProof(claimed: OrganizationDomain, lookUpTxt: AdminDependencies['lookUpTxt']): Promise<void> {
  const record = proofRecord(claimed);
  const seen = await lookUpTxt(record.name);
  if (isProved(record, seen)) return;
  throw new DomainError('conflict', 'admin.domain_unproved', `There is no TXT record ${record.name} with the text ${record.value}; a new record may need some time to be seen.`, {
    details: { ...record, recordsSeen: seen.length },
  });
}

const remove = ({ organizations, domains, changes }: AdminDependencies): Operation =>
  organizationOperation(organizations)(
    {
      path: '/admin/organizations/{organization}/domains/{domain}',
      tag,
      params,
      id: 'removeDomain',
      method: 'delete',
      summary: 'Gives a domain up: nobody is led anywhere by it, and another organization may prove it.',
      answer: { ...answer, description: 'The domain as it was.' },
    },
    ({ params: { domain }, requestId }, { organization, context }) =>
      changes.inOrganization(context, async (tx) => {
        const removed = found(await domains.remove(tx, organization.id, domain), 'domain');
        const details = { connection: removed.connectionId, verified: removed.verifiedAt !== null };
        return { result: shown(removed), events: [{ action: 'domain.removed', ...target(removed), details, requestId }] };
      }),
  );

/** The domains by which people are led to their connection. */
export const domainOperations = (dependencies: AdminDependencies): Operation[] =>
  [claim, list, verify, remove].map((operation) => operation(dependencies));
