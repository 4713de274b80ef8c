import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { DomainError } from '../../platform/errors.ts';
import type { ResourceType, ResourceTypeJson, SchemaJson } from './resource-type.ts';
import { defineResourceType } from './resource-type.ts';
import { type UniqueVocabulary, uniqueVocabularyOf, uniquenessProblem } from './unique-attributes.ts';

/** The schemas and resource types that are served, and each resource type resolved. Immutable. */
export interface SchemaRegistry {
  readonly schemas: ReadonlyMap<string, SchemaJson>;
  readonly resourceTypeDocuments: readonly ResourceTypeJson[];
  readonly user: ResourceType;
  readonly group: ResourceType;
  /** What extensions make unique; nothing where none does. */
  readonly unique: UniqueVocabulary | undefined;
}

const NAME = { type: 'string', pattern: '^[$A-Za-z][-_A-Za-z0-9]{0,63}$', not: { enum: Object.getOwnPropertyNames(Object.prototype) } };
const attribute = (type: object, more: object = {}): object => ({
  type: 'object',
  required: ['name', 'type'],
  properties: {
    name: NAME,
    type,
    multiValued: { type: 'boolean' },
    description: { type: 'string' },
    required: { type: 'boolean' },
    canonicalValues: { type: 'array', items: { type: 'string' } },
    caseExact: { type: 'boolean' },
    mutability: { enum: ['readOnly', 'readWrite', 'immutable', 'writeOnly'] },
    returned: { enum: ['always', 'never', 'default', 'request'] },
    uniqueness: { enum: ['none', 'server', 'global'] },
    referenceTypes: { type: 'array', items: { type: 'string' } },
    ...more,
  },
});
const SIMPLE_TYPES = ['string', 'boolean', 'decimal', 'integer', 'dateTime', 'reference', 'binary'];

// The two schemas below are ours and few: checking them against their own schema would cost more than all else here.
const ajv = new Ajv({ strict: false, meta: false, validateSchema: false, code: { optimize: false } });

/** What a file of `scim-schemas` must look like; complex attributes have no complex parts (RFC 7643 §2.3.8). */
const isSchemaJson = ajv.compile<SchemaJson>({
  type: 'object',
  required: ['id', 'attributes'],
  properties: {
    id: { type: 'string', pattern: '^urn:[-A-Za-z0-9._:]+$' },
    name: { type: 'string' },
    description: { type: 'string' },
    extends: { type: 'string' },
    required: { type: 'boolean' },
    attributes: {
      type: 'array',
      items: attribute({ enum: [...SIMPLE_TYPES, 'complex'] }, { subAttributes: { type: 'array' } }),
    },
  },
});
/** Served for discovery only: RFC 7643 §8.7.2 nests the schema of schemas one level deeper than it allows elsewhere. */
const isExtensionPart = ajv.compile(attribute({ enum: SIMPLE_TYPES }));

function checkSchema(value: unknown, origin: string): SchemaJson {
  const refuse = (why: string): DomainError =>
    new DomainError('invalid', 'scim.schema_invalid', `The SCIM schema ${origin} is not usable: ${why}.`, { details: { origin } });
  if (!isSchemaJson(value)) throw refuse(`${isSchemaJson.errors?.[0]?.instancePath ?? ''} ${isSchemaJson.errors?.[0]?.message ?? ''}`.trim());
  return value;
}

function checkParts(schema: SchemaJson): void {
  const wrong = schema.attributes.flatMap((one) => one.subAttributes ?? []).find((part) => !isExtensionPart(part));
  if (wrong !== undefined) {
    throw new DomainError('invalid', 'scim.schema_part_invalid', `A sub-attribute of the SCIM schema ${schema.id} is not usable.`, {
      details: { schema: schema.id, reason: isExtensionPart.errors?.[0]?.message },
    });
  }
  for (const attribute of schema.attributes.flatMap((one) => [one, ...(one.subAttributes ?? [])])) {
    const problem = uniquenessProblem(attribute);
    if (problem === undefined) continue;
    throw new DomainError('invalid', 'scim.schema_uniqueness', `The SCIM schema ${schema.id} is not usable: uniqueness of ${attribute.name} ${problem}.`, { details: { schema: schema.id, attribute: attribute.name } });
  }
}

/** Reads one definition, in the form of RFC 7643 §7. */
export function readSchema(value: unknown): SchemaJson {
  const schema = checkSchema(value, nameOf(value));
  checkParts(schema);
  return schema;
}

/**
 * Builds a registry.
 * @param schemas schema documents; one with `extends: "User"` or `"Group"` joins that resource type as an extension
 * @param resourceTypes resource type documents; `User` and `Group` must be among them
 */
export function buildRegistry(schemas: readonly unknown[], resourceTypes: readonly ResourceTypeJson[]): SchemaRegistry {
  const known = new Map<string, SchemaJson>();
  for (const value of schemas) {
    const schema = checkSchema(value, nameOf(value));
    if (known.has(schema.id.toLowerCase())) throw new DomainError('invalid', 'scim.schema_repeated', `The SCIM schema ${schema.id} is defined twice.`);
    known.set(schema.id.toLowerCase(), schema);
  }
  const documents = resourceTypes.map((type) => withExtensions(type, [...known.values()]));
  const schemaOf = (urn: string): SchemaJson => {
    const schema = known.get(urn.toLowerCase());
    if (!schema) throw new DomainError('invalid', 'scim.schema_missing', `No file in scim-schemas defines ${urn}.`, { details: { schema: urn } });
    checkParts(schema);
    return schema;
  };
  const typeNamed = (name: string): ResourceType => {
    const document = documents.find((candidate) => candidate.name === name);
    if (!document) throw new DomainError('invalid', 'scim.resource_type_missing', `resource-types.json does not define ${name}.`);
    return defineResourceType(document, schemaOf);
  };
  const [user, group] = [typeNamed('User'), typeNamed('Group')];
  return { schemas: known, resourceTypeDocuments: documents, user, group, unique: uniqueVocabularyOf(user, group) };
}

const nameOf = (value: unknown): string =>
  typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string' ? value.id : 'without an id';

function withExtensions(type: ResourceTypeJson, schemas: readonly SchemaJson[]): ResourceTypeJson {
  const declared = type.schemaExtensions ?? [];
  const added = schemas
    .filter((schema) => schema.extends === type.name && !declared.some((one) => one.schema.toLowerCase() === schema.id.toLowerCase()))
    .map((schema) => ({ schema: schema.id, required: schema.required ?? false }));
  return { ...type, schemaExtensions: [...declared, ...added] };
}

const kept = (before: ResourceType, after: ResourceType): ResourceType => (after.extensions.size === before.extensions.size ? before : after);

/**
 * A registry with further extensions, for an organization that declares its own. A resource type that gets none stays the very
 * same object, and with it all that was prepared of it.
 */
export function extendRegistry(registry: SchemaRegistry, schemas: readonly unknown[]): SchemaRegistry {
  const extended = buildRegistry([...registry.schemas.values(), ...schemas], registry.resourceTypeDocuments);
  return { ...extended, user: kept(registry.user, extended.user), group: kept(registry.group, extended.group) };
}

const FOLDER = fileURLToPath(new URL('../../../scim-schemas/', import.meta.url));

/** Loads every file of `scim-schemas`: definitions, and `resource-types.json`. */
export function loadRegistry(folder: string = FOLDER): SchemaRegistry {
  const schemas: unknown[] = [];
  let resourceTypes: ResourceTypeJson[] = [];
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.json')).toSorted()) {
    const content = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as unknown;
    if (file === 'resource-types.json') resourceTypes = content as ResourceTypeJson[];
    else schemas.push(content);
  }
  return buildRegistry(schemas, resourceTypes);
}
