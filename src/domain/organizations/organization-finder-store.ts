import type { Database, Row } from '../../database/index.ts';
import { isId } from './organization.ts';

/** What a sign-in must know of an organization. */
export interface FoundOrganization {
  readonly orgId: string;
  readonly slug: string;
  readonly name: string;
  readonly status: 'active' | 'suspended';
  /** Connections of other organizations, or `password`, whose proof counts here as well. */
  readonly acceptedConnections: readonly string[];
}

const COLUMNS = `o.id, o.slug, o.name, o.status, o.settings -> 'accepted_connections' as accepted`;

const toFound = (row: Row): FoundOrganization => ({
  orgId: row['id'] as string,
  slug: row['slug'] as string,
  name: row['name'] as string,
  status: row['status'] as FoundOrganization['status'],
  acceptedConnections: Array.isArray(row['accepted']) ? row['accepted'].filter((one) => typeof one === 'string') : [],
});

/** Finds organizations for people who sign in: one round trip, no lock. */
export class OrganizationFinder {
  readonly #database: Pick<Database, 'batch'>;

  constructor(database: Pick<Database, 'batch'>) {
    this.#database = database;
  }

  async find(slugOrId: string): Promise<FoundOrganization | undefined> {
    const by = isId(slugOrId) ? 'id' : 'slug';
    const text = `select ${COLUMNS} from organization o where o.${by} = $1`;
    const [rows] = await this.#database.batch([{ name: `organizations.find-by-${by}`, text, values: [slugOrId] }]);
    return rows?.[0] && toFound(rows[0]);
  }

  /** The organization that has proved to own a domain (as `readDomainName` has it), and the connection it signs its people in by. */
  async forDomain(domain: string): Promise<{ readonly organization: FoundOrganization; readonly connectionId: string } | undefined> {
    const text = `select ${COLUMNS}, d.connection_id from connection_for_domain($1) d join organization o on o.id = d.org_id`;
    const [rows] = await this.#database.batch([{ name: 'organizations.for-domain', text, values: [domain] }]);
    return rows?.[0] && { organization: toFound(rows[0]), connectionId: rows[0]['connection_id'] as string };
  }
}
