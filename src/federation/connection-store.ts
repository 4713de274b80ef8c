import { uniqueViolation, type AdministrativeTransaction, type Database } from '../database/index.ts';
import { DomainError } from '../platform/errors.ts';
import type { MasterKeys } from '../platform/master-keys.ts';
import { decideChanged, decideNew, type AdministeredConnection, type ConnectionChanges, type DecidedConnection, type NewConnection } from './connection-changes.ts';
import { defineConnection, type ConnectionRow } from './connection-model.ts';
import { joinSecrets, splitSecrets, type SettingSecrets } from './connection-secrets.ts';

const ID_SHAPED = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const purpose = (id: string): string => `connection:${id}:settings`;
const whereOf = (orgId: string, reference: string): Partial<ConnectionRow> =>
  ID_SHAPED.test(reference) ? { orgId, id: reference } : { orgId, name: reference };

/** Connections with their settings; what is secret in these is sealed under the master key, per connection. */
export class ConnectionStore {
  readonly #database: Database;
  readonly #keys: MasterKeys;

  constructor(database: Database, keys: MasterKeys) {
    this.#database = database;
    this.#keys = keys;
  }

  list(orgId: string): Promise<AdministeredConnection[]> {
    return this.#database.withOrganization({ orgId, actor: 'system' }, async ({ transaction, model }) => {
      const found = await model(defineConnection).findAll({ where: { orgId }, order: ['name'], transaction });
      return found.map((one) => this.#opened(one.get()));
    });
  }

  /** @param reference id or name */
  find(orgId: string, reference: string): Promise<AdministeredConnection | undefined> {
    return this.#database.withOrganization({ orgId, actor: 'system' }, async ({ transaction, model }) => {
      const found = await model(defineConnection).findOne({ where: whereOf(orgId, reference), transaction });
      return found === null ? undefined : this.#opened(found.get());
    });
  }

  /** By the id alone, as it stands in a callback's address; only one that is enabled, of an organization that is active. */
  async findForSignIn(id: string): Promise<AdministeredConnection | undefined> {
    if (!ID_SHAPED.test(id)) return undefined;
    const [rows] = await this.#database.batch([
      { name: 'federation.connection.organization', text: 'select connection_organization($1) as org_id', values: [id] },
    ]);
    const orgId = rows?.[0]?.['org_id'];
    return typeof orgId === 'string' ? this.find(orgId, id) : undefined;
  }

  /** @throws DomainError when settings or name are not acceptable or the name is taken */
  async insert({ transaction, model }: AdministrativeTransaction, orgId: string, id: string, wanted: NewConnection): Promise<AdministeredConnection> {
    const decided = decideNew(wanted);
    const created = await nameIsFree(decided.name, model(defineConnection).create({ orgId, id, ...this.#sealed(id, decided) }, { transaction }));
    return this.#opened(created.get());
  }

  /** Locks the row while the change is decided. @returns undefined when there is no such connection here */
  async update(
    { transaction, model }: AdministrativeTransaction,
    orgId: string,
    reference: string,
    changes: ConnectionChanges,
  ): Promise<{ readonly before: AdministeredConnection; readonly after: AdministeredConnection } | undefined> {
    const found = await model(defineConnection).findOne({ where: whereOf(orgId, reference), transaction, lock: transaction.LOCK.UPDATE });
    if (found === null) return undefined;
    const before = this.#opened(found.get());
    const decided = decideChanged(before, changes);
    await nameIsFree(decided.name, found.update(this.#sealed(before.id, decided), { transaction }));
    return { before, after: this.#opened(found.get()) };
  }

  /** Seals anew what a previous master secret has sealed, in one organization. @returns how many connections */
  reseal(orgId: string): Promise<number> {
    return this.#database.withOrganization({ orgId, actor: 'system' }, async ({ transaction, model }) => {
      const found = await model(defineConnection).findAll({ where: { orgId }, order: ['id'], transaction, lock: transaction.LOCK.UPDATE });
      let count = 0;
      for (const one of found) {
        const { id, sealedSecrets } = one.get();
        const sealed = sealedSecrets === null ? undefined : this.#keys.reseal(sealedSecrets, purpose(id));
        if (sealed === undefined) continue;
        await one.update({ sealedSecrets: sealed }, { transaction, silent: true });
        count += 1;
      }
      return count;
    });
  }

  #sealed(id: string, decided: DecidedConnection): Omit<ConnectionRow, 'orgId' | 'id' | 'createdAt' | 'updatedAt'> {
    const { open, secrets } = splitSecrets(decided.protocol, decided.settings);
    const sealedSecrets = Object.keys(secrets).length === 0 ? null : this.#keys.seal(JSON.stringify(secrets), purpose(id));
    return { ...decided, settings: open, sealedSecrets };
  }

  #opened({ sealedSecrets, ...row }: ConnectionRow): AdministeredConnection {
    const secrets = sealedSecrets === null ? {} : (JSON.parse(this.#keys.open(sealedSecrets, purpose(row.id))) as SettingSecrets);
    const settings = row.protocol === 'scim-only' ? null : joinSecrets(row.settings, secrets);
    // What was stored had been checked against the protocol's schema.
    return { ...row, settings } as unknown as AdministeredConnection;
  }
}

async function nameIsFree<T>(name: string, write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    if (uniqueViolation(error) !== 'connection_name_unique') throw error;
    throw new DomainError('conflict', 'federation.name_taken', `The organization has a connection ${name} already.`, { cause: error });
  }
}
