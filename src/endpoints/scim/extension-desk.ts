import type { OrganizationSchema, UniqueClash, UniqueRules } from '../../domain/directory/index.ts';
import { type ExtensionUse, assertNoClash, assertRoomForChange } from './extension-change.ts';
import { checkExtension } from './extension-rules.ts';
import { type SchemaRegistry, readSchema } from './schema-registry.ts';
import { registryWith } from './vocabularies.ts';

/** What this room decides of extensions that organizations declare elsewhere; both checks refuse by throwing. */
export interface ExtensionDesk {
  check(others: readonly unknown[], definition: unknown): void;
  /** @param before undefined: declared for the first time; `after` undefined: removed */
  assertRoomForChange(before: unknown, after: unknown, use: ExtensionUse): void;
  /** What must be unique in an organization with these schemas. */
  uniqueRules(declared: readonly Pick<OrganizationSchema, 'definition'>[]): UniqueRules | undefined;
  /** Refuses a definition that makes unique what several have; clashes of other schemas do not matter. */
  assertNoClash(definition: unknown, clashes: readonly UniqueClash[]): void;
  announce(): Promise<void>;
}

/**
 * @param base what the installation serves everybody
 * @param announce lets this node serve what has changed
 */
export const createExtensionDesk = (base: SchemaRegistry, announce: () => Promise<void>): ExtensionDesk => ({
  check: (others, definition) => void checkExtension(base, others.map(readSchema), readSchema(definition)),
  assertRoomForChange: (before, after, use) => assertRoomForChange(before === undefined ? undefined : readSchema(before), after === undefined ? undefined : readSchema(after), use),
  uniqueRules: (declared) => registryWith(base, declared).unique,
  assertNoClash: (definition, clashes) => assertNoClash(readSchema(definition), clashes),
  announce,
});
