import { insertRoles, STANDARD_ROLES } from '../../domain/access/index.ts';
import type { Organization } from '../../domain/organizations/index.ts';
import { uuidv7 } from '../../platform/uuid.ts';
import type { AdminDependencies } from './admin-dependencies.ts';

type Stores = Pick<AdminDependencies, 'changes' | 'organizations' | 'connections'>;

export interface Founding {
  readonly slug: string;
  readonly name: string;
  readonly description?: string;
  readonly isDefault?: boolean;
  readonly actor: string;
  readonly requestId?: string;
}

/** A new organization with what every one has from the start: the connection `default` and the standard roles. */
export function foundOrganization({ changes, organizations, connections }: Stores, founding: Founding): Promise<Organization> {
  const { actor, requestId, ...wanted } = founding;
  const id = uuidv7();
  return changes.inOrganization({ orgId: id, actor }, async (tx) => {
    const organization = await organizations.insert(tx, { id, ...wanted });
    const connection = await connections.insert(tx, id, uuidv7(), { name: 'default', protocol: 'scim-only' });
    await insertRoles(tx, STANDARD_ROLES);
    const request = requestId === undefined ? {} : { requestId };
    return {
      result: organization,
      events: [
        { action: 'organization.created', targetType: 'organization', targetId: id, details: { slug: organization.slug, name: organization.name }, ...request },
        { action: 'connection.created', targetType: 'connection', targetId: connection.id, details: { name: 'default', protocol: 'scim-only' }, ...request },
      ],
    };
  });
}
