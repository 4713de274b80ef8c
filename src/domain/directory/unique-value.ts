import type { MemberKind } from './directory-user.ts';

/** A value that one resource alone may hold. The value itself is not kept here: it may be of any length. */
export interface UniqueClaim {
  /** SHA-256, in hexadecimal, of attribute and value as the attribute compares values. */
  readonly digest: string;
  /** The attribute as an error names it. */
  readonly attribute: string;
  /** Whether it is unique in the whole organization, and not in the connection alone. */
  readonly wide: boolean;
}

/** What a change of a resource comes to hold, and what it gives up. What it keeps is in neither. */
export interface UniqueChange {
  readonly claim: readonly UniqueClaim[];
  readonly release: readonly UniqueClaim[];
}

/** What must be unique, made by who understands resources. */
export interface UniqueRules {
  /** Another one where anything about the rules is another. */
  readonly mark: string;
  /** By kind that has any: texts of which one stands in every resource concerned; nothing where each may be. */
  readonly kinds: ReadonlyMap<MemberKind, readonly string[] | undefined>;
  /** Of a resource as the directory keeps it. */
  claimsOf(kind: MemberKind, resource: string): readonly UniqueClaim[];
}

/** Two resources with a value that is to be unique, from before it was. */
export interface UniqueClash {
  readonly attribute: string;
  readonly kind: MemberKind;
  readonly id: string;
  /** Who had it first. */
  readonly holder: string;
}
