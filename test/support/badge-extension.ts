/** An extension with attributes that are unique, in every form that can be declared. */
export const BADGE = 'urn:example:params:scim:schemas:extension:badge:2.0:User';
export const ROOM = 'urn:example:params:scim:schemas:extension:room:2.0:Group';

export const badge = {
  id: BADGE,
  name: 'Badge',
  extends: 'User',
  attributes: [
    { name: 'number', type: 'string', uniqueness: 'server' },
    { name: 'serial', type: 'string', caseExact: true, uniqueness: 'server' },
    { name: 'passport', type: 'string', uniqueness: 'global' },
    { name: 'keys', type: 'string', multiValued: true, uniqueness: 'server' },
    { name: 'cards', type: 'complex', multiValued: true, subAttributes: [{ name: 'value', type: 'string', uniqueness: 'server' }, { name: 'type', type: 'string' }] },
    { name: 'since', type: 'dateTime', uniqueness: 'server' },
    { name: 'photo', type: 'binary', uniqueness: 'server' },
    { name: 'desk', type: 'integer', uniqueness: 'server' },
    { name: 'note', type: 'string' },
  ],
} as const;

export const room = { id: ROOM, name: 'Room', extends: 'Group', attributes: [{ name: 'door', type: 'string', uniqueness: 'server' }] } as const;
