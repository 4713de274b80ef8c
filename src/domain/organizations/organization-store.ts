import { uniqueViolation, type AdministrativeTransaction, type Database, type Statement } from '../../database/index.ts';
import { DomainError } from '../../platform/errors.ts';
import { checkSlug, isId, type Organization, type OrganizationStatus } from './organization.ts';
import { defineOrganization } from './organization-model.ts';

export interface NewOrganization {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly description?: string;
  readonly isDefault?: boolean;
}

export interface OrganizationChanges {
  readonly name?: string;
  readonly description?: string;
  readonly status?: OrganizationStatus;
  /** In place of the present ones. */
  readonly acceptedConnections?: readonly string[];
}

const HAS_DEFAULT: Statement = { name: 'organizations.has-default', text: 'select 1 from organization where is_default', values: [] };

/** Organizations. They stand above isolation: found by id or slug before one of them is chosen. */
export class OrganizationStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** @param reference id or slug */
  find(reference: string): Promise<Organization | undefined> {
    return this.#findWhere(isId(reference) ? { id: reference } : { slug: reference });
  }

  findDefault(): Promise<Organization | undefined> {
    return this.#findWhere({ isDefault: true });
  }

  /** Asked at every start, which therefore takes no model. */
  async hasDefault(): Promise<boolean> {
    return (await this.#database.batch([HAS_DEFAULT]))[0]?.length === 1;
  }

  /** By slug, those after `after`. */
  list(limit: number, after = ''): Promise<Organization[]> {
    return this.#database.withInstance('system', async ({ transaction, model }) => {
      const found = await model(defineOrganization).scope({ method: ['after', after] }).findAll({ order: ['slug'], limit, transaction });
      return found.map((one) => one.get());
    });
  }

  async insert({ transaction, model }: AdministrativeTransaction, organization: NewOrganization): Promise<Organization> {
    checkSlug(organization.slug);
    try {
      return (await model(defineOrganization).create(organization, { transaction })).get();
    } catch (error) {
      if (uniqueViolation(error) !== 'organization_slug_unique') throw error;
      throw new DomainError('conflict', 'organizations.slug_taken', `There is an organization ${organization.slug} already.`, { cause: error });
    }
  }

  /** Locks the row: what is told as changed is what really changed. */
  async update({ transaction, model }: AdministrativeTransaction, id: string, changes: OrganizationChanges): Promise<Organization | undefined> {
    const found = await model(defineOrganization).findByPk(id, { transaction, lock: transaction.LOCK.UPDATE });
    if (found === null) return undefined;
    const { acceptedConnections, ...columns } = changes;
    const settings = acceptedConnections === undefined ? {} : { settings: { ...found.get().settings, accepted_connections: acceptedConnections } };
    return (await found.update({ ...columns, ...settings }, { transaction })).get();
  }

  #findWhere(where: Partial<Organization>): Promise<Organization | undefined> {
    return this.#database.withInstance('system', async ({ transaction, model }) => (await model(defineOrganization).findOne({ where, transaction }))?.get());
  }
}
