import { expect } from 'chai';
import { EventEmitter, once } from 'node:events';
import { Client } from 'pg';
import { uniqueViolation } from '#hub/database/index.js';
import { OrganizationSchemaStore, UniqueLedger, type UniqueRules } from '#hub/domain/directory/index.js';
import { buildRegistry, extendRegistry, loadRegistry, type SchemaRegistry } from '#hub/endpoints/scim/schema-registry.js';
import type { JsonObject } from '#hub/endpoints/scim/resource-json.js';
import { uniqueChangeOf } from '#hub/endpoints/scim/unique-attributes.js';
import { userFields } from '#hub/endpoints/scim/user-resource.js';
import { DomainError } from '#hub/platform/errors.js';
import { createUser, deleteUser, updateUser } from '#hub/provisioning/index.js';
import { BADGE, badge } from '../../support/badge-extension.ts';
import { DirectoryFeed } from '../../support/directory-feed.ts';

const base = loadRegistry();
const shipped = buildRegistry([...base.schemas.values()], base.resourceTypeDocuments);
const withBadge = extendRegistry(base, [badge]);
const otherwise = extendRegistry(base, [{ ...badge, attributes: badge.attributes.map((one) => (one.name === 'number' ? { ...one, uniqueness: 'global' } : one)) }]);

const badgeRules = (): UniqueRules | undefined => withBadge.unique;
const codeOf = (work: Promise<unknown>): Promise<string> => work.then(() => 'done', (error: unknown) => (error instanceof DomainError ? error.code : String(error)));

describe('the ledger of unique values', function ledgerOfValues() {
  this.timeout(20_000);
  let feed: DirectoryFeed;
  let counted = 0;
  before(async () => {
    feed = await DirectoryFeed.start();
  });
  after(() => feed.fresh.drop());

  /** A node whose files are these, started at this moment. */
  const node = ({ unique }: SchemaRegistry, startedAt = 1_000) => {
    const { database } = feed.fresh;
    const ledger = new UniqueLedger({ database, schemas: new OrganizationSchemaStore(database), files: unique?.mark, startedAt });
    return { ledger, settle: (orgId = feed.orgId) => ledger.settle(orgId, (): UniqueRules | undefined => unique) };
  };
  const told = { requestId: 'test' };
  /** As a request that knows what is unique writes, or one that does not. */
  const make = async (own: JsonObject, knows = true, at = feed): Promise<string> => {
    const resource = { userName: `user-${(counted += 1)}`, [BADGE]: own };
    const unique = knows && withBadge.unique ? uniqueChangeOf(withBadge.unique, 'User', undefined, resource) : undefined;
    return (await createUser(at.provisioning, { open: at.open, ...told }, (id) => ({ ...userFields(id, resource), ...(unique && { unique }) }))).id;
  };
  const clear = (id: string): Promise<unknown> =>
    updateUser(feed.provisioning, { open: feed.open, ...told }, id, (current) => {
      const before = JSON.parse(current.resource) as JsonObject;
      const { [BADGE]: _gone, ...after } = before;
      const unique = withBadge.unique && uniqueChangeOf(withBadge.unique, 'User', before, after);
      return { ...userFields(id, after), ...(unique && { unique }) };
    });
  const refusedFor = async (own: JsonObject): Promise<string | undefined> => make(own).then(() => undefined, uniqueViolation);
  const count = async (orgId = feed.orgId): Promise<number> => (await feed.fresh.database.withOrganization({ orgId, actor: 'test' }, (tx) => tx.sql('select 1 from directory_unique_value'))).length;

  it('says nothing where nothing is unique', async () => {
    expect(await node(shipped).settle()).to.deep.equal([]);
    expect(await feed.fresh.database.withOrganization({ orgId: feed.orgId, actor: 'test' }, (tx) => tx.sql('select 1 from unique_ledger'))).to.deep.equal([]);
  });

  it('begins with what resources hold when files make it unique, and tells of values that several have', async () => {
    const [first, second, third] = [await make({ number: 'Two' }, false), await make({ number: 'two' }, false), await make({ number: 'TWO' }, false)];
    await make({ number: 'one', keys: ['k'] }, false);
    const clashes = await node(withBadge).settle();
    expect(clashes).to.have.deep.members([second, third].map((id) => ({ attribute: `${BADGE}:number`, kind: 'User', id, holder: first })));
    expect(await refusedFor({ number: 'ONE' })).to.equal('directory_unique_value_held');
    expect(await refusedFor({ keys: ['K'] })).to.equal('directory_unique_value_held');
    expect(await node(withBadge).settle(), 'once').to.deep.equal([]);

    // Nobody gets the value while one of them has it, in whatever order they give it up.
    await clear(third);
    expect(await refusedFor({ number: 'two' })).to.equal('directory_unique_value_held');
    await deleteUser(feed.provisioning, { open: feed.open, ...told }, first, () => undefined);
    expect(await refusedFor({ number: 'two' })).to.equal('directory_unique_value_held');
    await clear(second);
    expect(await refusedFor({ number: 'two' })).to.equal(undefined);
  });

  it('tells of every attribute of which several have a value, however many have one of another', async () => {
    const other = await DirectoryFeed.start(feed.fresh);
    for (let n = 0; n < 25; n += 1) await make({ number: 'crowd' }, false, other);
    await make({ serial: 'twice' }, false, other);
    const last = await make({ serial: 'twice' }, false, other);
    const clashes = await node(withBadge).settle(other.orgId);
    expect(clashes.filter(({ attribute }) => attribute === `${BADGE}:number`)).to.have.length(20);
    expect(clashes.filter(({ attribute }) => attribute === `${BADGE}:serial`).map(({ id }) => id)).to.deep.equal([last]);
  });

  it('is made by one of many nodes that come at once', async () => {
    const other = await DirectoryFeed.start(feed.fresh);
    await Promise.all(Array.from({ length: 6 }, () => node(withBadge).settle(other.orgId)));
    await Promise.all(Array.from({ length: 3 }, () => node(withBadge).settle(other.orgId)));
    expect(await count(other.orgId)).to.equal(0);
    expect(await count()).to.be.greaterThan(0);
  });

  it('lets everybody come to an end where many come at once', async () => {
    const { orgId } = await DirectoryFeed.start(feed.fresh);
    for (let round = 0; round < 6; round++) {
      const rules = round % 2 === 0 ? otherwise : withBadge;
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => codeOf(node(rules, 2_000 + round).settle(orgId))));
      expect(outcomes).to.deep.equal(Array<string>(20).fill('done'));
    }
  });

  it('is not made anew by whoever looked before it was, and begun again by whoever began meanwhile', async () => {
    const { database } = feed.fresh;
    const { orgId } = await DirectoryFeed.start(feed.fresh);
    const version = async (): Promise<unknown> => (await database.withOrganization({ orgId, actor: 'test' }, (tx) => tx.sql('select xmin::text as written from unique_ledger')))[0]?.['written'];
    const overtaken = (by: () => Promise<unknown>): UniqueLedger => {
      let times = 0;
      const batch: typeof database.batch = async (statements) => {
        const rows = await database.batch(statements);
        if (statements.some(({ name }) => name === 'directory.unique-ledger.read') && (times += 1) === 1) await by();
        return rows;
      };
      return new UniqueLedger({ database: { ...database, batch }, schemas: new OrganizationSchemaStore(database), files: withBadge.unique?.mark, startedAt: 1_000 });
    };
    await overtaken(() => node(withBadge).settle(orgId)).settle(orgId, badgeRules);
    const first = await version();
    await overtaken(() => node(withBadge).settle(orgId)).settle(orgId, badgeRules);
    expect(await version()).to.equal(first);
    const write = (text: string): Promise<unknown> => database.withOrganization({ orgId, actor: 'test' }, (tx) => tx.sql(text));
    const reopened = async (): Promise<void> => {
      await write('update unique_ledger set closed_by = gen_random_uuid(), closed_at = now()');
      setTimeout(() => void write('update unique_ledger set closed_by = null, closed_at = null'), 60);
    };
    expect(await overtaken(reopened).settle(orgId, badgeRules)).to.deep.equal([]);
  });

  it('follows the node that was started last, so that two with different files do not take turns', async () => {
    await node(shipped, 1_900).settle();
    await node(withBadge, 2_000).settle();
    expect(await codeOf(node(otherwise, 1_500).settle())).to.equal('directory.unique_files_differ');
    expect(await codeOf(node(shipped, 1_500).settle())).to.equal('directory.unique_files_differ');
    expect(await codeOf(node(otherwise, 3_000).settle())).to.equal('done');
    expect(await codeOf(node(withBadge, 2_000).settle())).to.equal('directory.unique_files_differ');
    expect(await codeOf(node(shipped, 4_000).settle())).to.equal('done');
    expect(await count(), 'files that make nothing unique leave nothing').to.equal(0);
  });

  it('waits for requests that began before', async () => {
    const [begun, ended] = [new EventEmitter(), new EventEmitter()];
    const request = feed.fresh.database.withOrganization({ orgId: feed.orgId, actor: 'test' }, async (tx) => {
      await tx.sql('select 1 from unique_ledger');
      const end = once(ended, 'done');
      begun.emit('done');
      await end;
    });
    await once(begun, 'done');
    let settled = false;
    const settling = node(withBadge, 5_000).settle().then(() => (settled = true));
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(settled).to.equal(false);
    ended.emit('done');
    await Promise.all([request, settling]);
    expect(settled).to.equal(true);
  });

  it('does not wait for a backup, which locks every table until it is done', async () => {
    const backup = new Client(feed.fresh.ownerUrl);
    await backup.connect();
    try {
      await backup.query('begin isolation level repeatable read read only');
      await backup.query('lock table schema_migration, scim_door, unique_ledger in access share mode');
      await node(shipped, 5_500).settle();
      expect(await codeOf(node(withBadge, 5_500).settle())).to.equal('done');
    } finally {
      await backup.end();
    }
  });

  it('is open again after a change that was refused', async () => {
    const { ledger, settle } = node(shipped, 6_000);
    const refused = ledger.change(feed.orgId, () => Promise.resolve(undefined), () => Promise.reject(new DomainError('conflict', 'test.refused', 'No.')));
    expect(await codeOf(refused)).to.equal('test.refused');
    expect(await codeOf(node(withBadge, 6_000).settle())).to.equal('done');
    expect(await codeOf(settle())).to.equal('done');
  });
});
