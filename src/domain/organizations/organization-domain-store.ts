import { randomBytes } from 'node:crypto';
import { uniqueViolation, type AdministrativeTransaction, type Database } from '../../database/index.ts';
import { type Clock, systemClock } from '../../platform/clock.ts';
import { DomainError } from '../../platform/errors.ts';
import { checkDomain, type DomainProof, type OrganizationDomain } from './organization-domain.ts';
import { defineOrganizationDomain } from './organization-domain-model.ts';

/** The domains that organizations claim. Several may claim one; the database lets only one of them have proved it. */
export class OrganizationDomainStore {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(database: Database, clock: Clock = systemClock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** By name. */
  list(orgId: string): Promise<OrganizationDomain[]> {
    return this.#database.withOrganization({ orgId, actor: 'system' }, async ({ transaction, model }) => {
      const found = await model(defineOrganizationDomain).findAll({ where: { orgId }, order: ['domain'], transaction });
      return found.map((one) => one.get());
    });
  }

  /** @throws DomainError when the text is no domain */
  find(orgId: string, domain: string): Promise<OrganizationDomain | undefined> {
    const where = { orgId, domain: checkDomain(domain) };
    return this.#database.withOrganization({ orgId, actor: 'system' }, async ({ transaction, model }) => (await model(defineOrganizationDomain).findOne({ where, transaction }))?.get());
  }

  /** A claim with a token of its own; it leads nobody anywhere until it is proved. */
  async claim({ transaction, model }: AdministrativeTransaction, orgId: string, text: string, connectionId: string): Promise<OrganizationDomain> {
    const domain = checkDomain(text);
    const token = randomBytes(16).toString('hex');
    try {
      return (await model(defineOrganizationDomain).create({ orgId, domain, connectionId, token }, { transaction })).get();
    } catch (error) {
      if (uniqueViolation(error) !== 'organization_domain_pkey') throw error;
      throw new DomainError('conflict', 'organizations.domain_claimed', `The organization has claimed ${domain} already.`, { details: { domain }, cause: error });
    }
  }

  /**
   * Marks exactly the claim that was proved: one that was removed meanwhile, even if made anew, has another token.
   * @returns undefined when there is no such claim; `changed` is false when it had been proved before
   */
  async markVerified(
    { transaction, model }: AdministrativeTransaction,
    { orgId, domain, token }: Pick<OrganizationDomain, 'orgId' | 'domain' | 'token'>,
    verifiedBy: DomainProof,
  ): Promise<{ readonly claim: OrganizationDomain; readonly changed: boolean } | undefined> {
    const found = await model(defineOrganizationDomain).findOne({ where: { orgId, domain, token }, transaction, lock: transaction.LOCK.UPDATE });
    if (found === null) return undefined;
    if (found.get().verifiedAt !== null) return { claim: found.get(), changed: false };
    try {
      return { claim: (await found.update({ verifiedAt: new Date(this.#clock.now()), verifiedBy }, { transaction })).get(), changed: true };
    } catch (error) {
      if (uniqueViolation(error) !== 'organization_domain_verified') throw error;
      throw new DomainError('conflict', 'organizations.domain_taken', `Another organization has proved that ${domain} is its own.`, { details: { domain }, cause: error });
    }
  }

  /** @returns what was removed; undefined when there was no such claim */
  async remove({ transaction, model }: AdministrativeTransaction, orgId: string, domain: string): Promise<OrganizationDomain | undefined> {
    const found = await model(defineOrganizationDomain).findOne({ where: { orgId, domain: checkDomain(domain) }, transaction, lock: transaction.LOCK.UPDATE });
    await found?.destroy({ transaction });
    return found?.get();
  }
}
