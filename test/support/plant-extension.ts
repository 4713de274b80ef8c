/** The extension by which tests and the README show what an organization may declare for itself. */
export const PLANT = 'urn:example:params:scim:schemas:extension:plant:2.0:User';

export const plant = {
  id: PLANT,
  name: 'Plant',
  extends: 'User',
  attributes: [
    { name: 'costCode', type: 'string', required: true, caseExact: true },
    {
      name: 'badges',
      type: 'complex',
      multiValued: true,
      subAttributes: [
        { name: 'value', type: 'string', required: true },
        { name: 'type', type: 'string' },
        { name: 'primary', type: 'boolean' },
      ],
    },
    { name: 'hired', type: 'dateTime', mutability: 'immutable' },
    { name: 'pin', type: 'string', mutability: 'writeOnly', returned: 'never' },
    { name: 'note', type: 'string', returned: 'request' },
  ],
} as const;
