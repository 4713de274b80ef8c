import { CONNECTION, ORG } from '../../database/context-sql.ts';

/** How users are read, wherever they are: the row, and its groups from rows of their own. */

/** Groups of this connection as JSON: direct ones and those that stand above them; null where there are none. */
export const USER_GROUPS = 'groups_of_user(u.org_id, u.connection_id, u.id)';

export const USER_FIELDS = 'u.id, u.account_id, u.active, u.resource, u.version, u.created_at, u.updated_at, u.connection_id';
export const USERS_IN_FEED = `u.org_id = ${ORG} and u.connection_id = ${CONNECTION}`;
export const READ_USERS = `select ${USER_FIELDS}, ${USER_GROUPS} as groups from directory_user u where ${USERS_IN_FEED}`;
