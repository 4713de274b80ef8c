const name = { type: 'string', minLength: 1, maxLength: 253, description: 'For example acme.example; other scripts are stored by their ASCII form (punycode).' } as const;
const instantOrNull = { type: ['string', 'null'], format: 'date-time' } as const;

/** The part of an address that names a domain. */
export const domainReference = name;

export const newDomainSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['domain', 'connection'],
  properties: {
    domain: name,
    connection: { type: 'string', minLength: 1, maxLength: 63, description: 'Id or name of the connection by which people of the domain sign in.' },
  },
} as const;

export const verificationSchema = {
  type: 'object',
  additionalProperties: false,
  properties: { byOperator: { type: 'boolean', default: false, description: 'An operator vouches for it instead of the TXT record. For operators.' } },
} as const;

export const domainSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['domain', 'connection', 'verifiedAt', 'verifiedBy', 'record', 'createdAt'],
  properties: {
    domain: { type: 'string' },
    connection: { type: ['string', 'null'], format: 'uuid', description: 'Id of the connection by which people of the domain sign in.' },
    verifiedAt: { ...instantOrNull, description: 'Null: not proved yet, and of no effect.' },
    verifiedBy: { type: ['string', 'null'], enum: ['dns', 'operator', null] },
    record: {
      type: 'object',
      additionalProperties: false,
      required: ['name', 'type', 'value'],
      properties: { name: { type: 'string' }, type: { type: 'string', enum: ['TXT'] }, value: { type: 'string' } },
      description: 'The DNS record that proves the domain; not needed any more once it is proved.',
    },
    createdAt: { type: 'string', format: 'date-time' },
  },
} as const;

export const domainListSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['items'],
  properties: { items: { type: 'array', items: domainSchema } },
} as const;
