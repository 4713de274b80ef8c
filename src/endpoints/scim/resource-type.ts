import { commonAttributes, defineAttributes } from './attribute-definition.ts';
import type { AttributeDefinition, AttributeJson, Attributes } from './attribute-definition.ts';
import type { Dialect } from './dialects.ts';

/** A schema as a document spells it (RFC 7643 §7). `extends` and `required` are ours: they attach an extension to a resource type. */
export interface SchemaJson {
  readonly id: string;
  readonly name?: string;
  readonly description?: string;
  readonly attributes: readonly AttributeJson[];
  readonly extends?: string;
  readonly required?: boolean;
}

/** A resource type as a document spells it (RFC 7643 §6). */
export interface ResourceTypeJson {
  readonly id?: string;
  readonly name: string;
  readonly endpoint: string;
  readonly description?: string;
  readonly schema: string;
  readonly schemaExtensions?: readonly { readonly schema: string; readonly required: boolean }[];
}

export interface Extension {
  readonly schema: string;
  readonly required: boolean;
  readonly attributes: Attributes;
}

/** What a resource of this type may hold, with every lookup prepared. Immutable. */
export interface ResourceType {
  readonly name: string;
  readonly endpoint: string;
  readonly description: string;
  readonly schema: string;
  /** Common and core attributes by lower-case name. */
  readonly attributes: Attributes;
  /** Extensions by lower-case URN. */
  readonly extensions: ReadonlyMap<string, Extension>;
  /** Every attribute and sub-attribute by every lower-case spelling a path may use, without filters. */
  readonly paths: ReadonlyMap<string, AttributeDefinition>;
  /** Extension attributes by their name without URN, as far as it is free. */
  readonly barePaths: ReadonlyMap<string, AttributeDefinition>;
  /** Multi-valued complex attributes with a `primary`, of which at most one value may carry it (RFC 7643 §2.4). */
  readonly primaries: readonly AttributeDefinition[];
}

/** Resolves a resource type against the schemas it names; `schemaOf` throws for an unknown one. */
export function defineResourceType(json: ResourceTypeJson, schemaOf: (urn: string) => SchemaJson): ResourceType {
  const attributes = commonAttributes(json.schema);
  for (const [name, attribute] of defineAttributes(schemaOf(json.schema).attributes, json.schema, undefined)) attributes.set(name, attribute);
  const extensions = new Map<string, Extension>();
  for (const { schema, required } of json.schemaExtensions ?? []) {
    extensions.set(schema.toLowerCase(), { schema, required, attributes: defineAttributes(schemaOf(schema).attributes, schema, schema) });
  }
  const all = [...attributes.values(), ...[...extensions.values()].flatMap((extension) => [...extension.attributes.values()])];
  const paths = spellings(all, json.schema);
  return {
    name: json.name,
    endpoint: json.endpoint,
    description: json.description ?? json.name,
    schema: json.schema,
    attributes,
    extensions,
    paths,
    barePaths: bareSpellings(all, paths),
    primaries: all.filter((attribute) => attribute.multiValued && attribute.subAttributes.has('primary')),
  };
}

/** `userName` and `urn:…:User:userName` (RFC 7644 §3.10). After an extension's URN a dot is understood as well. */
function spellings(attributes: readonly AttributeDefinition[], core: string): ReadonlyMap<string, AttributeDefinition> {
  const paths = new Map<string, AttributeDefinition>();
  for (const top of attributes) {
    const prefixes = top.extension === undefined ? ['', `${core}:`] : [`${top.extension}:`, `${top.extension}.`];
    for (const one of [top, ...top.subAttributes.values()]) {
      for (const prefix of prefixes) paths.set(`${prefix}${bareName(one)}`.toLowerCase(), one);
    }
  }
  return paths;
}

/** The first extension to use a name has it, and none has a name of the core schema. */
function bareSpellings(attributes: readonly AttributeDefinition[], taken: ReadonlyMap<string, AttributeDefinition>): ReadonlyMap<string, AttributeDefinition> {
  const paths = new Map<string, AttributeDefinition>();
  for (const top of attributes.filter((attribute) => attribute.extension !== undefined)) {
    for (const one of [top, ...top.subAttributes.values()]) {
      const name = bareName(one).toLowerCase();
      if (!taken.has(name) && !paths.has(name)) paths.set(name, one);
    }
  }
  return paths;
}

const bareName = (attribute: AttributeDefinition): string => (attribute.parent ? `${attribute.parent.name}.${attribute.name}` : attribute.name);

/** The attribute that a path without brackets names, in any case. */
export function attributeAt(path: string, type: ResourceType, dialect: Dialect): AttributeDefinition | undefined {
  const name = path.toLowerCase();
  return type.paths.get(name) ?? (dialect.has('bare-extension-name') ? type.barePaths.get(name) : undefined);
}
