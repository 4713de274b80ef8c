import { expect } from 'chai';
import { startAdminServer, type AdminServer } from '../../support/admin-server.ts';

describe('organizations of the administration API', () => {
  let server: AdminServer;
  before(async () => (server = await startAdminServer()));
  after(async () => {
    expect(server.defects).to.deep.equal([]);
    await server.close();
  });

  it('begin with a connection named default, three roles and a word in the audit trail', async () => {
    const created = await server.call('POST', '/admin/organizations', { slug: 'acme', name: 'Acme Inc.' });
    expect(created.status, created.text).to.equal(201);
    expect(created.body).to.include({ slug: 'acme', name: 'Acme Inc.', status: 'active', isDefault: false });
    const connections = await server.call('GET', '/admin/organizations/acme/connections');
    expect(connections.body.items.map(({ name, protocol }: { name: string; protocol: string }) => [name, protocol])).to.deep.equal([['default', 'scim-only']]);
    const events = await server.dependencies.trail.latest(created.body.id, { limit: 10 });
    expect(events.map(({ action }) => action)).to.have.members(['organization.created', 'connection.created']);
    expect(events.every(({ actor, requestId }) => actor.startsWith('operator:') && requestId === created.headers.get('x-request-id'))).to.equal(true);
    const roles = await server.fresh.database.withOrganization({ orgId: created.body.id, actor: 'test' }, (tx) => tx.sql<{ name: string }>('select name from role order by name'));
    expect(roles.map(({ name }) => name)).to.deep.equal(['admin', 'developer', 'viewer']);
  });

  it('are found by id, by slug and by the older address', async () => {
    const bySlug = await server.call('GET', '/admin/organizations/acme');
    expect((await server.call('GET', `/admin/organizations/${bySlug.body.id}`)).body).to.deep.equal(bySlug.body);
    expect((await server.call('GET', '/admin/orgs/acme')).body).to.deep.equal(bySlug.body);
  });

  it('have a slug of their own; a second one of that slug is a conflict and leaves nothing behind', async () => {
    const again = await server.call('POST', '/admin/organizations', { slug: 'acme' });
    expect([again.status, again.body.code]).to.deep.equal([409, 'organizations.slug_taken']);
    expect((await server.call('GET', '/admin/organizations')).body.items).to.have.length(2);
  });

  it('have slugs that fit an address and cannot be taken for an id', async () => {
    for (const slug of ['Acme', '-a', 'a-', 'a b', '../x', 'ä', '018f3c9e-6f2a-7c1b-9d3e-2a1b4c5d6e7f']) {
      const answer = await server.call('POST', '/admin/organizations', { slug });
      expect([slug, answer.status, answer.body.code]).to.deep.equal([slug, 400, 'organizations.slug_invalid']);
    }
  });

  it('are listed in pages that miss none and repeat none', async () => {
    for (const slug of ['zeta', 'beta', 'gamma']) await server.call('POST', '/admin/organizations', { slug });
    const seen: string[] = [];
    let cursor = '';
    do {
      const page = await server.call('GET', `/admin/organizations?limit=2${cursor}`);
      seen.push(...page.body.items.map(({ slug }: { slug: string }) => slug));
      cursor = page.body.next === undefined ? '' : `&cursor=${page.body.next}`;
    } while (cursor !== '');
    expect(seen).to.deep.equal(['acme', 'beta', 'default', 'gamma', 'zeta']);
  });

  it('are renamed and suspended, and the trail tells what was changed', async () => {
    const changed = await server.call('PATCH', '/admin/organizations/beta', { name: 'Beta', status: 'suspended' });
    expect(changed.body).to.include({ slug: 'beta', name: 'Beta', status: 'suspended' });
    const [event] = await server.dependencies.trail.latest(changed.body.id, { limit: 1 });
    expect(event).to.deep.include({ action: 'organization.updated', details: { name: 'Beta', status: 'suspended' } });
  });

  it('say whose proofs they accept, which is audited and replaces what was accepted before', async () => {
    const id = '0199b1d2-7c1b-7d3e-9a1b-4c5d6e7f8a9b';
    for (const acceptedConnections of [[id, 'password'], [id], []]) {
      const changed = await server.call('PATCH', '/admin/organizations/gamma', { acceptedConnections });
      expect(changed.body.acceptedConnections, changed.text).to.deep.equal(acceptedConnections);
      expect((await server.call('GET', '/admin/organizations/gamma')).body.acceptedConnections).to.deep.equal(acceptedConnections);
      const [event] = await server.dependencies.trail.latest(changed.body.id, { limit: 1 });
      expect(event).to.deep.include({ action: 'organization.updated', details: { acceptedConnections } });
    }
    for (const acceptedConnections of ['password', ['everybody'], [id, id], [null]]) {
      expect((await server.call('PATCH', '/admin/organizations/gamma', { acceptedConnections })).status).to.equal(400);
    }
  });
});
