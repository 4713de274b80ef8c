import { type AdministrativeTransaction, type Database, type Row, organizationContext } from '../../database/index.ts';
import type { OrganizationSchema, SchemaUse } from './organization-schema.ts';

/** Told of every change, with the organization's id; hubs read anew which organizations have schemas. */
export const ORGANIZATION_SCHEMA_CHANNEL = 'gatehouse_organization_schema';

const COLUMNS = 'id, resource_type, definition, created_at, updated_at';
const ACTOR = 'system';

const toSchema = (row: Row): OrganizationSchema => ({
  id: row['id'] as string,
  resourceType: row['resource_type'] as OrganizationSchema['resourceType'],
  definition: row['definition'] as OrganizationSchema['definition'],
  createdAt: row['created_at'] as Date,
  updatedAt: row['updated_at'] as Date,
});

/** The URN is part of what names an attribute, and such names compare without regard to case (RFC 7643 §2.1, RFC 7644 §3.10). */
const keyOf = (id: string): string => id.toLowerCase();

const notify = (tx: AdministrativeTransaction, orgId: string): Promise<Row[]> => tx.sql('select pg_notify($1, $2)', [ORGANIZATION_SCHEMA_CHANNEL, orgId]);

/** The SCIM extensions that organizations declare for themselves. */
export class OrganizationSchemaStore {
  readonly #database: Pick<Database, 'batch'>;

  constructor(database: Pick<Database, 'batch'>) {
    this.#database = database;
  }

  /** Which organizations have schemas, each with a text that is another one after every change. Across organizations. */
  async generations(): Promise<Map<string, string>> {
    const [rows = []] = await this.#database.batch([{ name: 'directory.schema.generations', text: 'select org_id, generation from organizations_with_schemas()', values: [] }]);
    return new Map(rows.map((row) => [row['org_id'] as string, row['generation'] as string]));
  }

  /** By URN. */
  async list(orgId: string): Promise<OrganizationSchema[]> {
    const read = { name: 'directory.schema.list', text: `select ${COLUMNS} from organization_schema where org_id = $1 order by id_key`, values: [orgId] };
    const [, rows = []] = await this.#database.batch([organizationContext({ orgId, actor: ACTOR }), read]);
    return rows.map(toSchema);
  }

  async find(orgId: string, id: string): Promise<OrganizationSchema | undefined> {
    return (await this.list(orgId)).find((one) => keyOf(one.id) === keyOf(id));
  }

  /** All schemas of the organization, for a change that no other may cross: what is allowed depends on all of them. */
  async lock(tx: AdministrativeTransaction, orgId: string): Promise<OrganizationSchema[]> {
    await tx.sql(`select pg_advisory_xact_lock(hashtextextended('organization_schema:' || $1, 0))`, [orgId]);
    return (await tx.sql(`select ${COLUMNS} from organization_schema where org_id = $1 order by id_key`, [orgId])).map(toSchema);
  }

  /** Declares a schema or puts it in the place of the former one. @returns `changed` is false when it was declared so before */
  async put(tx: AdministrativeTransaction, orgId: string, { id, resourceType, definition }: Pick<OrganizationSchema, 'id' | 'resourceType' | 'definition'>): Promise<{ readonly schema: OrganizationSchema; readonly changed: boolean }> {
    const values = [orgId, keyOf(id), id, resourceType, JSON.stringify(definition)];
    const [written] = await tx.sql(
      `insert into organization_schema (org_id, id_key, id, resource_type, definition) values ($1, $2, $3, $4, $5::jsonb)
       on conflict (org_id, id_key) do update
         set id = excluded.id, resource_type = excluded.resource_type, definition = excluded.definition, revision = gen_random_uuid(), updated_at = now()
       where (organization_schema.id, organization_schema.resource_type, organization_schema.definition) is distinct from (excluded.id, excluded.resource_type, excluded.definition)
       returning ${COLUMNS}`,
      values,
    );
    if (written) {
      await notify(tx, orgId);
      return { schema: toSchema(written), changed: true };
    }
    const [standing = {}] = await tx.sql(`select ${COLUMNS} from organization_schema where org_id = $1 and id_key = $2`, values.slice(0, 2));
    return { schema: toSchema(standing), changed: false };
  }

  async remove(tx: AdministrativeTransaction, orgId: string, id: string): Promise<void> {
    await tx.sql('delete from organization_schema where org_id = $1 and id_key = $2', [orgId, keyOf(id)]);
    await notify(tx, orgId);
  }

  /**
   * How the organization's resources stand to a schema, in whichever connection. Inside a JSON text a quotation mark of a value is
   * escaped, so the quoted URN before a colon is a key and nothing else; no resource need be parsed.
   */
  async use(tx: AdministrativeTransaction, orgId: string, { id, resourceType }: Pick<OrganizationSchema, 'id' | 'resourceType'>): Promise<SchemaUse> {
    const table = resourceType === 'User' ? 'directory_user' : 'directory_group';
    const [row] = await tx.sql(
      `select exists (select from ${table} where org_id = $1 and strpos(resource, $2) > 0) as held,
              exists (select from ${table} where org_id = $1 and strpos(resource, $2) = 0) as missing`,
      [orgId, `${JSON.stringify(id)}:`],
    );
    return { held: row?.['held'] === true, missing: row?.['missing'] === true };
  }
}
