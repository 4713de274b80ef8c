import { pageSchema } from '../http/index.ts';

const name = { type: 'string', minLength: 1, maxLength: 200 } as const;
const description = { type: 'string', maxLength: 2000 } as const;
const instant = { type: 'string', format: 'date-time' } as const;

const acceptedConnections = {
  type: 'array',
  maxItems: 100,
  uniqueItems: true,
  items: { type: 'string', pattern: '^(?:password|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$', 'x-form': 'the id of a connection, or "password"' },
  description: 'Ids of other organizations\' connections, or `password`: who signed in by one of them enters here as a member without signing in again. Asked at every sign-in and refresh.',
} as const;

export const newOrganizationSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['slug'],
  properties: {
    slug: { type: 'string', minLength: 1, maxLength: 63, description: 'Lower-case letters, digits and inner hyphens; for addresses and command lines.' },
    name: { ...name, description: 'For people; unset: the slug.' },
    description,
  },
} as const;

export const organizationChangesSchema = {
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  properties: {
    name,
    description,
    status: { type: 'string', enum: ['active', 'suspended'], description: 'Suspended: nobody signs in, nothing is pushed. For operators.' },
    acceptedConnections,
  },
} as const;

export const organizationSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'slug', 'name', 'description', 'isDefault', 'status', 'acceptedConnections', 'createdAt', 'updatedAt'],
  properties: {
    id: { type: 'string', format: 'uuid' },
    slug: { type: 'string' },
    name: { type: 'string' },
    description: { type: 'string' },
    isDefault: { type: 'boolean' },
    status: { type: 'string', enum: ['active', 'suspended'] },
    acceptedConnections,
    createdAt: instant,
    updatedAt: instant,
  },
} as const;

export const organizationPageSchema = pageSchema(organizationSchema);
