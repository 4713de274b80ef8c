import { expect } from 'chai';
import { ORGANIZATION_SCHEMA_CHANNEL, OrganizationSchemaStore } from '#hub/domain/directory/index.js';
import { uuidv7 } from '#hub/platform/uuid.js';
import { freshDatabase, type FreshDatabase } from '../../support/database.ts';
import { PLANT, plant } from '../../support/plant-extension.ts';

describe('schemas of organizations in the database', () => {
  const [acme, globex] = [uuidv7(), uuidv7()];
  let fresh: FreshDatabase;
  let store: OrganizationSchemaStore;
  const put = (orgId: string, definition: object, id = PLANT): ReturnType<OrganizationSchemaStore['put']> =>
    fresh.database.withOrganization({ orgId, actor: 'test' }, (tx) => store.put(tx, orgId, { id, resourceType: 'User', definition: { ...definition } }));
  const remove = (orgId: string): Promise<void> => fresh.database.withOrganization({ orgId, actor: 'test' }, (tx) => store.remove(tx, orgId, PLANT.toLowerCase()));

  before(async () => {
    fresh = await freshDatabase();
    store = new OrganizationSchemaStore(fresh.database);
  });
  after(() => fresh.drop());
  afterEach(async () => {
    await remove(acme);
    await remove(globex);
  });

  it('have a generation per organization that is another one after every change, and only then', async () => {
    expect((await store.generations()).size).to.equal(0);
    expect((await put(acme, plant)).changed).to.equal(true);
    await put(globex, plant);
    const first = await store.generations();
    expect([...first.keys()]).to.have.members([acme, globex]);
    expect((await put(acme, plant)).changed, 'the same once more').to.equal(false);
    expect(await store.generations()).to.deep.equal(first);
    await put(acme, { ...plant, name: 'Other' });
    const second = await store.generations();
    expect(second.get(acme)).not.to.equal(first.get(acme));
    expect(second.get(globex)).to.equal(first.get(globex));
    await remove(acme);
    expect([...(await store.generations()).keys()]).to.deep.equal([globex]);
  });

  it('are one per URN in any case, and found so', async () => {
    await put(acme, plant);
    await put(acme, { ...plant, name: 'Again' }, PLANT.toUpperCase());
    expect(await store.list(acme)).to.have.length(1);
    expect((await store.find(acme, PLANT.toLowerCase()))?.definition).to.include({ name: 'Again' });
    expect(await store.find(globex, PLANT)).to.equal(undefined);
  });

  it('are seen and written by their own organization alone', async () => {
    await put(acme, plant);
    const foreign = { orgId: globex, actor: 'test' };
    expect(await fresh.database.withOrganization(foreign, (tx) => tx.sql('select id from organization_schema'))).to.deep.equal([]);
    expect(await fresh.database.withInstance('test', (tx) => tx.sql('select id from organization_schema'))).to.deep.equal([]);
    const written = await fresh.database.withOrganization(foreign, (tx) => store.put(tx, acme, { id: 'urn:example:stolen', resourceType: 'User', definition: {} })).catch((error: unknown) => String(error));
    expect(written).to.contain('row-level security');
  });

  it('tell every hub of a change', async () => {
    const told: string[] = [];
    const stop = await fresh.database.listen(ORGANIZATION_SCHEMA_CHANNEL, (orgId) => told.push(orgId));
    await put(acme, plant);
    await remove(acme);
    const end = Date.now() + 1_000;
    while (told.length < 2 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
    await stop();
    expect(told).to.deep.equal([acme, acme]);
  });
});
