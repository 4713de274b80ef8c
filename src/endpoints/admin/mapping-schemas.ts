const text = { type: 'string' } as const;
const roles = { type: 'array', items: text } as const;

export const newMappingSchema = {
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  properties: {
    map: { type: 'string', maxLength: 200_000, description: 'As OIDC_GROUP_ROLE_MAP: group=role|role, separated by commas or line breaks; or the JSON form.' },
    mappings: {
      type: 'array',
      maxItems: 5000,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['group', 'roles'],
        properties: {
          group: { type: 'string', minLength: 1, maxLength: 512 },
          roles: { type: 'array', minItems: 1, maxItems: 100, items: { type: 'string', minLength: 1, maxLength: 200 } },
          connection: { type: ['string', 'null'], maxLength: 63, description: 'Id or name: groups of this connection only; unset: of every one.' },
        },
      },
    },
  },
} as const;

export const mappingSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['items', 'environment', 'defaults'],
  properties: {
    items: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['group', 'roles', 'connection'],
        properties: { group: text, roles, connection: { type: ['string', 'null'] } },
      },
    },
    environment: { type: ['string', 'null'], description: 'OIDC_GROUP_ROLE_MAP, which holds beside it in every organization.' },
    defaults: { type: ['string', 'null'], description: 'OIDC_GROUP_ROLE_DEFAULTS.' },
    reconciled: { type: 'integer', description: 'How many have other roles now.' },
    unknownRoles: { ...roles, description: 'Roles that the organization has not defined.' },
  },
} as const;

export const previewSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['members', 'changed', 'items'],
  properties: {
    members: { type: 'integer', description: 'Looked at.' },
    changed: { type: 'integer', description: 'How many would have other roles.' },
    items: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['account', 'userName', 'added', 'removed'],
        properties: { account: { type: 'string', format: 'uuid' }, userName: { type: ['string', 'null'] }, added: roles, removed: roles },
      },
    },
  },
} as const;
