import { pageSchema } from '../http/index.ts';
import { organizationQuery } from './admin-operation.ts';

const instant = { type: 'string', format: 'date-time' } as const;
const textOrNull = { type: ['string', 'null'] } as const;
const roleList = { type: 'array', items: { type: 'string' } } as const;

export const userParams = {
  type: 'object',
  additionalProperties: false,
  required: ['user'],
  properties: { user: { type: 'string', minLength: 1, maxLength: 512, description: 'Id, or user name.' } },
} as const;

export const inOneOrganization = { type: 'object', additionalProperties: false, properties: organizationQuery } as const;

const memberProperties = {
  id: { type: 'string', format: 'uuid' },
  organization: { type: 'string', description: 'Slug.' },
  userName: textOrNull,
  displayName: textOrNull,
  email: textOrNull,
  emailVerified: { type: 'boolean' },
  status: { type: 'string', enum: ['active', 'suspended'] },
  createdAt: instant,
  updatedAt: instant,
} as const;
const memberNames = ['id', 'organization', 'userName', 'displayName', 'email', 'emailVerified', 'status', 'createdAt', 'updatedAt'] as const;

export const memberPageSchema = pageSchema({ type: 'object', additionalProperties: false, required: memberNames, properties: memberProperties });

export const overridesSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['enabled', 'preserved', 'suppressed', 'reason', 'author', 'expires_at'],
  properties: {
    enabled: { type: 'boolean' },
    preserved: roleList,
    suppressed: roleList,
    reason: textOrNull,
    author: textOrNull,
    expires_at: textOrNull,
  },
} as const;

export const userSchema = {
  type: 'object',
  additionalProperties: false,
  required: [...memberNames, 'roles', 'reasons', 'overrides'],
  properties: {
    ...memberProperties,
    roles: { ...roleList, description: 'The roles in force.' },
    reasons: {
      type: 'array',
      description: 'Every role that anything grants, in force or withheld, and why.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['role', 'effective', 'reasons'],
        properties: {
          role: { type: 'string' },
          effective: { type: 'boolean' },
          withheld: { type: 'string', description: 'Why it is not in force.' },
          reasons: {
            type: 'array',
            items: {
              type: 'object',
              additionalProperties: false,
              required: ['cause', 'causeRef', 'text'],
              properties: { cause: { type: 'string' }, causeRef: { type: 'string' }, text: { type: 'string' } },
            },
          },
        },
      },
    },
    overrides: { anyOf: [overridesSchema, { type: 'null' }] },
  },
} as const;

export const grantedSchema = {
  ...userSchema,
  required: [...userSchema.required, 'unknownRoles'],
  properties: { ...userSchema.properties, unknownRoles: { ...roleList, description: 'The role, when the organization has not defined it and nothing else gives it: perhaps a slip.' } },
} as const;

export const newUserSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['userName'],
  properties: {
    userName: { type: 'string', minLength: 1, maxLength: 256, pattern: '^\\S(.*\\S)?$', 'x-form': 'without blanks around it' },
    displayName: { type: 'string', minLength: 1, maxLength: 256 },
    email: { type: 'string', format: 'email', maxLength: 254 },
    password: { type: 'string', minLength: 1, maxLength: 1024, description: 'Unset: no sign-in by password.' },
  },
} as const;

const roleNames = { type: 'array', maxItems: 500, items: { type: 'string', maxLength: 200 }, default: [] } as const;

export const newOverridesSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    enabled: { type: 'boolean', default: true },
    preserved: { ...roleNames, description: 'Roles the person has whatever the feeds say.' },
    suppressed: { ...roleNames, description: 'Roles the person does not have whatever grants them.' },
    reason: { type: ['string', 'null'], maxLength: 1000 },
    expires_at: { type: ['string', 'null'], maxLength: 40, description: 'A time with offset; without effect from then on.' },
  },
} as const;

export const newGrantSchema = {
  type: 'object',
  additionalProperties: false,
  properties: { expiresAt: { ...instant, description: 'Unset: until it is revoked.' } },
} as const;
