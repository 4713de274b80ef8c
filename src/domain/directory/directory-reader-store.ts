import type { Database, Row, Statement } from '../../database/index.ts';
import { readCount } from './directory-count-store.ts';
import { findGroupsByDisplayName, findGroupsByExternalId, listGroups, readGroup, toDirectoryGroup } from './directory-group-store.ts';
import { readMembersOfGroups } from './directory-member-store.ts';
import { findUsersByExternalId, findUsersByUserName, listUsers, readUser, toDirectoryUser } from './directory-user-store.ts';
import type { DirectoryQuery, FoundPage, PageRequest, Position } from './directory-query.ts';
import type { DirectoryGroup, DirectoryUser, MemberKind, Page } from './directory-user.ts';
import { countMatches, findPage } from './query-page-store.ts';

/** Ids of a group's members, users and groups each as one text separated by commas. */
export interface MemberTexts {
  readonly users: string;
  readonly groups: string;
}

export interface GroupWithMembers {
  readonly group: DirectoryGroup;
  /** Absent when they were not asked for. */
  readonly members?: MemberTexts;
}

export interface Found<T> {
  readonly total: number;
  readonly resources: readonly T[];
}

const CURRENT_ORGANIZATION: Statement = { name: 'directory.organization', text: `select current_setting('app.org_id') as org_id`, values: [] };

const NONE: MemberTexts = { users: '', groups: '' };

/**
 * Reads the directory of one feed. Every method takes the statement that opens the batch (authenticates, sets
 * organization and connection) and asks in one round trip.
 */
export class DirectoryReader {
  readonly #database: Pick<Database, 'batch' | 'shared'>;

  constructor(database: Pick<Database, 'batch' | 'shared'>) {
    this.#database = database;
  }

  /** Nothing but the opening: for answers that need no row. */
  async authenticate(open: Statement): Promise<void> {
    await this.#database.batch([open]);
  }

  /** Whose feed the opening is of. */
  async organizationOf(open: Statement): Promise<string> {
    const [, rows] = await this.#database.batch([open, CURRENT_ORGANIZATION]);
    return String(rows?.[0]?.['org_id']);
  }

  async user(open: Statement, id: string): Promise<DirectoryUser | undefined> {
    const [, rows] = await this.#database.shared('read', [open, readUser(id)]);
    return rows?.[0] && toDirectoryUser(rows[0]);
  }

  async usersNamed(open: Statement, attribute: 'userName' | 'externalId', value: string): Promise<DirectoryUser[]> {
    const statement = attribute === 'userName' ? findUsersByUserName(value) : findUsersByExternalId(value);
    const [, rows = []] = await this.#database.shared('read', [open, statement]);
    return rows.map(toDirectoryUser);
  }

  async users(open: Statement, page: Page): Promise<Found<DirectoryUser>> {
    const [, count, rows = []] = await this.#database.batch([open, readCount('User'), listUsers(page)]);
    return { total: Number(count?.[0]?.['total'] ?? 0), resources: rows.map(toDirectoryUser) };
  }

  async findUsers(open: Statement, query: DirectoryQuery, page: PageRequest): Promise<FoundPage<DirectoryUser>> {
    const { rows, ...found } = await this.#find(open, query, 'User', page);
    return { ...found, resources: rows.map(toDirectoryUser) };
  }

  async findGroups(open: Statement, query: DirectoryQuery, page: PageRequest, withMembers: boolean): Promise<FoundPage<GroupWithMembers>> {
    const { rows, ...found } = await this.#find(open, query, 'Group', page);
    return { ...found, resources: await this.#withMembers(open, rows, withMembers) };
  }

  async #find(open: Statement, query: DirectoryQuery, kind: MemberKind, page: PageRequest): Promise<Omit<FoundPage<never>, 'resources'> & { rows: Row[] }> {
    const count = query.condition ? countMatches(query, kind) : readCount(kind);
    if (page.limit === 0) {
      const [opened, counted] = await this.#database.batch([open, count]);
      return { rows: [], total: totalOf(counted), feed: feedOf(opened), next: undefined };
    }
    if (page.kind === 'after') {
      const statements = [open, findPage(query, kind, page), ...(page.total === undefined ? [count] : [])];
      const [opened, rows = [], counted] = await this.#database.batch(statements);
      const shown = rows.slice(0, page.limit);
      return { rows: shown, total: page.total ?? totalOf(counted), feed: feedOf(opened), next: rows.length > page.limit ? positionOf(shown.at(-1)) : undefined };
    }
    const [opened, rows = [], counted] = await this.#database.batch([open, findPage(query, kind, page), ...(query.condition ? [] : [count])]);
    if (query.condition && rows.length === 0 && page.offset > 0) return this.#find(open, query, kind, { ...page, limit: 0 });
    return { rows, total: totalOf(query.condition ? rows : counted), feed: feedOf(opened), next: undefined };
  }

  async group(open: Statement, id: string, withMembers: boolean): Promise<GroupWithMembers | undefined> {
    const [, rows, members] = await this.#database.batch([open, readGroup(id), ...(withMembers ? [readMembersOfGroups([id])] : [])]);
    const row = rows?.[0];
    return row && { group: toDirectoryGroup(row), ...(withMembers ? { members: textsOf(members ?? [], id) } : {}) };
  }

  async groupsNamed(open: Statement, attribute: 'displayName' | 'externalId', value: string, withMembers: boolean): Promise<GroupWithMembers[]> {
    const statement = attribute === 'displayName' ? findGroupsByDisplayName(value) : findGroupsByExternalId(value);
    const [, rows = []] = await this.#database.shared('read', [open, statement]);
    return this.#withMembers(open, rows, withMembers);
  }

  async groups(open: Statement, page: Page, withMembers: boolean): Promise<Found<GroupWithMembers>> {
    const [, count, rows = []] = await this.#database.batch([open, readCount('Group'), listGroups(page)]);
    return { total: Number(count?.[0]?.['total'] ?? 0), resources: await this.#withMembers(open, rows, withMembers) };
  }

  /** Members of a page of groups: one more round trip, and only for who wants to see them. */
  async #withMembers(open: Statement, rows: readonly Row[], wanted: boolean): Promise<GroupWithMembers[]> {
    const groups = rows.map(toDirectoryGroup);
    if (!wanted || groups.length === 0) return groups.map((group) => ({ group }));
    const [, members = []] = await this.#database.batch([open, readMembersOfGroups(groups.map(({ id }) => id))]);
    return groups.map((group) => ({ group, members: textsOf(members, group.id) }));
  }
}

const totalOf = (rows: readonly Row[] | undefined): number => Number(rows?.[0]?.['total'] ?? 0);

/** The opening statement of a feed names the connection that it set. */
const feedOf = (rows: readonly Row[] | undefined): string => (rows?.[0]?.['connection_id'] ?? '') as string;

const positionOf = (row: Row | undefined): Position | undefined => row && { value: (row['sort_value'] ?? null) as string | null, id: row['id'] as string };

function textsOf(rows: readonly Row[], groupId: string): MemberTexts {
  const row = rows.find((one) => one['group_id'] === groupId);
  return row ? { users: row['users'] as string, groups: row['groups'] as string } : NONE;
}
