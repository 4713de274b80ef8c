import { expect } from 'chai';
import { uuidv7 } from '#hub/platform/uuid.js';
import { startAdminServer, type AdminServer, type Answer } from '../../support/admin-server.ts';
import { PLANT, plant } from '../../support/plant-extension.ts';

const at = (organization: string, urn?: string): string => `/admin/organizations/${organization}/scim-schemas${urn === undefined ? '' : `/${encodeURIComponent(urn)}`}`;

const faultsOf = ({ body }: Answer): string[] => body.details.faults.map(({ at: place, problem }: { at: string; problem: string }) => `${place} ${problem}`);
const named = (name: string): object => ({ ...plant, attributes: [{ name, type: 'string' }] });
const nested = (depth: number): object => (depth === 0 ? { name: 'x', type: 'string' } : { name: 'x', type: 'complex', subAttributes: [nested(depth - 1)] });

describe('SCIM schemas of the administration API', () => {
  let server: AdminServer;
  const put = (definition: object, organization = 'acme', urn = (definition as { id: string }).id): Promise<Answer> => server.call('PUT', at(organization, urn), definition);
  const told = async (urn: string): Promise<string[]> => (await server.call('GET', `/admin/audit?organization=acme&target=${encodeURIComponent(urn)}`)).body.items.map(({ action }: { action: string }) => action);

  /** A person whose resource reads so, without the way that people usually come in. */
  async function insertUser(resource: string): Promise<void> {
    const { id: orgId } = (await server.call('GET', '/admin/organizations/acme')).body;
    await server.fresh.database.withOrganization({ orgId, actor: 'test' }, async (tx) => {
      const [connection] = await tx.sql<{ id: string }>(`select id from connection where name = 'default'`);
      const [account, id] = [uuidv7(), uuidv7()];
      await tx.sql('insert into account (id, home_org_id) values ($1, $2)', [account, orgId]);
      await tx.sql('insert into membership (org_id, account_id) values ($1, $2)', [orgId, account]);
      await tx.sql('insert into directory_user (org_id, connection_id, id, account_id, user_name_key, active, resource) values ($1, $2, $3, $4, $5, true, $6)', [orgId, connection?.id, id, account, id, resource]);
    });
  }

  before(async () => {
    server = await startAdminServer();
    for (const slug of ['acme', 'globex']) await server.call('POST', '/admin/organizations', { slug });
  });
  after(async () => {
    expect(server.defects).to.deep.equal([]);
    await server.close();
  });

  it('are declared, shown with every default written down, changed and removed, each of which the audit tells once', async () => {
    const declared = await put(plant);
    expect(declared.status, declared.text).to.equal(200);
    expect(declared.body).to.deep.include({ id: PLANT, extends: 'User', required: false });
    expect(declared.body.attributes[0]).to.deep.equal({ name: 'costCode', type: 'string', required: true, caseExact: true, multiValued: false, mutability: 'readWrite', returned: 'default', uniqueness: 'none' });
    expect((await server.call('GET', at('acme', PLANT.toLowerCase()))).body).to.deep.equal(declared.body);
    expect((await server.call('GET', at('acme'))).body.items).to.deep.equal([declared.body]);
    expect((await put(plant)).body, 'the same once more').to.deep.equal(declared.body);
    const { createdAt: _created, updatedAt: _updated, ...back } = declared.body;
    expect((await put({ ...back, schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'], meta: { resourceType: 'Schema' } })).body, 'what was read, sent back').to.deep.equal(declared.body);
    expect((await put({ ...plant, description: 'Other words.' })).body.description).to.equal('Other words.');
    expect((await server.call('DELETE', at('acme', PLANT.toUpperCase()))).body.id).to.equal(PLANT);
    expect((await server.call('DELETE', at('acme', PLANT))).status).to.equal(404);
    expect((await server.call('GET', at('acme', PLANT))).status).to.equal(404);
    expect(await told(PLANT)).to.have.members(['scim_schema.set', 'scim_schema.set', 'scim_schema.removed']);
  });

  it('belong to one organization, and the URN is free in every other one', async () => {
    const own = { ...plant, id: `${PLANT}:own` };
    await put(own);
    expect((await server.call('GET', at('globex'))).body.items).to.deep.equal([]);
    expect((await server.call('DELETE', at('globex', own.id))).status).to.equal(404);
    expect((await put({ ...own, extends: 'Group' }, 'globex')).body.extends).to.equal('Group');
    expect((await server.call('GET', at('acme', own.id))).body.extends).to.equal('User');
    expect((await put(own, 'nowhere')).status).to.equal(404);
  });

  it('stay declared as far as resources hold values of them', async () => {
    const used = { ...plant, id: `${PLANT}:used` };
    await put(used);
    await insertUser(JSON.stringify({ userName: 'quoting', nickName: `"${used.id}":` }));
    expect((await put({ ...used, attributes: [{ name: 'other', type: 'string' }] })).status, 'a value that only speaks of it').to.equal(200);
    await put(used);
    await insertUser(JSON.stringify({ userName: 'holding', [used.id]: { costCode: 'x' } }));
    const removed = await server.call('DELETE', at('acme', used.id));
    expect(removed.status, removed.text).to.equal(409);
    expect(removed.body.code).to.equal('scim.extension_in_use');
    const narrowed = await put({ ...used, attributes: [{ name: 'costCode', type: 'integer', required: true }] });
    expect(narrowed.status).to.equal(409);
    expect(faultsOf(narrowed)).to.include.members(['/attributes/0/type must stay string', '/attributes must keep badges, in this spelling']);
    expect((await put({ ...used, required: true })).body.code, 'somebody lacks it').to.equal('scim.extension_in_use');
    const wider = await put({ ...used, attributes: [...used.attributes, { name: 'other', type: 'string' }] });
    expect(wider.status, wider.text).to.equal(200);
  });

  it('are refused with the place of every fault', async () => {
    const twice = { ...plant, id: `${PLANT}:twice`, attributes: [{ name: 'code', type: 'string' }, { name: 'CODE', type: 'string' }] };
    expect(faultsOf(await put(twice))).to.deep.equal(['/attributes/1/name CODE is used twice; names compare without regard to case']);
    const core = 'urn:ietf:params:scim:schemas:core:2.0:User';
    expect(faultsOf(await put({ ...plant, id: core }))).to.deep.equal(['/id is a URN of SCIM itself or of this installation']);
    expect((await put(plant, 'acme', `${PLANT}:elsewhere`)).body.code).to.equal('admin.scim_schema_id');
    expect(faultsOf(await put({ ...plant, extends: 'Device' }))).to.deep.equal(['/extends must be one of User, Group']);
    const shapes = await put({ ...plant, attributes: [{ name: 'a.b', type: 'text', more: 1 }] });
    expect(faultsOf(shapes).map((fault) => fault.split(' ')[0])).to.have.members(['/attributes/0', '/attributes/0/name', '/attributes/0/type']);
  });

  it('survive definitions that mean harm', async () => {
    const hostile: Record<string, unknown> = {
      'a name of every object': named('constructor'),
      'another one': named('hasOwnProperty'),
      'the prototype': named('__proto__'),
      'a key that is the prototype': JSON.stringify({ ...plant, name: 'x' }).replace('"name":"x"', '"__proto__":{"polluted":true}'),
      'ten thousand attributes': { ...plant, attributes: Array.from({ length: 10_000 }, (_, index) => ({ name: `a${index}`, type: 'string' })) },
      'more than two levels': { ...plant, attributes: [nested(3)] },
      'a hundred levels': { ...plant, attributes: [nested(100)] },
      'NUL in a text': { ...plant, description: 'a\0b' },
      'half a character': JSON.stringify({ ...plant, description: 'x' }).replace('"description":"x"', String.raw`"description":"\ud800"`),
      'no attributes': { ...plant, attributes: [] },
      'attributes as an object': { ...plant, attributes: { costCode: { type: 'string' } } },
      'a list': [plant],
      'more than may be sent': { ...plant, description: 'x'.repeat(300_000) },
    };
    for (const [what, definition] of Object.entries(hostile)) {
      const { status, text } = await server.call('PUT', at('acme', PLANT), definition);
      expect(status, `${what}: ${text.slice(0, 300)}`).to.be.within(400, 413);
    }
    for (const urn of ['%00', 'x'.repeat(300), 'urn:x', '../../etc']) expect((await server.call('PUT', at('acme', urn), { ...plant, id: urn })).status, urn).to.equal(400);
    expect((await server.call('GET', at('acme', PLANT))).status).to.equal(404);
  });

  it('are at most twenty, also when they are declared at once', async () => {
    await server.call('POST', '/admin/organizations', { slug: 'many' });
    const answers = await Promise.all(Array.from({ length: 24 }, (_, index) => put({ ...plant, id: `${PLANT}:${index}x` }, 'many')));
    expect(answers.map(({ status }) => status).filter((status) => status === 200)).to.have.length(20);
    expect((await server.call('GET', at('many'))).body.items).to.have.length(20);
  });
});
