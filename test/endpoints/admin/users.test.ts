import { expect } from 'chai';
import { PasswordStore } from '#hub/domain/credentials/index.js';
import { startAdminServer, type AdminServer, type Answer } from '../../support/admin-server.ts';
import { pushPerson, type PushedPerson } from '../../support/pushed.ts';

const reasonsOf = (answer: Answer): unknown[] =>
  answer.body.reasons.map(({ role, effective, reasons }: { role: string; effective: boolean; reasons: { cause: string }[] }) => [role, effective, reasons.map(({ cause }) => cause)]);

describe('users of the administration API', () => {
  let server: AdminServer;
  let alice: PushedPerson;
  const orgs: Record<string, { id: string; connection: string }> = {};
  const rolePath = (role: string): string => `/admin/users/${alice.accountId}/roles/${role}?organization=acme`;
  const idOf = (slug: string): string => orgs[slug]?.id ?? '';

  before(async () => {
    server = await startAdminServer({ OIDC_GROUP_ROLE_MAP: 'Engineers=developer', OIDC_GROUP_ROLE_DEFAULTS: 'viewer' });
    for (const slug of ['acme', 'other']) {
      const { id } = (await server.call('POST', '/admin/organizations', { slug })).body;
      const connection = (await server.call('GET', `/admin/organizations/${slug}/connections/default`)).body.id;
      orgs[slug] = { id, connection };
    }
    alice = await pushPerson(server.fresh.database, idOf('acme'), orgs['acme']?.connection ?? '', 'Alice@Acme.example', ['Engineers']);
    await server.dependencies.desk.reconcile({ orgId: idOf('acme'), actor: 'test' }, [alice.accountId]);
  });
  after(async () => {
    expect(server.defects).to.deep.equal([]);
    await server.close();
  });

  it('are shown by id or user name with roles and the reason for each', async () => {
    const byName = await server.call('GET', '/admin/users/alice%40ACME.example?organization=acme');
    expect(byName.status, byName.text).to.equal(200);
    expect(byName.body).to.deep.include({ id: alice.accountId, organization: 'acme', userName: 'Alice@Acme.example', roles: ['developer'], overrides: null });
    expect(byName.body.reasons[0].reasons[0].text).to.include('Engineers').and.to.include('OIDC_GROUP_ROLE_MAP');
    expect((await server.call('GET', `/admin/users/${alice.accountId}?organization=acme`)).body).to.deep.equal(byName.body);
  });

  it('of another organization do not exist, whatever is asked of them', async () => {
    const foreign = `/admin/users/${alice.accountId}`;
    const asks: [string, string, unknown?][] = [
      ['GET', foreign],
      ['PUT', `${foreign}/role-overrides`, { preserved: ['admin'] }],
      ['DELETE', `${foreign}/role-overrides`],
      ['PUT', `${foreign}/roles/admin`, {}],
      ['DELETE', `${foreign}/roles/admin`],
      ['POST', `${foreign}/link`, { account: alice.accountId }],
    ];
    for (const place of ['other', 'default', 'nowhere', idOf('other')])
      for (const [method, path, body] of asks) expect([place, method, (await server.call(method, `${path}?organization=${place}`, body)).status]).to.deep.equal([place, method, 404]);
    expect((await server.call('GET', `${foreign}?organization=acme`)).body.roles).to.deep.equal(['developer']);
  });

  it('have a place in the default organization when none is named', async () => {
    const { status, body } = await server.call('POST', '/admin/users', { userName: 'ops' });
    expect([status, body.organization, body.roles]).to.deep.equal([201, 'default', ['viewer']]);
    expect((await server.call('GET', '/admin/users')).body.items.map(({ userName }: { userName: string }) => userName)).to.deep.equal(['ops']);
  });

  it('are not guessed at when several have the name, as they may from several connections', async () => {
    const second = (await server.call('POST', '/admin/organizations/other/connections', { name: 'second', protocol: 'scim-only' })).body.id;
    const same = await Promise.all([orgs['other']?.connection ?? '', second].map((connection) => pushPerson(server.fresh.database, idOf('other'), connection, 'same@other.example')));
    const { status, body } = await server.call('GET', '/admin/users/SAME%40other.example?organization=other');
    expect([status, body.code]).to.deep.equal([409, 'organizations.user_name_ambiguous']);
    for (const { accountId } of same) expect((await server.call('GET', `/admin/users/${accountId}?organization=other`)).status).to.equal(200);
  });

  it('are created by hand with a password that signs in and is shown nowhere', async () => {
    const created = await server.call('POST', '/admin/users?organization=acme', { userName: 'break-glass', email: 'ops@acme.example', password: 'correct horse battery' });
    expect(created.status, created.text).to.equal(201);
    expect(created.text).not.to.include('correct horse');
    const signedIn = await new PasswordStore(server.fresh.database).authenticate('break-glass', 'correct horse battery');
    expect(signedIn?.accountId).to.equal(created.body.id);
    const events = await server.dependencies.trail.latest(idOf('acme'), { action: 'account', limit: 5 });
    expect(JSON.stringify(events)).to.include('break-glass').and.not.to.include('correct horse');
  });

  it('share no user name when made by hand, not even when made at once', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => server.call('POST', '/admin/users?organization=acme', { userName: 'Twin' })));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).to.deep.equal([201, 409, 409]);
    expect((await server.call('POST', '/admin/users?organization=acme', { userName: 'ALICE@acme.EXAMPLE' })).body.code).to.equal('accounts.user_name_taken');
  });

  it('are searched by how the user name begins, page by page', async () => {
    for (const number of [1, 2, 3, 4, 5]) await server.call('POST', '/admin/users?organization=other', { userName: `Bob${number}` });
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await server.call('GET', `/admin/users?organization=other&search=bOB&limit=2${cursor}`);
      seen.push(...body.items.map(({ userName }: { userName: string }) => userName));
      cursor = body.next === undefined ? '' : `&cursor=${body.next}`;
    } while (cursor !== '');
    expect(seen).to.deep.equal(['Bob1', 'Bob2', 'Bob3', 'Bob4', 'Bob5']);
    expect((await server.call('GET', '/admin/users?organization=other&search=%25')).body.items).to.deep.equal([]);
    const foreign = (await server.call('GET', '/admin/organizations?limit=1')).body.next;
    expect((await server.call('GET', `/admin/users?organization=other&cursor=${foreign}`)).body.code).to.equal('admin.cursor_foreign');
  });

  it('keep preserved roles and lose suppressed ones, with reason, author and expiry', async () => {
    const path = `/admin/users/${alice.accountId}/role-overrides?organization=acme`;
    const set = await server.call('PUT', path, { preserved: ['admin', ' admin', 'auditor'], suppressed: ['developer'], reason: 'on call', expires_at: '2199-01-01T00:00:00+01:00' });
    expect(set.status, set.text).to.equal(200);
    expect(set.body.roles).to.deep.equal(['admin', 'auditor']);
    expect(set.body.overrides).to.include({ enabled: true, reason: 'on call', expires_at: '2198-12-31T23:00:00.000Z' });
    expect(set.body.overrides.author).to.match(/^operator:/);
    expect(reasonsOf(set)).to.deep.include(['developer', false, ['mapping']]);
    const cleared = await server.call('DELETE', path);
    expect([cleared.body.roles, cleared.body.overrides]).to.deep.equal([['developer'], null]);
    expect((await server.call('DELETE', path)).status).to.equal(200);
    const events = await server.dependencies.trail.latest(idOf('acme'), { action: 'role_overrides', limit: 10 });
    expect(events.map(({ action }) => action)).to.deep.equal(['role_overrides.cleared', 'role_overrides.set']);
  });

  it('refuse overrides that cannot be used, and change nothing then', async () => {
    const path = `/admin/users/${alice.accountId}/role-overrides?organization=acme`;
    for (const body of [{ preserved: 'admin' }, { preserved: ['<script>'] }, { expires_at: 'tomorrow' }, { author: 'me' }, { preserved: [{}] }])
      expect([body, (await server.call('PUT', path, body)).status]).to.deep.equal([body, 400]);
    expect((await server.call('GET', `/admin/users/${alice.accountId}?organization=acme`)).body.overrides).to.equal(null);
  });

  it('are given roles by hand, which raises the epoch, and lose only those by hand', async () => {
    const epoch = async (): Promise<number> =>
      server.fresh.database.withOrganization({ orgId: idOf('acme'), actor: 'test' }, async (tx) =>
        Number((await tx.sql('select epoch from membership where account_id = $1', [alice.accountId]))[0]?.['epoch']),
      );
    const before = await epoch();
    const granted = await server.call('PUT', rolePath('admin'), { expiresAt: '2199-01-01T00:00:00Z' });
    expect(granted.body.roles).to.deep.equal(['admin', 'developer']);
    expect(reasonsOf(granted)).to.deep.include(['admin', true, ['manual']]);
    expect(await epoch()).to.be.greaterThan(before);
    expect((await server.call('DELETE', rolePath('admin'))).body.roles).to.deep.equal(['developer']);
    expect((await server.call('DELETE', rolePath('developer'))).body.code).to.equal('admin.role_not_manual');
    expect((await server.call('PUT', rolePath('no%20name'), {})).body.code).to.equal('access.role_name_invalid');
    expect((await server.call('PUT', rolePath('admin'), { expiresAt: '2001-01-01T00:00:00Z' })).body.code).to.equal('admin.grant_expired');
  });

  it('are linked across organizations by an explicit, audited act', async () => {
    const inOther = await pushPerson(server.fresh.database, idOf('other'), orgs['other']?.connection ?? '', 'alice@other.example');
    const linked = await server.call('POST', `/admin/users/${inOther.accountId}/link?organization=other`, { account: alice.accountId });
    expect(linked.status, linked.text).to.equal(200);
    expect(linked.body).to.include({ id: alice.accountId, organization: 'other', userName: 'alice@other.example' });
    expect((await server.call('GET', `/admin/users/${inOther.accountId}?organization=other`)).status).to.equal(404);
    const [event] = await server.dependencies.trail.latest(idOf('other'), { action: 'account.linked', limit: 1 });
    expect(event?.targetId).to.equal(alice.accountId);
  });

  it('are not linked to themselves, to nobody, or to who is a member there already', async () => {
    const [one, two] = [await pushPerson(server.fresh.database, idOf('other'), orgs['other']?.connection ?? '', 'one@other.example'), await pushPerson(server.fresh.database, idOf('other'), orgs['other']?.connection ?? '', 'two@other.example')];
    const link = async (account: unknown, member = one.accountId): Promise<[number, string]> => {
      const { status, body } = await server.call('POST', `/admin/users/${member}/link?organization=other`, { account });
      return [status, body.code];
    };
    expect(await link(one.accountId)).to.deep.equal([400, 'accounts.link_to_itself']);
    expect(await link('00000000-0000-4000-8000-000000000000')).to.deep.equal([404, 'accounts.account_unknown']);
    expect(await link(two.accountId)).to.deep.equal([409, 'accounts.already_member']);
    expect(await link(two.accountId, '00000000-0000-4000-8000-000000000000')).to.deep.equal([404, 'admin.unknown']);
    expect((await server.call('GET', `/admin/users/${one.accountId}?organization=other`)).body.userName).to.equal('one@other.example');
  });
});
