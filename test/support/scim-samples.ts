import type { ScimReply, ScimTenant } from './scim-server.ts';

export const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const MESSAGE = 'urn:ietf:params:scim:api:messages:2.0';

export const userBody = (userName: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({ schemas: [USER], userName, ...more });
export const groupBody = (displayName: string, members: readonly string[] = [], more: Record<string, unknown> = {}): Record<string, unknown> => ({
  schemas: [GROUP],
  displayName,
  ...(members.length > 0 ? { members: members.map((value) => ({ value })) } : {}),
  ...more,
});
export const patchBody = (...operations: readonly unknown[]): Record<string, unknown> => ({ schemas: [`${MESSAGE}:PatchOp`], Operations: operations });
export const bulkBody = (operations: readonly unknown[], more: Record<string, unknown> = {}): Record<string, unknown> => ({
  schemas: [`${MESSAGE}:BulkRequest`],
  Operations: operations,
  ...more,
});
export const searchBody = (more: Record<string, unknown>): Record<string, unknown> => ({ schemas: [`${MESSAGE}:SearchRequest`], ...more });

/** Creates a user and returns its id; fails loudly, so that what follows is about what it tests. */
export const newUser = (tenant: ScimTenant, userName: string, more: Record<string, unknown> = {}): Promise<string> =>
  tenant.call('POST', '/Users', userBody(userName, more)).then(idOf);

export const newGroup = (tenant: ScimTenant, displayName: string, members: readonly string[] = []): Promise<string> =>
  tenant.call('POST', '/Groups', groupBody(displayName, members)).then(idOf);

function idOf(reply: ScimReply): string {
  if (reply.status !== 201) throw new Error(`expected 201, got ${reply.status}: ${reply.text}`);
  return reply.body.id as string;
}

/** The members of a group as the hub tells them, in order. */
export async function membersOf(tenant: ScimTenant, groupId: string): Promise<string[]> {
  const { body } = await tenant.call('GET', `/Groups/${groupId}`);
  return ((body.members ?? []) as { value: string }[]).map(({ value }) => value).toSorted();
}
