import { uuidv7 } from '#hub/platform/uuid.js';
import type { Database } from '#hub/database/index.js';

export interface PushedPerson {
  readonly accountId: string;
  readonly userId: string;
}

/** A person as a feed would have pushed one, with the groups of the same connection that are named; made when new. */
export async function pushPerson(database: Database, orgId: string, connectionId: string, userName: string, groups: readonly string[] = []): Promise<PushedPerson> {
  const [accountId, userId] = [uuidv7(), uuidv7()];
  await database.withOrganization({ orgId, actor: 'test' }, async (tx) => {
    await tx.sql('insert into account (id, home_org_id) values ($1, $2)', [accountId, orgId]);
    await tx.sql('insert into membership (org_id, account_id, user_name, user_name_key, display_name) values ($1, $2, $3, lower($3), $3)', [orgId, accountId, userName]);
    await tx.sql(`insert into directory_user (org_id, connection_id, id, account_id, user_name_key, active, resource) values ($1, $2, $3, $4, lower($5), true, '{}')`, [
      orgId,
      connectionId,
      userId,
      accountId,
      userName,
    ]);
    for (const name of groups) {
      await tx.sql(
        `insert into directory_group (org_id, connection_id, id, display_name, display_name_key, resource) values ($1, $2, $3, $4, lower($4), '{}') on conflict do nothing`,
        [orgId, connectionId, uuidv7(), name],
      );
      await tx.sql(
        `insert into directory_member (org_id, connection_id, group_id, member_id, user_ref)
         select $1, $2, g.id, $3, $3 from directory_group g where g.org_id = $1 and g.connection_id = $2 and g.display_name = $4`,
        [orgId, connectionId, userId, name],
      );
    }
  });
  return { accountId, userId };
}
