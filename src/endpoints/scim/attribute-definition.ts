/** What RFC 7643 §7 says about one attribute, resolved: every characteristic present, parents and parts linked. */

export type AttributeType = 'string' | 'boolean' | 'decimal' | 'integer' | 'dateTime' | 'reference' | 'binary' | 'complex';
export type Mutability = 'readOnly' | 'readWrite' | 'immutable' | 'writeOnly';
export type Returned = 'always' | 'never' | 'default' | 'request';
export type Uniqueness = 'none' | 'server' | 'global';

/** One attribute as a schema document spells it (RFC 7643 §7). */
export interface AttributeJson {
  readonly name: string;
  readonly type: AttributeType;
  readonly multiValued?: boolean;
  readonly description?: string;
  readonly required?: boolean;
  readonly canonicalValues?: readonly string[];
  readonly caseExact?: boolean;
  readonly mutability?: Mutability;
  readonly returned?: Returned;
  readonly uniqueness?: Uniqueness;
  readonly referenceTypes?: readonly string[];
  readonly subAttributes?: readonly AttributeJson[];
}

/** Attributes by their name in lower case. */
export type Attributes = ReadonlyMap<string, AttributeDefinition>;

export interface AttributeDefinition {
  readonly name: string;
  /** As an error or a path names it: `userName`, `name.familyName`, `urn:…:enterprise:2.0:User:manager.value`. */
  readonly path: string;
  readonly schema: string;
  /** The URN under which the attribute stands in a resource; undefined for the core schema and common attributes. */
  readonly extension: string | undefined;
  readonly parent: AttributeDefinition | undefined;
  readonly type: AttributeType;
  readonly multiValued: boolean;
  readonly required: boolean;
  readonly caseExact: boolean;
  readonly mutability: Mutability;
  readonly returned: Returned;
  readonly uniqueness: Uniqueness;
  readonly canonicalValues: readonly string[];
  readonly subAttributes: Attributes;
}

/** The defaults of RFC 7643 §2.2; references and binaries are exact by their nature (§2.3.6, §2.3.7). */
function characteristics(json: AttributeJson): Omit<AttributeDefinition, 'path' | 'schema' | 'extension' | 'parent' | 'subAttributes'> {
  return {
    name: json.name,
    type: json.type,
    multiValued: json.multiValued ?? false,
    required: json.required ?? false,
    caseExact: json.type === 'binary' || (json.caseExact ?? json.type === 'reference'),
    mutability: json.mutability ?? 'readWrite',
    returned: json.returned ?? 'default',
    uniqueness: json.uniqueness ?? 'none',
    canonicalValues: json.canonicalValues ?? [],
  };
}

/**
 * Resolves the attributes of one schema.
 * @param extension the URN they stand under in a resource, or undefined for a core schema
 */
export function defineAttributes(list: readonly AttributeJson[], schema: string, extension: string | undefined): Map<string, AttributeDefinition> {
  const attributes = new Map<string, AttributeDefinition>();
  for (const json of list) {
    const path = extension === undefined ? json.name : `${extension}:${json.name}`;
    const subAttributes = new Map<string, AttributeDefinition>();
    const attribute: AttributeDefinition = { ...characteristics(json), path, schema, extension, parent: undefined, subAttributes };
    for (const sub of json.subAttributes ?? []) {
      subAttributes.set(sub.name.toLowerCase(), {
        ...characteristics(sub),
        path: `${path}.${sub.name}`,
        schema,
        extension,
        parent: attribute,
        subAttributes: new Map(),
      });
    }
    attributes.set(json.name.toLowerCase(), attribute);
  }
  return attributes;
}

const COMMON: readonly AttributeJson[] = [
  { name: 'schemas', type: 'reference', multiValued: true, caseExact: false, returned: 'always', required: true },
  { name: 'id', type: 'string', caseExact: true, mutability: 'readOnly', returned: 'always', uniqueness: 'server' },
  { name: 'externalId', type: 'string', caseExact: true },
  {
    name: 'meta',
    type: 'complex',
    mutability: 'readOnly',
    subAttributes: [
      { name: 'resourceType', type: 'string', caseExact: true, mutability: 'readOnly' },
      { name: 'created', type: 'dateTime', mutability: 'readOnly' },
      { name: 'lastModified', type: 'dateTime', mutability: 'readOnly' },
      { name: 'location', type: 'reference', mutability: 'readOnly' },
      { name: 'version', type: 'string', caseExact: true, mutability: 'readOnly' },
    ],
  },
];

/** `schemas`, `id`, `externalId` and `meta`, which every resource has without its schema saying so (RFC 7643 §3.1). */
export const commonAttributes = (schema: string): Map<string, AttributeDefinition> => defineAttributes(COMMON, schema, undefined);
