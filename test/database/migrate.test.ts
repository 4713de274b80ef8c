import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '#hub/database/index.js';
import { pendingMigrations } from '#hub/database/migrate.js';
import { parseMigration, statementsOf } from '#hub/database/migration-files.js';
import { bareDatabase } from '../support/database.ts';
import { queryAsOwner } from '../support/owner.ts';

type Bare = Awaited<ReturnType<typeof bareDatabase>>;

describe('migration file', () => {
  it('names its number, its phase and whether it runs in a transaction', () => {
    const { version, name, phase, transactional } = parseMigration('0012-add-index.sql', '-- phase: contract\n-- transaction: none\n-- Words.\nselect 1;\n');
    expect({ version, name, phase, transactional }).to.deep.equal({ version: 12, name: 'add-index', phase: 'contract', transactional: false });
  });

  it('is refused without a phase or with a name out of order', () => {
    expect(() => parseMigration('0001-a.sql', 'select 1')).to.throw('0001-a.sql: the first lines must say');
    expect(() => parseMigration('1-a.sql', '-- phase: expand\n')).to.throw('NNNN');
    expect(() => parseMigration('0001-a.sql', '-- phase: expand\n-- transaction: some\n')).to.throw('none');
  });

  it('has the same checksum whatever its line ends', () => {
    expect(parseMigration('0001-a.sql', '-- phase: expand\r\nselect 1;\r\n').checksum).to.equal(parseMigration('0001-a.sql', '-- phase: expand\nselect 1;\n').checksum);
  });

  it('falls into its statements when it runs outside a transaction', () => {
    const migration = parseMigration('0001-a.sql', '-- phase: expand\n-- transaction: none\n-- First.\nselect 1;\n\nselect 2 -- still two\n;  \nselect 3');
    expect(statementsOf(migration)).to.deep.equal(['select 1', 'select 2 -- still two', 'select 3']);
  });
});

describe('pending migrations', () => {
  const one = parseMigration('0001-one.sql', '-- phase: expand\nselect 1;');
  const two = parseMigration('0002-two.sql', '-- phase: expand\nselect 2;');
  it('are those not applied yet', () => {
    expect(pendingMigrations([one, two], [one])).to.deep.equal([two]);
  });
  it('are not guessed when an applied one was edited, or the database is newer', () => {
    expect(() => pendingMigrations([one], [{ ...one, checksum: 'x' }])).to.throw().with.property('code', 'database.changed_migration');
    expect(() => pendingMigrations([one], [one, two])).to.throw().with.property('code', 'database.newer_schema');
  });
});

describe('migrations', function migrations() {
  this.timeout(20_000);
  let bare: Bare;
  let folder: string;
  const write = (name: string, sql: string): void => writeFileSync(join(folder, name), `-- phase: expand\n${sql}`);
  const open = async (migrate = true): Promise<void> => {
    const database = await openDatabase({ url: bare.url, ownerUrl: bare.ownerUrl, migrations: folder, migrate });
    await database.close();
  };
  beforeEach(async () => {
    bare = await bareDatabase();
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-migrations-'));
  });
  afterEach(async () => {
    rmSync(folder, { recursive: true });
    await bare.drop();
  });

  it('are applied once, in order, also by several nodes that start at once', async () => {
    write('0001-log.sql', 'create schema t; create table t.log (n int);\ninsert into t.log values (1);');
    write('0002-index.sql', '-- transaction: none\ncreate index concurrently if not exists log_n on t.log (n);\n');
    write('0003-more.sql', 'insert into t.log values (3);');
    await Promise.all([open(), open(), open()]);
    await open();
    expect(await queryAsOwner(bare.ownerUrl, 'select n from t.log order by n')).to.deep.equal([{ n: 1 }, { n: 3 }]);
    expect(await queryAsOwner(bare.ownerUrl, `select version, phase from schema_migration order by 1`)).to.deep.equal([1, 2, 3].map((version) => ({ version, phase: 'expand' })));
    expect(await queryAsOwner(bare.ownerUrl, `select indisvalid as valid from pg_index where indexrelid = 't.log_n'::regclass`)).to.deep.equal([{ valid: true }]);
  });

  it('leave nothing behind when one fails, and say which', async () => {
    write('0001-a.sql', 'create schema t;');
    write('0002-b.sql', 'select nonsense;');
    const error = await open().catch((reason: unknown) => reason);
    expect(error).to.have.property('code', 'database.migration_failed');
    expect(error).to.have.property('message').that.contains('Migration 2 (b)').and.contains('nonsense');
    expect(await queryAsOwner(bare.ownerUrl, `select count(*)::int as n from pg_namespace where nspname = 't'`)).to.deep.equal([{ n: 0 }]);
  });

  it('keep a node from starting that is older, edited, or not allowed to apply them', async () => {
    write('0001-a.sql', 'select 1;');
    expect(await open(false).catch((reason: unknown) => reason)).to.have.property('code', 'database.not_migrated');
    await open();
    await open(false);
    write('0001-a.sql', 'select 2;');
    expect(await open().catch((reason: unknown) => reason)).to.have.property('code', 'database.changed_migration');
    rmSync(join(folder, '0001-a.sql'));
    expect(await open().catch((reason: unknown) => reason)).to.have.property('code', 'database.newer_schema');
  });
});
