import type { Statement } from '#hub/database/index.js';
import { DirectoryReader } from '#hub/domain/directory/index.js';
import { groupFields } from '#hub/endpoints/scim/group-resource.js';
import type { JsonObject } from '#hub/endpoints/scim/resource-json.js';
import { userFields } from '#hub/endpoints/scim/user-resource.js';
import { systemClock } from '#hub/platform/clock.js';
import { uuidv7 } from '#hub/platform/uuid.js';
import { type ProvisioningOptions, createGroup, createUser } from '#hub/provisioning/index.js';
import { freshDatabase, type FreshDatabase } from './database.ts';

/** One connection's directory on a database of its own, written as a feed writes it. */
export class DirectoryFeed {
  readonly fresh: FreshDatabase;
  readonly orgId: string;
  readonly connectionId: string;
  readonly reader: DirectoryReader;
  readonly provisioning: ProvisioningOptions;
  /** Sets what the token of a connection would set. */
  readonly open: Statement;

  private constructor(fresh: FreshDatabase, orgId: string, connectionId: string) {
    this.fresh = fresh;
    this.orgId = orgId;
    this.connectionId = connectionId;
    this.reader = new DirectoryReader(fresh.database);
    this.provisioning = { database: fresh.database, clock: systemClock, roles: { rules: [], defaults: [] } };
    this.open = {
      name: 'test.open-feed',
      text: `select set_config('app.org_id', $1, true), set_config('app.connection_id', $2, true) as connection_id, set_config('app.actor', 'test', true)`,
      values: [orgId, connectionId],
    };
  }

  static async start(given?: FreshDatabase): Promise<DirectoryFeed> {
    const fresh = given ?? (await freshDatabase());
    const [orgId, connectionId] = [uuidv7(), uuidv7()];
    await fresh.database.withInstance('test', (tx) => tx.sql('insert into organization (id, slug, name) values ($1, $2, $2)', [orgId, `o${orgId.slice(-12)}`]));
    await fresh.database.withOrganization({ orgId, actor: 'test' }, (tx) =>
      tx.sql(`insert into connection (org_id, id, name, protocol) values ($1, $2, 'default', 'scim-only')`, [orgId, connectionId]),
    );
    return new DirectoryFeed(fresh, orgId, connectionId);
  }

  async user(resource: JsonObject): Promise<string> {
    const user = await createUser(this.provisioning, { open: this.open, requestId: 'test' }, (id) => userFields(id, resource));
    return user.id;
  }

  async group(displayName: string, members: readonly string[] = [], more: JsonObject = {}): Promise<string> {
    const group = await createGroup(this.provisioning, { open: this.open, requestId: 'test' }, (id) => groupFields(id, { displayName, ...more }), members);
    return group.id;
  }
}
