import { expect } from 'chai';
import { startAdminServer, type AdminServer } from '../../support/admin-server.ts';
import { pushPerson } from '../../support/pushed.ts';

describe('the role mapping of the administration API', () => {
  let server: AdminServer;
  let orgId: string;
  const mapping = '/admin/organizations/acme/role-mapping';
  const rolesOf = async (userName: string): Promise<string[]> => (await server.call('GET', `/admin/users/${userName}?organization=acme`)).body.roles;

  before(async () => {
    server = await startAdminServer({ OIDC_GROUP_ROLE_DEFAULTS: 'viewer' });
    orgId = (await server.call('POST', '/admin/organizations', { slug: 'acme' })).body.id;
    const connection = (await server.call('GET', '/admin/organizations/acme/connections/default')).body.id;
    await pushPerson(server.fresh.database, orgId, connection, 'ada', ['Engineers']);
    await pushPerson(server.fresh.database, orgId, connection, 'bea', ['Engineers', 'Leads']);
    await pushPerson(server.fresh.database, orgId, connection, 'cem');
    await server.dependencies.desk.reconcileStale({ orgId, actor: 'test' });
  });
  after(async () => {
    expect(server.defects).to.deep.equal([]);
    await server.close();
  });

  it('tells beforehand whose roles would change, and changes nothing', async () => {
    const { status, body, text } = await server.call('POST', `${mapping}/preview`, { map: 'engineers=developer, LEADS=admin|developer' });
    expect(status, text).to.equal(200);
    expect([body.members, body.changed]).to.deep.equal([3, 2]);
    expect(body.items.map(({ userName, added, removed }: Record<string, unknown>) => [userName, added, removed])).to.deep.equal([
      ['ada', ['developer'], ['viewer']],
      ['bea', ['admin', 'developer'], ['viewer']],
    ]);
    expect((await server.call('GET', mapping)).body.items).to.deep.equal([]);
    expect(await rolesOf('ada')).to.deep.equal(['viewer']);
  });

  it('settles everybody’s roles when it is set, as the preview said', async () => {
    const { status, body, text } = await server.call('PUT', mapping, { map: 'Engineers=developer\nLeads=admin|wizard' });
    expect(status, text).to.equal(200);
    expect([body.reconciled, body.unknownRoles]).to.deep.equal([2, ['wizard']]);
    expect([await rolesOf('ada'), await rolesOf('bea'), await rolesOf('cem')]).to.deep.equal([['developer'], ['admin', 'developer', 'wizard'], ['viewer']]);
    const stored = await server.fresh.database.withOrganization({ orgId, actor: 'test' }, (tx) => tx.sql<{ role: string }>('select distinct role from role_grant order by role'));
    expect(stored.map(({ role }) => role)).to.deep.equal(['admin', 'developer', 'viewer', 'wizard']);
  });

  it('may hold for the groups of one connection only', async () => {
    await server.call('POST', '/admin/organizations/acme/connections', { name: 'second', protocol: 'scim-only' });
    const { body, status, text } = await server.call('PUT', mapping, { mappings: [{ group: 'Engineers', roles: ['developer'], connection: 'second' }, { group: 'Leads', roles: ['admin'] }] });
    expect(status, text).to.equal(200);
    expect(body.items).to.have.length(2);
    expect([await rolesOf('ada'), await rolesOf('bea')]).to.deep.equal([['viewer'], ['admin']]);
  });

  it('names line, column and text of every fault', async () => {
    const { status, body } = await server.call('PUT', mapping, { map: 'Engineers=developer\nLeads\n=admin' });
    expect([status, body.code]).to.deep.equal([400, 'access.group_role_map_invalid']);
    expect(body.details.faults).to.have.length(2);
    for (const wrong of [{}, { map: 'a=b', mappings: [] }, { mappings: [{ group: 'a', roles: ['not a role'] }] }, { mappings: [{ group: 'a' }] }])
      expect([wrong, (await server.call('PUT', mapping, wrong)).status]).to.deep.equal([wrong, 400]);
    expect((await server.call('PUT', mapping, { mappings: [{ group: 'a', roles: ['b'], connection: 'nowhere' }] })).status).to.equal(404);
    expect((await server.call('GET', mapping)).body.items).to.have.length(2);
  });

  it('takes groups with names like those of prototypes for groups', async () => {
    const { status, body } = await server.call('PUT', mapping, { mappings: [{ group: '__proto__', roles: ['admin'] }, { group: 'constructor', roles: ['viewer'] }] });
    expect(status).to.equal(200);
    expect(body.items.map(({ group }: { group: string }) => group)).to.have.members(['__proto__', 'constructor']);
  });
});
