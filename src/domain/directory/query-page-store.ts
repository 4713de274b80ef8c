import type { Statement } from '../../database/index.ts';
import type { DirectoryQuery, PageRequest, Position } from './directory-query.ts';
import { READ_USERS } from './directory-row-store.ts';
import { GROUP_TABLE, GROUP_UPDATED, type DirectoryTable, USER_TABLE, inFeed } from './directory-table-store.ts';
import type { MemberKind } from './directory-user.ts';
import { QueryBindings, ShapeNames } from './query-bindings-store.ts';
import { conditionSql, sortSql } from './query-condition-store.ts';
import { type Search, narrow } from './query-narrowing.ts';
import { type Sieve, sieveOf } from './query-sieve.ts';

const TABLES: Readonly<Record<MemberKind, DirectoryTable>> = { User: USER_TABLE, Group: GROUP_TABLE };
const READ: Readonly<Record<MemberKind, string>> = {
  User: `${READ_USERS} and u.id = p.id`,
  Group: `select g.id, g.display_name, g.external_id, g.resource, g.version, g.created_at, ${GROUP_UPDATED('g')} as updated_at
            from directory_group g where ${inFeed('g')} and g.id = p.id`,
};

const shapes = new ShapeNames();

/** As SQL over the stored text; the collation's own lower case changes A to Z alone. */
function sieveSql(sieve: Sieve, bindings: QueryBindings): string {
  if (sieve.kind !== 'text') return `(${sieve.of.map((one) => sieveSql(one, bindings)).join(sieve.kind === 'all' ? ' and ' : ' or ')})`;
  const text = 'i.resource collate "C"';
  return `strpos(${sieve.lowered ? `lower(${text})` : text}, ${bindings.bind(sieve.text, 'text')}) > 0`;
}

/** More matches by text than this, and looking at every resource of the feed is cheaper. */
const MOST_CANDIDATES = 2_000;
/** Of those who have a value, nearly all match: they would have to be counted anyway. */
const MOST_WITH_VALUE = 20_000;

const searchSql = (search: Search, bindings: QueryBindings): string =>
  search.kind === 'value'
    ? `directory_users_with_value(${bindings.bind(search.key, 'int4')}, ${MOST_WITH_VALUE})`
    : `directory_users_containing(${bindings.bind(search.text, 'text')}, ${bindings.bind(search.piece, 'text')}, ${MOST_CANDIDATES})`;

interface Order {
  readonly sql: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly descending: boolean;
}

interface Parts {
  /** What must stand before the select. */
  readonly leading: string;
  /** Rows of id and sort_value of everything that matches. */
  readonly hits: string;
  readonly order: Order | undefined;
}

/**
 * What matches, as a subquery. Where searches narrow the question, a search function names the candidates and the
 * condition is tried on them alone; if they are too many, the other branch looks at everything. Which branch runs is
 * known before either starts. `offset 0` is a fence: who is found by an index is put in order afterwards, and never looked
 * for along the order.
 */
function hitsOf({ condition, sort }: DirectoryQuery, kind: MemberKind, bindings: QueryBindings, after: Position | undefined): Parts {
  const table = TABLES[kind];
  const holds = condition ? ` and ${conditionSql(condition, table, bindings)}` : '';
  // what is not parsed needs no sieve
  const sieve = condition && bindings.documents > 0 ? sieveOf(condition) : undefined;
  const where = `${sieve ? ` and ${sieveSql(sieve, bindings)}` : ''}${holds}`;
  const key = sort && sortSql(sort, table, bindings);
  const order = key && { ...key, descending: sort.descending };
  const beyond = after ? ` and ${afterPosition(after, order, bindings)}` : '';
  const document = bindings.documents > 0 ? ' cross join lateral (select i.resource::jsonb as document offset 0) d' : '';
  const choose = (more: string): string =>
    `select i.id${order ? `, ${order.sql} as sort_value` : ''} from ${table.name} i${document} where ${inFeed('i')}${more}${where}${beyond}`;
  const narrowing = condition ? narrow(condition, kind) : undefined;
  if (narrowing?.kind !== 'searches') return { leading: '', hits: narrowing?.kind === 'index' ? `${choose('')} offset 0` : choose(''), order };
  const sets = narrowing.searches.map((search, n) => `${searchSql(search, bindings)} as s${n}`);
  const each = (what: string): string[] => sets.map((_, n) => `s${n}${what}`);
  // each function is called once: without the fence it would be called wherever its answer is used
  const asked = `(select ${sets.join(', ')} offset 0) s`;
  return {
    leading: `with candidates as materialized (select ${each('').join(' || ')} as ids, ${each(' is null').join(' or ')} as too_many from ${asked}) `,
    hits: `(${choose(' and i.id = any((select ids from candidates)::uuid[])')} offset 0) union all (${choose(' and (select too_many from candidates)')} offset 0)`,
    order,
  };
}

/**
 * What follows a position in the order of a walk: by value where there is one, then by id. Written so that the first
 * comparison is a range of one column, which an index answers.
 */
function afterPosition({ value, id }: Position, order: Order | undefined, bindings: QueryBindings): string {
  const beyondId = `i.id > ${bindings.bind(id, 'uuid')}`;
  if (!order) return beyondId;
  const { sql, type, nullable, descending } = order;
  const typed = type === 'text' ? `${sql} collate "C"` : sql;
  if (value === null) return descending ? `(${sql} is not null or ${beyondId})` : `(${sql} is null and ${beyondId})`;
  const bound = bindings.bind(value, type);
  const [reached, passed] = descending ? ['<=', '<'] : ['>=', '>'];
  const range = `${typed} ${reached} ${bound} and (${typed} ${passed} ${bound} or ${beyondId})`;
  return nullable && !descending ? `(${range} or ${sql} is null)` : `(${range})`;
}

/** How many resources match. */
export function countMatches(query: DirectoryQuery, kind: MemberKind): Statement {
  const bindings = new QueryBindings();
  const { leading, hits } = hitsOf({ ...(query.condition && { condition: query.condition }) }, kind, bindings, undefined);
  return shapes.statement(`${leading}select count(*)::int8 as total from (${hits}) h`, bindings.values);
}

/**
 * One page, in order: the resource's row, with `sort_value`, and `total` where the page is by number and there is a
 * condition. A page by position is asked one row longer than it is, which tells whether another follows.
 */
export function findPage(query: DirectoryQuery, kind: MemberKind, page: PageRequest): Statement {
  const bindings = new QueryBindings();
  const { leading, hits, order } = hitsOf(query, kind, bindings, page.kind === 'after' ? page.position : undefined);
  const counted = page.kind === 'offset' && query.condition !== undefined;
  const by = (alias: string): string => (order ? `${alias}.sort_value${order.descending ? ' desc' : ''}, ${alias}.id` : `${alias}.id`);
  const limit = bindings.bind(page.kind === 'after' ? page.limit + 1 : page.limit, 'int8');
  const offset = page.kind === 'offset' ? ` offset ${bindings.bind(page.offset, 'int8')}` : '';
  const text = `${leading}select r.*${order ? ', p.sort_value::text as sort_value' : ''}${counted ? ', p.total' : ''}
    from (select h.*${counted ? ', count(*) over () as total' : ''} from (${hits}) h order by ${by('h')} limit ${limit}${offset}) p
    cross join lateral (${READ[kind]} offset 0) r order by ${by('p')}`;
  return shapes.statement(text, bindings.values);
}
