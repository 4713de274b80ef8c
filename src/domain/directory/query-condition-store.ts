import type { ComparedValue, Comparison, Condition, Operand, PathOperand, Sort, ValueType } from './directory-query.ts';
import type { ColumnSql, DirectoryTable } from './directory-table-store.ts';
import type { QueryBindings } from './query-bindings-store.ts';

/** Where operands are read: at the resource itself, below one element of a list, or at one row of edges. */
interface Scope {
  readonly table: DirectoryTable;
  readonly bindings: QueryBindings;
  /** The JSON value that paths begin at. */
  readonly document: string;
  readonly inEdge: boolean;
  /** Under a negation unknown is not good enough: every condition must be true or false. */
  readonly negated: boolean;
  /** Whether every match must satisfy what is compiled: then it may be where the search begins. */
  readonly required: boolean;
}

type SqlType = ColumnSql['type'] | 'numeric' | 'bigint';

/** The condition as SQL over `i`, and over `d.document`, the parsed resource, where paths need it. */
export const conditionSql = (condition: Condition, table: DirectoryTable, bindings: QueryBindings): string =>
  compile(condition, { table, bindings, document: 'd.document', inEdge: false, negated: false, required: true });

function compile(condition: Condition, scope: Scope): string {
  switch (condition.kind) {
    case 'all':
    case 'any': {
      const inner = condition.kind === 'all' ? scope : { ...scope, required: false };
      const parts = condition.of.map((one) => compile(one, inner));
      if (parts.length === 0) return condition.kind === 'all' ? 'true' : 'false';
      return `(${parts.join(condition.kind === 'all' ? ' and ' : ' or ')})`;
    }
    case 'not':
      return `not ${compile(condition.of, { ...scope, negated: true, required: false })}`;
    case 'present':
      return present(condition.operand, scope);
    case 'compare':
      return compare(condition.operand, condition.comparison, condition.value, scope);
    case 'element': {
      const { list } = condition;
      if (list.kind === 'edges') return among(scope, () => compile(condition.condition, { ...scope, inEdge: true }));
      return someValue(list.path, scope, (value) => `jsonb_typeof(${value}) = 'object' and ${compile(condition.condition, { ...scope, document: value })}`);
    }
  }
}

/** A path in the language of jsonpath, in its lax mode: a list on the way is unwrapped, what is missing is nothing. */
const jsonPath = (path: readonly string[]): string => path.reduce((text, name) => `${text}.${JSON.stringify(name)}[*]`, '$');

function someValue(path: readonly string[], scope: Scope, holds: (value: string) => string): string {
  if (scope.document === 'd.document') scope.bindings.documents += 1;
  const alias = scope.bindings.alias('v');
  const from = `jsonb_path_query(${scope.document}, ${scope.bindings.bind(jsonPath(path), 'jsonpath')}) as ${alias}(value)`;
  return `exists (select from ${from} where ${holds(`${alias}.value`)})`;
}

/** Not correlated, so that the other end of the edge may be where the search begins: as an array it is worked out first. */
function among({ table, required }: Scope, holds: () => string): string {
  const owners = `select ${table.edges.owner} from ${table.edges.from} where ${holds()}`;
  return required ? `i.id = any(array(${owners}))` : `i.id in (${owners})`;
}

function present(operand: Operand, scope: Scope): string {
  switch (operand.kind) {
    case 'path':
      return someValue(operand.path, scope, (value) => `directory_present(${value})`);
    case 'edge':
      if (!scope.inEdge) return among(scope, () => present(operand, { ...scope, inEdge: true }));
      return `${scope.table.edge(operand, scope.bindings).sql} is not null`;
    case 'column':
      return `${columnOf(operand.column, scope.table).sql} is not null`;
    case 'composed':
      return 'true';
  }
}

function compare(operand: Operand, comparison: Comparison, value: ComparedValue, scope: Scope): string {
  const isList = operand.kind === 'path' || (operand.kind === 'edge' && !scope.inEdge);
  if (comparison === 'differs' && isList) {
    const either = { ...scope, required: false };
    return `(not ${present(operand, either)} or ${compareSome(operand, value, either)})`;
  }
  switch (operand.kind) {
    case 'path':
      return someValue(operand.path, scope, (one) => compareValue(typedValue(one, operand), comparison, value, sqlTypeOf(operand.type), scope));
    case 'edge':
      if (!scope.inEdge) return among(scope, () => compare(operand, comparison, value, { ...scope, inEdge: true, negated: false }));
      return compareEdge(operand, comparison, value, scope);
    case 'column':
      return certain(compareColumn(columnOf(operand.column, scope.table), comparison, value, scope), scope);
    case 'composed':
      return compareValue(composed(operand, scope), comparison, value, 'text', scope);
  }
}

/** Whether some present value is another one. */
function compareSome(operand: Operand, value: ComparedValue, scope: Scope): string {
  if (operand.kind === 'path') {
    return someValue(operand.path, scope, (one) => `${typedValue(one, operand)} <> ${boundValue(value, sqlTypeOf(operand.type), scope.bindings)}`);
  }
  return among(scope, () => compare(operand, 'differs', value, { ...scope, inEdge: true, negated: false }));
}

const certain = (sql: string, { negated }: Scope): string => (negated ? `((${sql}) is true)` : sql);

export function columnOf(column: Extract<Operand, { kind: 'column' }>['column'], table: DirectoryTable): ColumnSql {
  const found = table.columns[column];
  if (!found) throw new TypeError(`${table.name} has no key column ${column}`);
  return found;
}

const composed = ({ prefix, column, suffix }: Extract<Operand, { kind: 'composed' }>, { bindings }: Scope): string =>
  `(${bindings.bind(prefix, 'text')} ${column === undefined ? '' : `|| i.${column}::text `}|| ${bindings.bind(suffix, 'text')})`;

const SQL_TYPES: Readonly<Record<ValueType, SqlType>> = { text: 'text', number: 'numeric', boolean: 'boolean', instant: 'bigint' };
const sqlTypeOf = (type: ValueType): SqlType => SQL_TYPES[type];

/** A JSON value as its attribute compares it, null when it is of another type or empty. Casts stand behind the test of the type. */
function typedValue(value: string, { type, folded }: Pick<PathOperand, 'type' | 'folded'>): string {
  const text = `${value} #>> '{}'`;
  switch (type) {
    case 'text':
      return `(case jsonb_typeof(${value}) when 'string' then nullif(${folded ? `directory_fold(${text})` : text}, '') end collate "C")`;
    case 'number':
      return `(case jsonb_typeof(${value}) when 'number' then ${value}::numeric end)`;
    case 'boolean':
      return `(case jsonb_typeof(${value}) when 'boolean' then ${value}::boolean end)`;
    case 'instant':
      return `(case jsonb_typeof(${value}) when 'string' then directory_instant(${text}) end)`;
  }
}

function compareEdge(operand: Extract<Operand, { kind: 'edge' }>, comparison: Comparison, value: ComparedValue, scope: Scope): string {
  const { sql, equals } = scope.table.edge(operand, scope.bindings);
  if (comparison === 'equals' && equals) return isId(value) ? equals(scope.bindings.bind(value, 'uuid')) : 'false';
  return compareValue(sql, comparison, value, 'text', scope);
}

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const isId = (value: ComparedValue): boolean => typeof value === 'string' && ID.test(value);

function compareColumn(column: ColumnSql, comparison: Comparison, value: ComparedValue, scope: Scope): string {
  const { sql, type } = column;
  if (type === 'uuid') {
    if (comparison === 'equals') return isId(value) ? `${sql} = ${scope.bindings.bind(value, 'uuid')}` : 'false';
    return compareValue(`${sql}::text`, comparison, value, 'text', { ...scope, negated: false });
  }
  if (column.indexed && comparison === 'begins' && typeof value === 'string' && value !== '') {
    const end = afterPrefix(value);
    const from = `${sql} >= ${scope.bindings.bind(value, 'text')}`;
    return end === undefined ? from : `(${from} and ${sql} < ${scope.bindings.bind(end, 'text')})`;
  }
  return compareValue(sql, comparison, value, type, { ...scope, negated: false });
}

const LAST = 0x10ffff;

/** The least text above all that begin with this one, in the order of code points; nothing when there is none. */
export function afterPrefix(prefix: string): string | undefined {
  const points = Array.from(prefix);
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    const code = last.codePointAt(0) ?? LAST;
    // the code points of surrogates are no characters
    if (code < LAST) return points.join('') + String.fromCodePoint(code === 0xd7ff ? 0xe000 : code + 1);
  }
  return undefined;
}

const SYMBOLS = { equals: '=', above: '>', atLeast: '>=', below: '<', atMost: '<=' } as const;

function compareValue(sql: string, comparison: Comparison, value: ComparedValue, type: SqlType, scope: Scope): string {
  const bound = boundValue(value, type, scope.bindings);
  const left = type === 'text' ? `${sql} collate "C"` : sql;
  switch (comparison) {
    case 'differs':
      return `${left} is distinct from ${bound}`;
    case 'contains':
      return certain(`strpos(${left}, ${bound}) > 0`, scope);
    case 'begins':
      return certain(`starts_with(${left}, ${bound})`, scope);
    case 'ends':
      return certain(`right(${left}, length(${bound})) = ${bound}`, scope);
    case 'equals':
    case 'above':
    case 'atLeast':
    case 'below':
    case 'atMost':
      return certain(`${left} ${SYMBOLS[comparison]} ${bound}`, scope);
  }
}

const EARLIEST = Date.parse('0001-01-02T00:00:00Z');
const LATEST = Date.parse('9999-12-31T00:00:00Z');

function boundValue(value: ComparedValue, type: SqlType, bindings: QueryBindings): string {
  // Key columns hold instants of our own making; beyond what the type can spell, the order stays the same.
  if (type === 'timestamptz') return bindings.bind(new Date(Math.min(LATEST, Math.max(EARLIEST, Number(value)))).toISOString(), type);
  if (type === 'numeric') return bindings.bind(String(value), type);
  return bindings.bind(value, type === 'uuid' ? 'text' : type);
}

/** The one value that a resource is sorted by, and its type; null where there is none. */
export function sortSql({ operand, preferred }: Sort, table: DirectoryTable, bindings: QueryBindings): { sql: string; type: SqlType; nullable: boolean } {
  switch (operand.kind) {
    case 'column': {
      const { sql, type, nullable } = columnOf(operand.column, table);
      return { sql, type, nullable };
    }
    case 'composed':
      return { sql: `${composed(operand, { table, bindings, document: '', inEdge: false, negated: false, required: false })} collate "C"`, type: 'text', nullable: false };
    case 'path': {
      bindings.documents += 1;
      const first = (path: string): string => `jsonb_path_query_first(d.document, ${bindings.bind(path, 'jsonpath')})`;
      const [last = '', ...above] = operand.path.toReversed();
      const marked = `${jsonPath(above.toReversed())} ? (@.${JSON.stringify(preferred)} == true).${JSON.stringify(last)}[*]`;
      const value = preferred === undefined ? first(jsonPath(operand.path)) : `coalesce(${first(marked)}, ${first(jsonPath(operand.path))})`;
      return { sql: typedValue(value, operand), type: sqlTypeOf(operand.type), nullable: true };
    }
  }
}
