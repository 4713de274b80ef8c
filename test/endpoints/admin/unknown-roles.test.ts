import { expect } from 'chai';
import { parseGroupRoleMap, parseRoleDefaults, rulesFrom } from '#hub/domain/access/index.js';
import { unknownRoles } from '#hub/endpoints/admin/unknown-roles.js';

describe('roles that nobody knows', () => {
  const settings = { rules: rulesFrom(parseGroupRoleMap('Leads=admin|lead'), 'environment'), defaults: parseRoleDefaults('guest') };

  it('are neither the organization’s own, nor in the map or the defaults of the installation', () => {
    const asked = ['own', 'lead', 'guest', 'Lead', 'wizzard', '__proto__'];
    expect(asked.flatMap((role) => unknownRoles(role, new Set(['own']), settings))).to.deep.equal(['Lead', 'wizzard', '__proto__']);
  });

  it('are all but the organization’s own where the installation names none', () => {
    const none = { rules: [], defaults: [] };
    expect(['own', 'lead'].flatMap((role) => unknownRoles(role, new Set(['own']), none))).to.deep.equal(['lead']);
  });
});
