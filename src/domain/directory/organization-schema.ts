/** A schema that an organization declared for its own resources; what it defines is the feed's language and opaque here. */
export interface OrganizationSchema {
  /** The URN as it was first spelled; it compares without regard to case. */
  readonly id: string;
  readonly resourceType: 'User' | 'Group';
  readonly definition: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** How resources of an organization stand to a schema: whether any holds values of it, and whether any does not. */
export interface SchemaUse {
  readonly held: boolean;
  readonly missing: boolean;
}
