const text = { type: 'string', maxLength: 2000 } as const;
const flag = { type: 'boolean', default: false } as const;
const words = { type: 'array', maxItems: 100, items: { type: 'string', maxLength: 200 } } as const;
const urn = { type: 'string', minLength: 1, maxLength: 255, description: 'URN of the schema, for example urn:example:params:scim:schemas:extension:plant:2.0:User; compares without regard to case.' } as const;

/** The part of an address that names a schema. */
export const schemaReference = urn;

// RFC 7643 §7. What the hub does where a characteristic is left out is written down, so that clients need not know §2.2;
// that of caseExact depends on the type.
const characteristics = {
  name: { type: 'string', pattern: '^[$A-Za-z][-_A-Za-z0-9]{0,63}$', 'x-form': 'a letter and then up to 63 letters, digits, hyphens and underscores', description: 'Compares without regard to case.' },
  description: text,
  multiValued: flag,
  required: flag,
  canonicalValues: words,
  caseExact: { type: 'boolean' },
  mutability: { type: 'string', enum: ['readOnly', 'readWrite', 'immutable', 'writeOnly'], default: 'readWrite' },
  returned: { type: 'string', enum: ['always', 'never', 'default', 'request'], default: 'default' },
  uniqueness: { type: 'string', enum: ['none', 'server', 'global'], default: 'none', description: 'server: no other resource of the connection may have the value; global: none of the organization. On a multi-valued attribute, none of its values. Refused while several have one; not on a complex attribute itself, nor where a value is never returned.' },
  referenceTypes: words,
} as const;
const SIMPLE = ['string', 'boolean', 'decimal', 'integer', 'dateTime', 'reference', 'binary'] as const;

const part = { type: 'object', additionalProperties: false, required: ['name', 'type'], properties: { ...characteristics, type: { type: 'string', enum: SIMPLE } } } as const;
const attribute = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'type'],
  properties: {
    ...characteristics,
    type: { type: 'string', enum: [...SIMPLE, 'complex'] },
    subAttributes: { type: 'array', maxItems: 200, items: part, description: 'Of an attribute of type complex.' },
  },
} as const;

const definition = {
  id: urn,
  name: { ...text, maxLength: 200 },
  description: text,
  extends: { type: 'string', enum: ['User', 'Group'], description: 'The resource type it is an extension of.' },
  required: { ...flag, description: 'Whether every resource must hold it.' },
  attributes: { type: 'array', minItems: 1, maxItems: 200, items: attribute, description: 'At most 200 with their parts.' },
} as const;

export const newScimSchemaSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'extends', 'attributes'],
  properties: {
    ...definition,
    schemas: { type: 'array', maxItems: 10, items: { type: 'string', maxLength: 255 }, description: 'As another service provider’s /Schemas tells it; ignored.' },
    meta: { type: 'object', description: 'As above.' },
  },
} as const;

export const scimSchemaSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'extends', 'required', 'attributes', 'createdAt', 'updatedAt'],
  properties: { ...definition, createdAt: { type: 'string', format: 'date-time' }, updatedAt: { type: 'string', format: 'date-time' } },
} as const;

export const scimSchemaListSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['items'],
  properties: { items: { type: 'array', items: scimSchemaSchema } },
} as const;
