import type { AdministrativeTransaction, Database, Row, Statement } from '../../database/index.ts';
import { uniqueViolation } from '../../database/index.ts';
import { DomainError } from '../../platform/errors.ts';
import type { MasterKeys } from '../../platform/master-keys.ts';
import { mintToken } from '../../platform/token.ts';
import { uuidv7 } from '../../platform/uuid.ts';
import type { Application, ApplicationMetadata, RegisteredApplication } from './application.ts';

/** Told after every change, with the client id, so that nodes forget what they remember of it. */
export const APPLICATION_CHANNEL = 'gatehouse_application';

export interface NewApplication {
  readonly name: string;
  /** Absent: open to members of every organization; only instance operators may do that. */
  readonly orgId?: string | undefined;
  readonly metadata: ApplicationMetadata;
}

/** Further work of the same transaction, for example the word in the audit trail. */
type Also = (tx: AdministrativeTransaction, application: Application) => Promise<void>;

const COLUMNS = 'client_id, org_id, name, metadata, enabled, created_at, updated_at';
const purpose = (clientId: string): string => `application:${clientId}:client_secret`;

const toApplication = (row: Row): Application => ({
  clientId: String(row.client_id),
  orgId: (row.org_id as string | null) ?? undefined,
  name: String(row.name),
  metadata: row.metadata as ApplicationMetadata,
  enabled: row.enabled === true,
  createdAt: row.created_at as Date,
  updatedAt: row.updated_at as Date,
});

const findRegistered = (clientId: string): Statement => ({
  name: 'applications.registered',
  text: `select ${COLUMNS}, sealed_secret, epoch from application where client_id = $1 and enabled
            and (org_id is null or exists (select from organization o where o.id = org_id and o.status = 'active'))`,
  values: [clientId],
});

const findApi = (identifier: string): Statement => ({
  name: 'applications.api',
  text: `select ${COLUMNS} from application where metadata ? 'api_identifier' and metadata ->> 'api_identifier' = $1 and enabled`,
  values: [identifier],
});

/** Ends every token that an application of the organization of the current context has for itself. */
export const endTokensOfApplications = (): Statement => ({
  name: 'applications.end-tokens',
  text: `update application set epoch = epoch + 1 where org_id = nullif(current_setting('app.org_id', true), '')::uuid`,
  values: [],
});

/** Has the application a secret to share? Public ones and those with a key pair have none. */
const needsSecret = ({ token_endpoint_auth_method: method }: ApplicationMetadata): boolean => method !== 'none' && method !== 'private_key_jwt';

/** Applications, per organization or instance-wide; each is seen and changed only from where it belongs. */
export class ApplicationStore {
  readonly #database: Database;
  readonly #keys: MasterKeys;
  readonly #listeners: ((clientId: string) => void)[] = [];

  constructor(database: Database, keys: MasterKeys) {
    this.#database = database;
    this.#keys = keys;
  }

  /** Hears of every change made through this store before its maker does; other nodes hear by {@link APPLICATION_CHANNEL}. */
  onChange(listener: (clientId: string) => void): void {
    this.#listeners.push(listener);
  }

  /** @returns the application and, this once, its secret */
  async create(actor: string, { name, orgId, metadata }: NewApplication, also?: Also): Promise<{ application: Application; clientSecret: string | undefined }> {
    const clientId = uuidv7();
    const clientSecret = needsSecret(metadata) ? mintToken('gh_app') : undefined;
    const sealed = clientSecret === undefined ? null : this.#keys.seal(clientSecret, purpose(clientId));
    const application = await this.#one(
      actor,
      orgId,
      `insert into application (client_id, org_id, name, metadata, sealed_secret) values ($1, $2, $3, $4, $5) returning ${COLUMNS}`,
      [clientId, orgId ?? null, name, JSON.stringify(metadata), sealed],
      also,
    );
    return { application, clientSecret };
  }

  /** @param orgId undefined: among the instance-wide ones */
  async find(actor: string, orgId: string | undefined, clientId: string): Promise<Application | undefined> {
    const rows = await this.#within(actor, orgId, (tx) =>
      tx.sql(`select ${COLUMNS} from application where client_id = $1 and org_id is not distinct from $2::uuid`, [clientId, orgId ?? null]),
    );
    return rows[0] && toApplication(rows[0]);
  }

  async list(actor: string, orgId: string | undefined): Promise<Application[]> {
    const rows = await this.#within(actor, orgId, (tx) =>
      tx.sql(`select ${COLUMNS} from application where org_id is not distinct from $1::uuid order by name, client_id`, [orgId ?? null]),
    );
    return rows.map(toApplication);
  }

  /** Replaces what is given and keeps the rest; metadata is replaced whole. */
  async update(
    actor: string,
    orgId: string | undefined,
    clientId: string,
    change: { name?: string | undefined; metadata?: ApplicationMetadata | undefined; enabled?: boolean | undefined },
    also?: Also,
  ): Promise<Application> {
    return this.#one(
      actor,
      orgId,
      `update application set name = coalesce($3, name), metadata = coalesce($4::jsonb, metadata), enabled = coalesce($5, enabled), updated_at = now()
        where client_id = $1 and org_id is not distinct from $2::uuid returning ${COLUMNS}`,
      [clientId, orgId ?? null, change.name ?? null, change.metadata === undefined ? null : JSON.stringify(change.metadata), change.enabled ?? null],
      also,
    );
  }

  /** A new secret in place of the old one, which ends at once. */
  async renewSecret(actor: string, orgId: string | undefined, clientId: string, also?: Also): Promise<string> {
    const clientSecret = mintToken('gh_app');
    await this.#one(
      actor,
      orgId,
      `update application set sealed_secret = $3, updated_at = now()
        where client_id = $1 and org_id is not distinct from $2::uuid and sealed_secret is not null returning ${COLUMNS}`,
      [clientId, orgId ?? null, this.#keys.seal(clientSecret, purpose(clientId))],
      also,
    );
    return clientSecret;
  }

  /** Seals anew what a previous master secret has sealed, in one organization or among the instance-wide ones. @returns how many secrets */
  async reseal(actor: string, orgId: string | undefined): Promise<number> {
    return this.#within(actor, orgId, async (tx) => {
      const rows = await tx.sql<{ client_id: string; sealed_secret: string }>(
        'select client_id, sealed_secret from application where org_id is not distinct from $1::uuid and sealed_secret is not null order by client_id for update',
        [orgId ?? null],
      );
      let count = 0;
      for (const { client_id: clientId, sealed_secret: secret } of rows) {
        const sealed = this.#keys.reseal(secret, purpose(clientId));
        if (sealed === undefined) continue;
        await tx.sql('update application set sealed_secret = $2 where client_id = $1', [clientId, sealed]);
        count += 1;
      }
      return count;
    });
  }

  /** For the provider, across organizations: an enabled application with its secret. */
  async findRegistered(clientId: string): Promise<RegisteredApplication | undefined> {
    const [rows] = await this.#database.provider.batch([findRegistered(clientId)]);
    const row = rows?.[0];
    if (row === undefined) return undefined;
    const sealed = row.sealed_secret as string | null;
    const clientSecret = sealed === null ? undefined : this.#keys.open(sealed, purpose(clientId));
    return { ...toApplication(row), clientSecret, epoch: Number(row.epoch) };
  }

  /** An organization was suspended or is active again, and its applications with it: every node hears of each. */
  async organizationChanged(orgId: string): Promise<void> {
    await this.#within('system', orgId, (tx) => tx.sql('select pg_notify($1, client_id) from application where org_id = $2', [APPLICATION_CHANNEL, orgId]));
  }

  /** For the provider: the API with this identifier. */
  async findApi(identifier: string): Promise<Application | undefined> {
    const [rows] = await this.#database.provider.batch([findApi(identifier)]);
    return rows?.[0] && toApplication(rows[0]);
  }

  #within<T>(actor: string, orgId: string | undefined, work: (tx: AdministrativeTransaction) => Promise<T>): Promise<T> {
    return orgId === undefined ? this.#database.withInstance(actor, work) : this.#database.withOrganization({ orgId, actor }, work);
  }

  async #one(actor: string, orgId: string | undefined, text: string, values: readonly unknown[], also?: Also): Promise<Application> {
    try {
      const application = await this.#within(actor, orgId, async (tx) => {
        const [row] = await tx.sql(text, values);
        if (row === undefined) throw new DomainError('not-found', 'applications.unknown', 'There is no such application here.');
        const written = toApplication(row);
        await also?.(tx, written);
        return written;
      });
      for (const listener of this.#listeners) listener(application.clientId);
      await this.#database.batch([{ name: 'applications.notify', text: 'select pg_notify($1, $2)', values: [APPLICATION_CHANNEL, application.clientId] }]);
      return application;
    } catch (error) {
      if (uniqueViolation(error) !== 'application_api') throw error;
      throw new DomainError('conflict', 'applications.api_identifier_taken', 'Another application is already the API with this identifier.', { cause: error });
    }
  }
}
