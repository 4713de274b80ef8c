import { parseGroupRoleMap, rulesFrom, type GroupRoleRule } from '../../domain/access/index.ts';
import { DomainError } from '../../platform/errors.ts';

/** A map as it is sent: as text in the grammar of `OIDC_GROUP_ROLE_MAP`, or line by line. */
export interface SentMapping {
  readonly map?: string;
  readonly mappings?: readonly { readonly group: string; readonly roles: readonly string[]; readonly connection?: string | null }[];
}

/** Lines of one connection as the JSON form of the grammar, so that one parser judges every form. */
function jsonForm(lines: NonNullable<SentMapping['mappings']>): string {
  const roles = new Map<string, string[]>();
  for (const line of lines) roles.set(line.group, [...(roles.get(line.group) ?? []), ...line.roles]);
  return JSON.stringify(Object.fromEntries(roles));
}

/**
 * The rules that a sent map makes.
 * @param connectionId finds a connection by id or name, or throws
 */
export async function rulesOf(sent: SentMapping, connectionId: (reference: string) => Promise<string>): Promise<GroupRoleRule[]> {
  if ((sent.map === undefined) === (sent.mappings === undefined))
    throw new DomainError('invalid', 'admin.mapping_form', 'Send either map, a text, or mappings, a list.');
  if (sent.map !== undefined) return [...rulesFrom(parseGroupRoleMap(sent.map), 'organization')];
  const byConnection = new Map<string | null, NonNullable<SentMapping['mappings']>[number][]>();
  for (const line of sent.mappings ?? []) {
    const connection = line.connection === undefined || line.connection === null ? null : await connectionId(line.connection);
    byConnection.set(connection, [...(byConnection.get(connection) ?? []), line]);
  }
  return [...byConnection].flatMap(([connection, lines]) =>
    rulesFrom(parseGroupRoleMap(jsonForm(lines)), connection === null ? 'organization' : 'connection', connection),
  );
}
