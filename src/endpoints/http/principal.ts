import { DomainError } from '../../platform/errors.ts';

/** Runs the installation: every organization, applications, keys, settings. */
export interface Operator {
  readonly kind: 'operator';
  /** The operator's token. */
  readonly tokenId: string;
  readonly name: string;
}

/** Administers one organization and knows of no other. */
export interface OrganizationAdministrator {
  readonly kind: 'organization-administrator';
  readonly accountId: string;
  readonly orgId: string;
}

/** Who asks, once the request is authenticated. */
export type Principal = Operator | OrganizationAdministrator;

/** As it stands in the audit trail. */
export const actorOf = (principal: Principal): string =>
  principal.kind === 'operator' ? `operator:${principal.tokenId}` : `account:${principal.accountId}`;

/** @throws DomainError `http.operator_only` */
export function requireOperator(principal: Principal): asserts principal is Operator {
  if (principal.kind !== 'operator')
    throw new DomainError('denied', 'http.operator_only', 'Only an operator of this installation may do that.');
}

/** Whether this organization is theirs to administer. A foreign one is then told to be unknown, not forbidden. */
export const mayAdminister = (principal: Principal, orgId: string): boolean => principal.kind === 'operator' || principal.orgId === orgId;
