import { expect } from 'chai';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureDefaultOrganization, ensureOperatorToken } from '#hub/endpoints/admin/index.js';
import { startAdminServer, type AdminServer } from '../../support/admin-server.ts';
import { codeOf } from '../../support/domain-error.ts';
import { asOwner } from '../../support/owner.ts';

const SECRET = Buffer.alloc(32, 7).toString('base64');

describe('the installation in the administration API', () => {
  let server: AdminServer;
  before(async () => (server = await startAdminServer({ GATEHOUSE_SECRET: SECRET, DATABASE_URL: 'postgres://me:hidden@db/x' })));
  after(async () => {
    expect(server.defects).to.deep.equal([]);
    await server.close();
  });

  it('shows every setting, and no secret', async () => {
    const { body, text } = await server.call('GET', '/admin/config');
    expect(body.items.find(({ variable }: { variable: string }) => variable === 'GATEHOUSE_SECRET')).to.include({ value: '[redacted]', source: 'environment' });
    expect(text).not.to.include(SECRET).and.not.to.include('hidden');
  });

  it('rotates its signing keys and shows only what is public of them', async () => {
    await server.dependencies.signingKeys.maintain();
    const before = (await server.call('GET', '/admin/keys')).body.items;
    const after = await server.call('POST', '/admin/keys/rotate', {});
    expect(after.status, after.text).to.equal(200);
    expect(after.body.items.length).to.be.greaterThan(before.length);
    expect(Object.keys(after.body.items[0])).to.have.members(['kid', 'alg', 'state', 'changedAt']);
    const [event] = await server.dependencies.trail.latest(undefined, { action: 'signing_key', limit: 5 });
    expect(event).to.deep.include({ action: 'signing_key.rotated', details: { immediately: false } });
    expect(event?.actor).to.match(/^operator:/);
  });

  it('says how the database is', async () => {
    const { status, body } = await server.call('GET', '/status/db');
    expect([status, body.status]).to.deep.equal([200, 'ok']);
    expect(body.version).to.match(/^\d+\./);
    expect((await fetch(`${server.url}/v1/status/db`)).status).to.equal(401);
  });

  it('switches row-level security on where somebody switched it off, and tells of every table', async () => {
    const whole = await server.call('POST', '/admin/postgres/enable-rls');
    expect(whole.status, whole.text).to.equal(200);
    expect(whole.body.ok).to.equal(true);
    expect(whole.body.tables.map(({ table }: { table: string }) => table)).to.include.members(['connection', 'membership', 'audit_event']);
    expect(whole.body.tables.some(({ changed }: { changed: boolean }) => changed)).to.equal(false);
    await asOwner(server.fresh.ownerUrl, 'alter table connection no force row level security', 'alter table role disable row level security', 'drop policy organization on role_mapping');
    const repaired = (await server.call('POST', '/admin/postgres/enable-rls')).body;
    expect(repaired.tables.filter(({ changed }: { changed: boolean }) => changed).map(({ table }: { table: string }) => table)).to.deep.equal(['connection', 'role']);
    expect(repaired.ok).to.equal(false);
    expect(repaired.tables.find(({ table }: { table: string }) => table === 'role_mapping').faults).to.deep.equal(['has no policy on app.org_id']);
  });

  it('prepares PostgreSQL, and again', async () => {
    for (const _ of [1, 2]) {
      const { status, body, text } = await server.call('POST', '/admin/postgres/prepare');
      expect(status, text).to.equal(200);
      expect(body.extensions).to.include('pg_trgm');
    }
  });

  it('reads the trail backwards and forwards without a gap', async () => {
    for (const slug of ['a', 'b', 'c']) await server.call('POST', '/admin/organizations', { slug });
    for (const name of ['1', '2', '3', '4']) await server.call('PATCH', '/admin/organizations/a', { name });
    const all = (await server.call('GET', '/admin/audit?organization=a')).body.items;
    expect(all.slice(0, 4).map(({ details }: { details: { name: string } }) => details.name)).to.deep.equal(['4', '3', '2', '1']);
    const older = (await server.call('GET', `/admin/audit?organization=a&before=${all[1].id}&limit=2`)).body.items;
    expect(older.map(({ id }: { id: string }) => id)).to.deep.equal([all[2].id, all[3].id]);
    const newer = (await server.call('GET', `/admin/audit?organization=a&after=${all[2].id}`)).body.items;
    expect(newer.map(({ id }: { id: string }) => id)).to.deep.equal([all[1].id, all[0].id]);
    expect((await server.call('GET', '/admin/audit?organization=a&action=connection')).body.items).to.have.length(1);
    expect((await server.call('GET', `/admin/audit?organization=b&after=${all[2].id}`)).body.items).to.deep.equal([]);
  });

  it('writes the operator’s token once, for its owner alone, and anew when the file is lost or of another database', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'gatehouse-first-'));
    try {
      const path = await ensureOperatorToken(server.dependencies, directory);
      expect(statSync(path).mode & 0o777).to.equal(0o600);
      const first = readFileSync(path, 'utf8');
      expect((await server.call('GET', '/admin/organizations', undefined, { authorization: `Bearer ${first.trim()}` })).status).to.equal(200);
      await ensureOperatorToken(server.dependencies, directory);
      expect(readFileSync(path, 'utf8')).to.equal(first);
      writeFileSync(path, 'of another database');
      await ensureOperatorToken(server.dependencies, directory);
      expect(readFileSync(path, 'utf8')).not.to.equal(first).and.not.to.include('another');
      const unwritable = await codeOf(ensureOperatorToken(server.dependencies, join(path, 'below-a-file')));
      expect(unwritable).to.equal('admin.token_file');
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('has one default organization, however many nodes start at once', async () => {
    await asOwner(server.fresh.ownerUrl, `update organization set is_default = false, slug = 'former-default' where is_default`);
    const before = (await server.dependencies.organizations.list(100)).length;
    await Promise.all([1, 2, 3].map(() => ensureDefaultOrganization(server.dependencies)));
    expect(await server.dependencies.organizations.findDefault()).to.include({ slug: 'default', isDefault: true });
    expect((await server.dependencies.organizations.list(100)).length).to.equal(before + 1);
  });
});

describe('the OpenAPI document', () => {
  let server: AdminServer;
  before(async () => (server = await startAdminServer()));
  after(() => server.close());

  it('is readable by anybody and describes every operation that answers', async () => {
    const document = (await (await fetch(`${server.url}/v1/openapi.json`)).json()) as { openapi: string; paths: Record<string, Record<string, { operationId: string }>> };
    expect(document.openapi).to.equal('3.1.0');
    const ids = Object.values(document.paths).flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId));
    expect(new Set(ids).size).to.equal(ids.length);
    for (const [path, methods] of Object.entries(document.paths))
      for (const method of Object.keys(methods))
        expect([path, (await fetch(`${server.url}/v1${path}`, { method: method.toUpperCase() })).status]).to.deep.equal([path, 401]);
  });

  it('describes every answer as it really is', async () => {
    const document = (await server.call('GET', '/openapi.json')).body;
    const ajv = new Ajv2020({ strict: false });
    formats.default(ajv);
    const check = async (method: string, template: string, values: Record<string, string>, body?: unknown): Promise<unknown> => {
      const path = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''));
      const answer = await server.call(method.toUpperCase(), path, body);
      const schema = document.paths[template][method].responses[String(answer.status)]?.content['application/json'].schema;
      expect(schema, `${method} ${template} → ${answer.status} ${answer.text}`).not.to.equal(undefined);
      const validate: ValidateFunction = ajv.compile(schema);
      expect(validate(answer.body), `${method} ${template}: ${JSON.stringify(validate.errors)}`).to.equal(true);
      return answer.body;
    };
    const at = { organization: 'acme', connection: 'default' };
    await check('post', '/admin/organizations', {}, { slug: 'acme' });
    await check('get', '/admin/organizations', {});
    await check('get', '/admin/organizations/{organization}', at);
    await check('patch', '/admin/organizations/{organization}', at, { description: 'd' });
    await check('get', '/admin/organizations/{organization}/connections', at);
    await check('get', '/admin/organizations/{organization}/connections/{connection}', at);
    await check('patch', '/admin/organizations/{organization}/connections/{connection}', at, { jit: true });
    await check('post', '/admin/organizations/{organization}/connections', at, { name: 'o', protocol: 'oidc', settings: { issuer: 'https://i.example', clientId: 'c', clientSecret: 's' } });
    const { id: token } = (await check('post', '/admin/organizations/{organization}/scim-tokens', at, {})) as { id: string };
    await check('get', '/admin/organizations/{organization}/scim-tokens', at);
    await check('delete', '/admin/organizations/{organization}/scim-tokens/{token}', { ...at, token });
    await check('put', '/admin/organizations/{organization}/role-mapping', at, { map: 'a=b' });
    await check('get', '/admin/organizations/{organization}/role-mapping', at);
    await check('post', '/admin/organizations/{organization}/role-mapping/preview', at, { map: 'a=b' });
    await check('post', '/admin/users', {}, { userName: 'u' });
    await check('get', '/admin/users', {});
    await check('put', '/admin/users/{user}/role-overrides', { user: 'u' }, { preserved: ['admin'], suppressed: ['viewer'] });
    await check('get', '/admin/users/{user}', { user: 'u' });
    await check('put', '/admin/users/{user}/roles/{role}', { user: 'u', role: 'viewer' }, {});
    await check('delete', '/admin/users/{user}/roles/{role}', { user: 'u', role: 'viewer' });
    await check('delete', '/admin/users/{user}/role-overrides', { user: 'u' });
    const { client_id } = (await check('post', '/admin/applications', {}, { name: 'a', metadata: { redirect_uris: ['https://a.example/c'] } })) as { client_id: string };
    await check('get', '/admin/applications', {});
    await check('get', '/admin/applications/{client_id}', { client_id });
    await check('patch', '/admin/applications/{client_id}', { client_id }, { name: 'b' });
    await check('post', '/admin/applications/{client_id}/secret', { client_id });
    await check('get', '/admin/audit', {});
    await check('get', '/admin/config', {});
    await check('get', '/admin/keys', {});
    await check('post', '/admin/keys/rotate', {}, {});
    await check('post', '/admin/postgres/enable-rls', {});
    await check('post', '/admin/postgres/prepare', {});
    await check('get', '/status/db', {});
    expect(server.defects).to.deep.equal([]);
  });
});

describe('user management switched off', () => {
  it('leaves organizations and users without an address, and connections with theirs', async () => {
    const server = await startAdminServer({ USER_MGMT_CORE: '0' });
    try {
      expect((await server.call('GET', '/admin/users')).body.code).to.equal('http.unknown_route');
      expect((await server.call('GET', '/admin/organizations')).status).to.equal(404);
      expect((await server.call('GET', '/admin/organizations/default/connections')).status).to.equal(200);
    } finally {
      await server.close();
    }
  });
});
