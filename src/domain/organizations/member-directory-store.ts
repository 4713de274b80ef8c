import { organizationContext, type Database, type Statement } from '../../database/index.ts';
import { DomainError } from '../../platform/errors.ts';
import { foldKey } from '../../platform/fold.ts';
import { isId } from './organization.ts';
import type { MemberPosition, OrganizationMember } from './organization-member.ts';
import { findMemberById, findMembersByUserName, listMembers, searchMembers, toOrganizationMember } from './organization-member-store.ts';

/** Finds and lists the members of one organization. */
export class MemberDirectory {
  readonly #database: Pick<Database, 'batch'>;

  constructor(database: Pick<Database, 'batch'>) {
    this.#database = database;
  }

  list(orgId: string, limit: number, afterAccountId?: string): Promise<OrganizationMember[]> {
    return this.#read(orgId, listMembers(limit, afterAccountId));
  }

  search(orgId: string, prefix: string, limit: number, after?: MemberPosition): Promise<OrganizationMember[]> {
    return this.#read(orgId, searchMembers(limit, prefix, after));
  }

  /** @param reference account id or user name */
  async find(orgId: string, reference: string): Promise<OrganizationMember | undefined> {
    const found = await this.#read(orgId, isId(reference) ? findMemberById(reference) : findMembersByUserName(reference));
    if (found.length > 1)
      throw new DomainError('conflict', 'organizations.user_name_ambiguous', `Several people here are called ${reference}; use the id.`, {
        details: { ids: found.map(({ accountId }) => accountId) },
      });
    return found[0];
  }

  async #read(orgId: string, statement: Statement): Promise<OrganizationMember[]> {
    const [, rows] = await this.#database.batch([organizationContext({ orgId, actor: 'system' }), statement]);
    return (rows ?? []).map(toOrganizationMember);
  }
}

/** Where the next page of a search begins. */
export const positionOf = (member: OrganizationMember): MemberPosition => ({
  userNameKey: foldKey(member.userName ?? ''),
  accountId: member.accountId,
});
