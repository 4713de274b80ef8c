import type { Row, Statement } from '../../database/index.ts';
import { foldKey } from '../../platform/fold.ts';
import { CONNECTION, ORG } from '../../database/context-sql.ts';
import { pageOfIds } from './page-of-ids-store.ts';
import { GROUP_UPDATED } from './directory-table-store.ts';
import type { DirectoryGroup, DirectoryGroupFields, Page } from './directory-user.ts';

const IN_FEED = `g.org_id = ${ORG} and g.connection_id = ${CONNECTION}`;

const READ = `select g.id, g.display_name, g.external_id, g.resource, g.version, g.created_at,
    ${GROUP_UPDATED('g')} as updated_at
  from directory_group g where ${IN_FEED}`;

/** @param mappingKeys what a rule may call the group */
export const insertGroup = (id: string, fields: DirectoryGroupFields, mappingKeys: readonly string[]): Statement => ({
  name: 'directory.group.insert',
  text: `insert into directory_group (org_id, connection_id, id, display_name, display_name_key, external_id, resource, mapping_keys)
         values (${ORG}, ${CONNECTION}, $1, $2, $3, $4, $5, $6) returning created_at`,
  values: [id, fields.displayName, foldKey(fields.displayName), fields.externalId, fields.resource, mappingKeys],
});

export const updateGroup = (id: string, fields: DirectoryGroupFields, mappingKeys: readonly string[]): Statement => ({
  name: 'directory.group.update',
  text: `update directory_group
            set display_name = $2, display_name_key = $3, external_id = $4, resource = $5, mapping_keys = $6,
                version = version + 1, updated_at = now()
          where org_id = ${ORG} and connection_id = ${CONNECTION} and id = $1
          returning version, updated_at`,
  values: [id, fields.displayName, foldKey(fields.displayName), fields.externalId, fields.resource, mappingKeys],
});

export const deleteGroup = (id: string): Statement => ({
  name: 'directory.group.delete',
  text: `delete from directory_group where org_id = ${ORG} and connection_id = ${CONNECTION} and id = $1`,
  values: [id],
});

export const readGroup = (id: string): Statement => ({ name: 'directory.group.read', text: `${READ} and g.id = $1`, values: [id] });

/**
 * The group while its members change: it may not go and its name may not change meanwhile, yet any number of writers
 * hold this at once.
 */
export const shareGroup = (id: string): Statement => ({
  name: 'directory.group.share',
  text: `${READ} and g.id = $1 for key share of g`,
  values: [id],
});

/** The group alone under lock: for a change of the group itself, or of all its members. */
export const lockGroup = (id: string): Statement => ({
  name: 'directory.group.lock',
  text: `${READ} and g.id = $1 for update of g`,
  values: [id],
});

export const findGroupsByDisplayName = (displayName: string): Statement => ({
  name: 'directory.group.by-display-name',
  text: `${READ} and g.display_name_key = $1`,
  values: [foldKey(displayName)],
});

export const findGroupsByExternalId = (externalId: string): Statement => ({
  name: 'directory.group.by-external-id',
  text: `${READ} and g.external_id = $1`,
  values: [externalId],
});

export const listGroups = (page: Page): Statement => ({
  name: 'directory.group.list',
  text: `${READ} and g.id = any(${pageOfIds('Group')}) order by g.id`,
  values: [page.limit, page.offset],
});

export const toDirectoryGroup = (row: Row): DirectoryGroup => ({
  id: row['id'] as string,
  displayName: row['display_name'] as string,
  externalId: row['external_id'] as string | null,
  resource: row['resource'] as string,
  version: Number(row['version']),
  createdAt: row['created_at'] as Date,
  updatedAt: row['updated_at'] as Date,
});
