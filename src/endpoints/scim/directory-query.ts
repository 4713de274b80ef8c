import type { Comparison, Condition, DirectoryQuery, KeyColumn, Operand, Sort, ValueType } from '../../domain/directory/index.ts';
import type { AttributeDefinition } from './attribute-definition.ts';
import type { Operator } from './filter.ts';
import type { ResolvedFilter } from './filter-check.ts';
import { isKeyed } from './keyed-values.ts';
import type { ListQuery } from './list-query.ts';
import type { ResourceType } from './resource-type.ts';
import { invalidValue } from './scim-error.ts';

/** SCIM filter and order → the directory's neutral question: the only file that speaks both languages. */

const COMPARISONS: Readonly<Record<Operator, Comparison>> = {
  eq: 'equals',
  ne: 'differs',
  co: 'contains',
  sw: 'begins',
  ew: 'ends',
  gt: 'above',
  ge: 'atLeast',
  lt: 'below',
  le: 'atMost',
};

/** Attributes that the directory keeps beside the resource, in the very form in which they are compared. */
const COLUMNS: Readonly<Record<string, KeyColumn>> = {
  id: 'id',
  externalId: 'externalId',
  userName: 'userName',
  'name.givenName': 'givenName',
  'name.familyName': 'familyName',
  active: 'active',
  'meta.created': 'createdAt',
  'meta.lastModified': 'updatedAt',
};
const GROUP_COLUMNS: Readonly<Record<string, KeyColumn>> = { ...COLUMNS, displayName: 'displayName' };

/** Their texts are among those that the search index knows, though not in a column of their own. */
const SEARCHABLE = new Set(['displayName', 'emails.value']);

const VALUE_TYPES: Readonly<Record<AttributeDefinition['type'], ValueType>> = {
  string: 'text',
  reference: 'text',
  binary: 'text',
  complex: 'text',
  boolean: 'boolean',
  integer: 'number',
  decimal: 'number',
  dateTime: 'instant',
};

interface Translation {
  readonly type: ResourceType;
  /** `$PUBLIC_URL/scim/v2` */
  readonly base: string;
  readonly columns: Readonly<Record<string, KeyColumn>>;
  /** The attribute whose values are rows: `groups` of a user, `members` of a group. */
  readonly edges: 'groups' | 'members';
}

const isCore = (attribute: AttributeDefinition): boolean => attribute.extension === undefined;

/** Translates what a list request asks for. */
export function toDirectoryQuery({ filter, sortBy, descending }: Pick<ListQuery, 'filter' | 'sortBy' | 'descending'>, type: ResourceType, base: string): DirectoryQuery {
  const translation: Translation =
    type.name === 'Group' ? { type, base, columns: GROUP_COLUMNS, edges: 'members' } : { type, base, columns: COLUMNS, edges: 'groups' };
  return {
    ...(filter && { condition: conditionOf(filter, translation, false) }),
    ...(sortBy && { sort: sortOf(sortBy, descending, translation) }),
  };
}

/** @param inside whether attributes are parts of the element of a list */
function conditionOf(filter: ResolvedFilter, translation: Translation, inside: boolean): Condition {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return { kind: filter.kind === 'and' ? 'all' : 'any', of: filter.operands.map((operand) => conditionOf(operand, translation, inside)) };
    case 'not':
      return { kind: 'not', of: conditionOf(filter.operand, translation, inside) };
    case 'present':
      return present(filter.attribute, translation, inside);
    case 'element':
      return element(filter, translation);
    case 'compare': {
      const { attribute, operator, value } = filter;
      if (value !== null) return { kind: 'compare', operand: operandOf(attribute, translation, inside), comparison: COMPARISONS[operator], value };
      const there = present(attribute, translation, inside);
      return operator === 'eq' ? { kind: 'not', of: there } : there;
    }
  }
}

/** `meta` as a whole is there always, and what rows make up is there when there is a row. */
function present(attribute: AttributeDefinition, translation: Translation, inside: boolean): Condition {
  if (isCore(attribute) && attribute.path === 'meta') return { kind: 'all', of: [] };
  if (isCore(attribute) && attribute.path === translation.edges) return { kind: 'present', operand: { kind: 'edge', part: 'id' } };
  return { kind: 'present', operand: operandOf(attribute, translation, inside) };
}

function element({ attribute, filter }: Extract<ResolvedFilter, { kind: 'element' }>, translation: Translation): Condition {
  if (isCore(attribute) && attribute.path === 'meta') return conditionOf(filter, translation, false);
  const list = isCore(attribute) && attribute.path === translation.edges ? ({ kind: 'edges' } as const) : ({ kind: 'path', path: pathOf(attribute) } as const);
  return { kind: 'element', list, condition: conditionOf(filter, translation, true) };
}

/** Where an attribute stands in a resource. */
function pathOf({ extension, parent, name }: AttributeDefinition): string[] {
  return [...(extension === undefined ? [] : [extension]), ...(parent ? [parent.name] : []), name];
}

function operandOf(attribute: AttributeDefinition, translation: Translation, inside: boolean): Operand {
  const { path, parent } = attribute;
  if (isCore(attribute)) {
    if (parent?.path === translation.edges) return edgeOf(attribute.name, translation);
    const column = inside ? undefined : translation.columns[path];
    if (column !== undefined) return { kind: 'column', column };
    if (parent?.path === 'meta') return metaOf(attribute.name, translation);
  }
  return {
    kind: 'path',
    path: inside ? [attribute.name] : pathOf(attribute),
    type: VALUE_TYPES[attribute.type],
    folded: !attribute.caseExact,
    searchable: isCore(attribute) && translation.type.name === 'User' && SEARCHABLE.has(path),
    keyed: translation.type.name === 'User' && isKeyed(pathOf(attribute)),
  };
}

function metaOf(part: string, { type, base }: Translation): Operand {
  if (part === 'location') return { kind: 'composed', prefix: `${base}${type.endpoint}/`, column: 'id', suffix: '' };
  if (part === 'version') return { kind: 'composed', prefix: 'W/"', column: 'version', suffix: '"' };
  return { kind: 'composed', prefix: type.name, column: undefined, suffix: '' };
}

function edgeOf(part: string, { base, edges }: Translation): Operand {
  if (part === '$ref') return { kind: 'edge', part: 'reference', users: `${base}/Users/`, groups: `${base}/Groups/` };
  if (part === 'value') return { kind: 'edge', part: 'id' };
  if (part === 'type') return { kind: 'edge', part: 'kind' };
  return { kind: 'edge', part: part === 'display' && edges === 'groups' ? 'name' : 'nothing' };
}

/** RFC 7644 §3.4.2.3: several values count by the primary one, else by the first. What only rows know has no first. */
function sortOf(attribute: AttributeDefinition, descending: boolean, translation: Translation): Sort {
  const operand = operandOf(attribute, translation, false);
  if (operand.kind === 'edge') throw invalidValue(`${attribute.path} has no order to sort by.`);
  const preferred = attribute.parent?.multiValued === true && attribute.parent.subAttributes.has('primary') ? 'primary' : undefined;
  return { operand, descending, ...(preferred !== undefined && { preferred }) };
}
