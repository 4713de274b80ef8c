import type { Organization, OrganizationStore } from '../../domain/organizations/index.ts';
import { DomainError } from '../../platform/errors.ts';
import {
  actorOf,
  defineOperation,
  mayAdminister,
  requireOperator,
  type Call,
  type FromSchema,
  type NoPart,
  type ObjectSchema,
  type Operation,
  type OperationDocument,
  type Principal,
} from '../http/index.ts';

/** In which organization an operation works, and on whose behalf. */
export interface OrganizationScope {
  readonly organization: Organization;
  readonly context: { readonly orgId: string; readonly actor: string };
}

type Handler<P, Q, B, Scope> = (call: Call<FromSchema<P>, FromSchema<Q>, FromSchema<B>>, scope: Scope) => Promise<unknown>;

/** Reference to an organization as a path or query parameter. */
export const organizationReference = { type: 'string', minLength: 1, maxLength: 63, description: 'Id or slug of the organization.' } as const;

/** Query parameter of operations on users; unset: one's own organization, for operators the default one. */
export const organizationQuery = { organization: organizationReference } as const;

function referenceIn(call: { readonly params: object; readonly query: object }): string | undefined {
  for (const part of [call.params, call.query]) if ('organization' in part && typeof part.organization === 'string') return part.organization;
  return undefined;
}

async function findOrganization(organizations: OrganizationStore, principal: Principal, reference: string | undefined): Promise<Organization> {
  const own = principal.kind === 'operator' ? organizations.findDefault() : organizations.find(principal.orgId);
  const found = await (reference === undefined ? own : organizations.find(reference));
  // A foreign organization and none at all read the same: who asks about others learns nothing.
  if (found !== undefined && mayAdminister(principal, found.id)) return found;
  throw new DomainError('not-found', 'admin.organization_unknown', 'There is no such organization.', { details: { organization: reference ?? null } });
}

/** Operations of one organization, named in path or query: for its administrators and for operators. */
export const organizationOperation =
  (organizations: OrganizationStore) =>
  <const P extends ObjectSchema = NoPart, const Q extends ObjectSchema = NoPart, const B extends ObjectSchema = NoPart>(
    document: OperationDocument<P, Q, B>,
    handle: Handler<P, Q, B, OrganizationScope>,
  ): Operation =>
    defineOperation(document, async (call) => {
      const organization = await findOrganization(organizations, call.principal, referenceIn(call));
      return handle(call, { organization, context: { orgId: organization.id, actor: actorOf(call.principal) } });
    });

/** Operations of the installation: for operators alone. */
export const operatorOperation = <const P extends ObjectSchema = NoPart, const Q extends ObjectSchema = NoPart, const B extends ObjectSchema = NoPart>(
  document: OperationDocument<P, Q, B>,
  handle: Handler<P, Q, B, { readonly actor: string }>,
): Operation =>
  defineOperation(document, async (call) => {
    requireOperator(call.principal);
    return handle(call, { actor: actorOf(call.principal) });
  });

/**
 * What was found, or the answer that there is none.
 * @param organization where it was looked for, when the caller need not have said so
 */
export function found<T>(value: T | undefined, noun: string, organization?: Organization): T {
  if (value !== undefined) return value;
  const where = organization === undefined ? 'here' : `in the organization ${organization.slug}`;
  throw new DomainError('not-found', 'admin.unknown', `There is no such ${noun} ${where}.`, { details: { noun, ...(organization && { organization: organization.slug }) } });
}
