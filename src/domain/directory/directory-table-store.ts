import { CONNECTION, ORG } from '../../database/context-sql.ts';
import type { EdgePart, KeyColumn } from './directory-query.ts';
import type { MemberKind } from './directory-user.ts';
import type { QueryBindings } from './query-bindings-store.ts';

/** One key column as a query compares it. Only equality and ranges of indexed ones can use an index under row-level security. */
export interface ColumnSql {
  readonly sql: string;
  readonly type: 'text' | 'uuid' | 'boolean' | 'timestamptz';
  readonly nullable: boolean;
  readonly indexed: boolean;
  /** Among the names that the search index knows. */
  readonly searchable: boolean;
}

/** The part of an edge as an expression, and equality in a form that an index answers where there is one. */
export interface EdgeSql {
  readonly sql: string;
  readonly equals?: (value: string) => string;
}

/** What a query needs to know of users, or of groups. Its rows are called `i` while they are chosen and `r` when they are read. */
export interface DirectoryTable {
  readonly kind: MemberKind;
  readonly name: 'directory_user' | 'directory_group';
  readonly columns: Readonly<Partial<Record<KeyColumn, ColumnSql>>>;
  /** `select owner from` these `where …`: the ids of resources that have such an edge. */
  readonly edges: { readonly owner: string; readonly from: string };
  readonly edge: (part: EdgePart, bindings: QueryBindings) => EdgeSql;
}

export const inFeed = (alias: string): string => `${alias}.org_id = ${ORG} and ${alias}.connection_id = ${CONNECTION}`;

const text = (sql: string, more: Partial<ColumnSql> = {}): ColumnSql => ({ sql, type: 'text', nullable: true, indexed: false, searchable: false, ...more });
/** Readers see milliseconds, so they are what is compared. */
const instant = (sql: string): ColumnSql => ({ sql: `date_trunc('milliseconds', ${sql})`, type: 'timestamptz', nullable: false, indexed: false, searchable: false });
const ID: ColumnSql = { sql: 'i.id', type: 'uuid', nullable: false, indexed: true, searchable: false };
const EXTERNAL_ID = text('i.external_id', { indexed: true });

const USER_EDGES = `(
    select m.user_ref as owner, m.group_id, 'direct' as how from directory_member m
     where ${inFeed('m')} and m.valid_to is null and m.user_ref is not null
    union all
    select m.user_ref, c.ancestor_id, 'indirect' from directory_group_closure c
      join directory_member m on ${inFeed('m')} and m.group_id = c.descendant_id and m.valid_to is null and m.user_ref is not null
     where ${inFeed('c')} and not exists (
       select from directory_member d
        where ${inFeed('d')} and d.group_id = c.ancestor_id and d.member_id = m.user_ref and d.valid_to is null)
  ) x join directory_group g on ${inFeed('g')} and g.id = x.group_id`;

export const USER_TABLE: DirectoryTable = {
  kind: 'User',
  name: 'directory_user',
  columns: {
    id: ID,
    externalId: EXTERNAL_ID,
    userName: text('i.user_name_key', { nullable: false, indexed: true, searchable: true }),
    givenName: text('i.given_name_key', { searchable: true }),
    familyName: text('i.family_name_key', { searchable: true }),
    active: { sql: 'i.active', type: 'boolean', nullable: false, indexed: false, searchable: false },
    createdAt: instant('i.created_at'),
    updatedAt: instant('i.updated_at'),
  },
  edges: { owner: 'x.owner', from: USER_EDGES },
  edge: (part, bindings) => {
    switch (part.part) {
      case 'id':
        return { sql: 'x.group_id::text', equals: (value) => `x.group_id = ${value}` };
      case 'name':
        return { sql: 'g.display_name_key' };
      case 'kind':
        return { sql: 'x.how' };
      case 'reference':
        return { sql: `(${bindings.bind(part.groups, 'text')} || x.group_id::text)` };
      case 'nothing':
        return { sql: 'null::text' };
    }
  },
};

/** The later of the group's and its members' last change, from the end of one index. */
export const GROUP_UPDATED = (alias: string): string => `greatest(${alias}.updated_at, (
    select m.changed_at from directory_member m
     where m.org_id = ${alias}.org_id and m.connection_id = ${alias}.connection_id and m.group_id = ${alias}.id
     order by m.changed_at desc limit 1))`;

/** Users and groups apart, since each kind is found by an index of its own. */
const GROUP_EDGES = `(
    select m.group_id, m.user_ref as member_id, 'user' as kind from directory_member m where ${inFeed('m')} and m.user_ref is not null
    union all
    select m.group_id, m.group_ref, 'group' from directory_member m where ${inFeed('m')} and m.group_ref is not null
  ) x`;

export const GROUP_TABLE: DirectoryTable = {
  kind: 'Group',
  name: 'directory_group',
  columns: {
    id: ID,
    externalId: EXTERNAL_ID,
    displayName: text('i.display_name_key', { nullable: false, indexed: true }),
    createdAt: instant('i.created_at'),
    updatedAt: instant(GROUP_UPDATED('i')),
  },
  edges: { owner: 'x.group_id', from: GROUP_EDGES },
  edge: (part, bindings) => {
    switch (part.part) {
      case 'id':
        return { sql: 'x.member_id::text', equals: (value) => `x.member_id = ${value}` };
      case 'kind':
        return { sql: 'x.kind' };
      case 'reference':
        return { sql: `(case x.kind when 'group' then ${bindings.bind(part.groups, 'text')} else ${bindings.bind(part.users, 'text')} end || x.member_id::text)` };
      case 'name':
      case 'nothing':
        return { sql: 'null::text' };
    }
  },
};
