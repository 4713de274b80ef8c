import { uuidv7 } from '#hub/platform/uuid.js';
import type { Database } from '#hub/database/index.js';
import type { MemberFacts, ProviderDirectory } from '#hub/endpoints/openid-provider/index.js';
import type { OrganizationFacts } from '#hub/domain/sessions/index.js';

/** Rows as the rest of the hub would write them, and the directory that the provider reads them through. */
export class People {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async organization(slug: string, settings: Record<string, unknown> = {}): Promise<string> {
    const id = uuidv7();
    await this.#database.withInstance('test', (tx) =>
      tx.sql('insert into organization (id, slug, name, settings) values ($1, $2, $3, $4)', [id, slug, slug.toUpperCase(), JSON.stringify(settings)]),
    );
    return id;
  }

  async account(orgId: string): Promise<string> {
    const id = uuidv7();
    await this.#database.withInstance('test', (tx) => tx.sql('insert into account (id, home_org_id) values ($1, $2)', [id, orgId]));
    return id;
  }

  async member(orgId: string, accountId: string, userName: string, roles: readonly string[] = []): Promise<void> {
    await this.#database.withOrganization({ orgId, actor: 'test' }, async (tx) => {
      await tx.sql(
        `insert into membership (org_id, account_id, user_name, user_name_key, display_name, email, email_verified, profile)
         values ($1, $2, $3, lower($3), $4, $3, true, '{"given_name": "Ada", "locale": 7}')`,
        [orgId, accountId, userName, `Person ${userName}`],
      );
      for (const role of roles) await tx.sql(`insert into role_grant (org_id, account_id, role, cause, granted_by) values ($1, $2, $3, 'manual', 'test')`, [orgId, accountId, role]);
    });
  }

  async setRoles(orgId: string, accountId: string, roles: readonly string[]): Promise<void> {
    await this.#database.withOrganization({ orgId, actor: 'test' }, async (tx) => {
      await tx.sql('delete from role_grant where org_id = $1 and account_id = $2', [orgId, accountId]);
      for (const role of roles) await tx.sql(`insert into role_grant (org_id, account_id, role, cause, granted_by) values ($1, $2, $3, 'manual', 'test')`, [orgId, accountId, role]);
      await tx.sql('update membership set epoch = epoch + 1 where org_id = $1 and account_id = $2', [orgId, accountId]);
    });
  }

  async setStatus(orgId: string, accountId: string, status: 'active' | 'suspended'): Promise<void> {
    await this.#database.withOrganization({ orgId, actor: 'test' }, (tx) => tx.sql('update membership set status = $3 where org_id = $1 and account_id = $2', [orgId, accountId, status]));
  }

  async disable(accountId: string): Promise<void> {
    await this.#database.withInstance('test', (tx) => tx.sql(`update account set status = 'disabled' where id = $1`, [accountId]));
  }

  /** A row for a connection, so that proofs may name it; the domain counts as proved. */
  async connection(orgId: string, name: string, domain?: string): Promise<string> {
    const id = uuidv7();
    await this.#database.withOrganization({ orgId, actor: 'test' }, async (tx) => {
      await tx.sql(`insert into connection (org_id, id, name, protocol) values ($1, $2, $3, 'oidc')`, [orgId, id, name]);
      if (domain !== undefined)
        await tx.sql('insert into organization_domain (org_id, domain, connection_id, verified_at) values ($1, $2, $3, now())', [orgId, domain, id]);
    });
    return id;
  }

  directory(): ProviderDirectory {
    const database = this.#database;
    return {
      async findMember(orgId, accountId) {
        const [row] = await database.withOrganization({ orgId, actor: 'test' }, (tx) =>
          tx.sql(
            `select m.*, o.slug, o.status as organization_status, a.status as account_status,
                    array(select role::text from role_grant r where r.org_id = m.org_id and r.account_id = m.account_id order by 1) as roles
               from membership m join organization o on o.id = m.org_id join account a on a.id = m.account_id where m.org_id = $1 and m.account_id = $2`,
            [orgId, accountId],
          ),
        );
        return row && toMember(row);
      },
      async organizationsOfAccount(accountId) {
        const rows = await database.withInstance('test', (tx) => tx.sql('select * from organizations_of_account($1) order by slug', [accountId]));
        return rows.map((row) => ({ orgId: String(row['org_id']), slug: String(row['slug']), name: String(row['name']), status: String(row['status']) }));
      },
      async findOrganization(slugOrId) {
        const [row] = await database.withInstance('test', (tx) => tx.sql('select * from organization where id::text = $1 or slug = $1', [slugOrId]));
        return row && toOrganization(row);
      },
      async organizationForDomain(domain) {
        const [row] = await database.withInstance('test', (tx) => tx.sql('select o.* from connection_for_domain($1) d join organization o on o.id = d.org_id', [domain]));
        return row && toOrganization(row);
      },
    };
  }
}

const toMember = (row: Record<string, unknown>): MemberFacts => ({
  orgId: String(row['org_id']),
  accountId: String(row['account_id']),
  orgSlug: String(row['slug']),
  accountStatus: row['account_status'] as 'active',
  membershipStatus: row['status'] as 'active',
  organizationStatus: row['organization_status'] as 'active',
  userName: row['user_name'] as string,
  displayName: row['display_name'] as string,
  email: row['email'] as string,
  emailVerified: row['email_verified'] === true,
  profile: row['profile'] as Record<string, unknown>,
  roles: row['roles'] as string[],
  groups: [],
  epoch: Number(row['epoch']),
});

const toOrganization = (row: Record<string, unknown>): OrganizationFacts => ({
  orgId: String(row['id']),
  slug: String(row['slug']),
  name: String(row['name']),
  status: row['status'] as 'active',
  acceptedConnections: ((row['settings'] as Record<string, unknown>)['accepted_connections'] as string[] | undefined) ?? [],
});
