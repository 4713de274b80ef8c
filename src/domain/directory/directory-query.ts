/**
 * A question about the resources of one feed, without any words of the feed's language: an endpoint translates its
 * filters and orders into this, and the stores of this room translate it into SQL.
 */
export interface DirectoryQuery {
  readonly condition?: Condition;
  readonly sort?: Sort;
}

export type Comparison = 'equals' | 'differs' | 'contains' | 'begins' | 'ends' | 'above' | 'atLeast' | 'below' | 'atMost';

/** Text (folded where the operand is), a number, a boolean, or an instant as milliseconds since the epoch. */
export type ComparedValue = string | number | boolean;

/**
 * A comparison holds when one present value satisfies it; `differs` holds also where nothing is present. Inside an
 * `element`, operands are relative to that element, and all must hold for one and the same.
 */
export type Condition =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'present'; readonly operand: Operand }
  | { readonly kind: 'compare'; readonly operand: Operand; readonly comparison: Comparison; readonly value: ComparedValue }
  | { readonly kind: 'element'; readonly list: ListOperand; readonly condition: Condition };

export type KeyColumn = 'id' | 'userName' | 'externalId' | 'displayName' | 'givenName' | 'familyName' | 'active' | 'createdAt' | 'updatedAt';
export type ValueType = 'text' | 'number' | 'boolean' | 'instant';

export interface PathOperand {
  readonly kind: 'path';
  /** Names below the resource (or below the element); a list on the way stands for all its values. */
  readonly path: readonly string[];
  readonly type: ValueType;
  /** Whether case does not matter. */
  readonly folded: boolean;
  /** Whether the folded text stands among the names and addresses that the search index knows. */
  readonly searchable: boolean;
  /** Whether equality is looked up by a number that stands for the value. */
  readonly keyed: boolean;
}

export interface PathList {
  readonly kind: 'path';
  readonly path: readonly string[];
}

/** The groups of a user, the members of a group: rows, not part of the resource. */
export interface EdgeList {
  readonly kind: 'edges';
}

export type ListOperand = PathList | EdgeList;

/** What is known of the other end of such a row. A reference is what a reader sees as its address. */
export type EdgePart =
  | { readonly part: 'id' | 'name' | 'kind' | 'nothing' }
  | { readonly part: 'reference'; readonly users: string; readonly groups: string };

export type Operand =
  | { readonly kind: 'column'; readonly column: KeyColumn }
  /** A text that readers see around a column: `prefix`, the column, `suffix`. */
  | { readonly kind: 'composed'; readonly prefix: string; readonly column: 'id' | 'version' | undefined; readonly suffix: string }
  | PathOperand
  | ({ readonly kind: 'edge' } & EdgePart);

/**
 * An order by one value per resource, ties by id. A list counts by the element that its boolean part `preferred`
 * marks, else by its first; resources without a value come last, or first when descending.
 */
export interface Sort {
  readonly operand: Exclude<Operand, { kind: 'edge' }>;
  readonly preferred?: string;
  readonly descending: boolean;
}

/** Where a page ended: what it was sorted by (null: no such value), and the id. */
export interface Position {
  readonly value: string | null;
  readonly id: string;
}

/** A page by number of resources passed over, or by the position after which it begins. */
export type PageRequest =
  | { readonly kind: 'offset'; readonly offset: number; readonly limit: number }
  /** `total` is what an earlier page of the same walk counted; it is not counted again. */
  | { readonly kind: 'after'; readonly position: Position | undefined; readonly limit: number; readonly total: number | undefined };

export interface FoundPage<T> {
  readonly total: number;
  readonly resources: readonly T[];
  /** The connection whose feed was asked. */
  readonly feed: string;
  /** Where the next page begins; nothing on the last page, and on pages by number. */
  readonly next: Position | undefined;
}
