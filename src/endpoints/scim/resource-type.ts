import { commonAttributes, defineAttributes } from './attribute-definition.ts';
import type { AttributeDefinition, AttributeJson, Attributes } from './attribute-definition.ts';

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
  return {
    name: json.name,
    endpoint: json.endpoint,
    description: json.description ?? json.name,
    schema: json.schema,
    attributes,
    extensions,
    paths: spellings(all, json.schema),
    primaries: all.filter((attribute) => attribute.multiValued && attribute.subAttributes.has('primary')),
  };
}

/**
 * `userName` and `urn:…:User:userName` (RFC 7644 §3.10). After an extension's URN a dot is understood as well, and an
 * extension's attribute without URN where no core attribute has its name: Entra asks for `manager eq "…"`.
 */
function spellings(attributes: readonly AttributeDefinition[], core: string): ReadonlyMap<string, AttributeDefinition> {
  const paths = new Map<string, AttributeDefinition>();
  const bare = new Map<string, AttributeDefinition>();
  for (const top of attributes) {
    const prefixes = top.extension === undefined ? ['', `${core}:`] : [`${top.extension}:`, `${top.extension}.`];
    for (const one of [top, ...top.subAttributes.values()]) {
      const name = one === top ? top.name : `${top.name}.${one.name}`;
      for (const prefix of prefixes) paths.set(`${prefix}${name}`.toLowerCase(), one);
      if (top.extension !== undefined && !bare.has(name.toLowerCase())) bare.set(name.toLowerCase(), one);
    }
  }
  for (const [name, one] of bare) if (!paths.has(name)) paths.set(name, one);
  return paths;
}
