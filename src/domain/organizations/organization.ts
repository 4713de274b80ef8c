import { DomainError } from '../../platform/errors.ts';

export type OrganizationStatus = 'active' | 'suspended';

/** What an organization decides for itself; kept in one column, so that a setting needs no migration. */
export interface OrganizationSettings {
  /** Connections of other organizations, or `password`, by whose proof its members may enter as well. */
  readonly accepted_connections?: readonly string[];
}

export interface Organization {
  readonly id: string;
  /** In addresses and command lines; never changes meaning, so it is chosen with care. */
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  readonly isDefault: boolean;
  readonly status: OrganizationStatus;
  readonly settings: OrganizationSettings;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

const SLUG = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether a reference is an id; anything else is a name. */
export const isId = (reference: string): boolean => UUID.test(reference);

/** A slug that could be taken for an id would make every reference ambiguous. */
export function checkSlug(slug: string): void {
  if (SLUG.test(slug) && !isId(slug)) return;
  throw new DomainError(
    'invalid',
    'organizations.slug_invalid',
    'A slug has 1 to 63 lower-case letters, digits and inner hyphens, and is not shaped like an id.',
    { details: { slug: slug.slice(0, 100) } },
  );
}
