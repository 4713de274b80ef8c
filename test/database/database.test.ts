import { expect } from 'chai';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { openDatabase, organizationContext, sqlState, uniqueViolation, type Modelling, type Statement } from '#hub/database/index.js';
import { asSuperuser, bareDatabase, freshDatabase, withDatabase, type FreshDatabase } from '../support/database.ts';
import { asOwner, queryAsOwner } from '../support/owner.ts';

const A = '00000000-0000-4000-8000-00000000000a';
const system = { orgId: A, actor: 'system' };

const count = (table: string): Statement => ({ name: `t.count.${table}`, text: `select count(*) as n from ${table}`, values: [] });

const defineRole = ({ sequelize, DataTypes }: Modelling) => sequelize.define('role', { name: { type: DataTypes.TEXT, primaryKey: true } }, { tableName: 'role', timestamps: false });

const fails = async (options: { url: string; ownerUrl?: string }): Promise<{ code: string; message: string }> =>
  openDatabase(options).then(
    async (opened) => {
      await opened.close();
      return { code: 'opened', message: '' };
    },
    (error: unknown) => error as { code: string; message: string },
  );


const text = (value: string): Buffer => Buffer.from(`${value}\0`);
const message = (type: string, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
};

describe('database', function database() {
  this.timeout(20_000);
  let fresh: FreshDatabase;
  before(async () => {
    fresh = await freshDatabase();
    await asOwner(fresh.ownerUrl, `insert into organization (id, slug, name) values ('${A}', 'a', 'A')`);
  });
  after(() => fresh.drop());

  describe('administrative transaction', () => {
    const insert = `insert into role (org_id, name) values ($1, $2) returning name`;

    it('sees its organization, in raw SQL and in the models\' transaction', async () => {
      const seen = await fresh.database.withOrganization(system, async (tx) => {
        await tx.sql(insert, [A, 'reader']);
        const roles = await tx.model(defineRole).count({ transaction: tx.transaction });
        return [roles, await tx.sql<{ actor: string }>(`select current_setting('app.actor') as actor, count(*) as n from role`)];
      });
      expect(seen).to.deep.equal([1, [{ actor: 'system', n: 1 }]]);
    });

    it('is undone when its work throws, and keeps the server\'s own error', async () => {
      const error = await fresh.database
        .withOrganization(system, async (tx) => {
          await tx.sql(insert, [A, 'twice']);
          await tx.sql(insert, [A, 'twice']);
        })
        .catch((reason: unknown) => reason);
      expect(uniqueViolation(error)).to.equal('role_pkey');
      expect(await fresh.database.withOrganization(system, (tx) => tx.sql(`select name from role where name = 'twice'`))).to.deep.equal([]);
    });

    it('sees no organization\'s rows when it was begun for the instance', async () => {
      const rows = await fresh.database.withInstance('system', (tx) => tx.sql('select (select count(*) from role) as roles, (select count(*) from organization) as organizations'));
      expect(rows).to.deep.equal([{ roles: 0, organizations: 1 }]);
      expect(sqlState(await fresh.database.withInstance('system', (tx) => tx.sql(insert, [A, 'x'])).catch((reason: unknown) => reason))).to.equal('42501');
    });

    it('is refused once the database is closed, also when none was asked for before', async () => {
      const closed = await openDatabase({ url: fresh.url, ownerUrl: fresh.ownerUrl });
      await closed.close();
      expect(await closed.withInstance('system', () => Promise.resolve()).catch((reason: unknown) => reason)).to.include({ code: 'database.closed' });
    });

    it('is told apart by a code when its connection is lost', async () => {
      const error = await fresh.database
        .withInstance('system', async (tx) => {
          await asSuperuser(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'gatehouse administration'`);
          await tx.sql('select 1');
        })
        .catch((reason: unknown) => reason);
      expect(error).to.have.property('code', 'database.unavailable');
      expect(await fresh.database.withInstance('system', (tx) => tx.sql('select 1 as n'))).to.deep.equal([{ n: 1 }]);
    });
  });

  describe('append-only tables', () => {
    const event = `insert into audit_event (org_id, id, actor, action, target_type, target_id) values ($1, gen_random_uuid(), 'x', 'x', 'x', 'x')`;
    const write: Statement = { name: 't.event', text: event, values: [A] };

    it('have a partition per day for a week ahead, reached through the parent only', async () => {
      const partitions = await queryAsOwner(fresh.ownerUrl, `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'audit_event'::regclass order by 1`);
      expect(partitions).to.have.length(9);
      const [, , seen] = await fresh.database.batch([organizationContext(system), write, count('audit_event')]);
      expect(seen).to.deep.equal([{ n: 1 }]);
      expect((await fresh.database.batch([count('audit_event')]))[0]).to.deep.equal([{ n: 0 }]);
      const direct = await fresh.database.batch([organizationContext(system), count(String(partitions[1]?.['name']))]).catch((reason: unknown) => reason);
      expect(sqlState(direct)).to.equal('42501');
    });
  });

  describe('listening', () => {
    it('survives a connection that is ended, and stops when told to', async () => {
      const heard: string[] = [];
      const stop = await fresh.database.listen('News', (payload) => heard.push(payload));
      const notify = (payload: string): Promise<void> => asOwner(fresh.ownerUrl, `select pg_notify('News', '${payload}')`);
      const until = async (payload: string): Promise<void> => {
        for (let tries = 0; !heard.includes(payload) && tries < 40; tries++) {
          await notify(payload);
          await pause(50);
        }
        expect(heard).to.contain(payload);
      };
      await until('before');
      await asSuperuser(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'gatehouse listener'`);
      await until('after');
      await stop();
      await notify('too late');
      await pause(50);
      expect(heard).not.to.contain('too late');
    });
  });

  describe('pool', () => {
    it('bounds the wait for a connection, and serves the rest in order', async () => {
      const narrow = await openDatabase({ url: fresh.url, ownerUrl: fresh.ownerUrl, poolSize: 1, wait: 150 });
      const sleep: Statement = { name: 't.sleep', text: 'select pg_sleep($1)', values: [0.4] };
      const results = await Promise.allSettled([narrow.batch([sleep]), narrow.batch([sleep]), narrow.batch([sleep])]);
      expect(results.map((result) => (result.status === 'rejected' ? (result.reason as { code: string }).code : 'done'))).to.deep.equal(['done', 'database.busy', 'database.busy']);
      expect(await narrow.batch([{ ...sleep, values: [0] }])).to.have.length(1);
      const last = narrow.batch([{ ...sleep, values: [0.1] }]);
      await narrow.close();
      expect(await last).to.have.length(1);
      expect(await narrow.batch([sleep]).catch((reason: unknown) => reason)).to.have.property('code', 'database.closed');
    });
  });

  describe('start', () => {

    it('says in one sentence why it cannot connect', async () => {
      expect(await fails({ url: 'postgres://nobody:secret@127.0.0.1:1/x' })).to.have.property('code', 'database.unreachable');
      expect((await fails({ url: 'postgres://nobody:secret@127.0.0.1:1/x' })).message).to.contain('127.0.0.1:1/x').and.not.contain('secret');
      expect(await fails({ url: fresh.url.replace(/:[^:@]*@/, ':wrong@') })).to.have.property('code', 'database.login_refused');
      expect(await fails({ url: withDatabase(fresh.url, 'nowhere') })).to.have.property('code', 'database.missing');
    });

    it('refuses a server that is too old', async () => {
      const [int16, int32] = [(n: number) => Buffer.from([n >> 8, n & 255]), (n: number) => Buffer.from([0, 0, n >> 8, n & 255])];
      const ready = message('Z', Buffer.from('I'));
      const described = message('T', int16(1), text('version'), int32(0), int16(0), int32(23), int16(4), int32(0), int16(0));
      const row = message('D', int16(1), int32(6), Buffer.from('140011'));
      const old = createServer((socket) => {
        socket.once('data', () => {
          socket.write(Buffer.concat([message('R', int32(0)), ready]));
          socket.on('data', () => socket.write(Buffer.concat([described, row, message('C', text('SELECT 1')), ready])));
        });
      }).listen(0, '127.0.0.1');
      await once(old, 'listening');
      const { port } = old.address() as { port: number };
      const error = await fails({ url: `postgres://x:x@127.0.0.1:${port}/x` });
      old.close();
      expect(error).to.have.property('code', 'database.too_old');
      expect(error.message).to.contain('version 14');
    });

    it('tells an administrator what to run for an owner that may not create or grant roles', async () => {
      const bare = await bareDatabase();
      await asSuperuser(
        `do $$ begin create role gatehouse_test_plain login password 'gatehouse'; exception when duplicate_object then null; end $$`,
        `alter database ${String(/\/([a-z0-9_]+)(?:\?|$)/.exec(bare.url)?.[1])} owner to gatehouse_test_plain`,
      );
      const url = bare.url.replace('gatehouse_test_login', 'gatehouse_test_plain');
      const error = await fails({ url });
      expect(error).to.have.property('code', 'database.missing_privilege');
      const sql = /run: (.*)$/.exec(error.message)?.[1] ?? '';
      await asSuperuser(...sql.split(';').filter((statement) => statement.trim().startsWith('grant gatehouse')));
      expect(await fails({ url })).to.have.property('code', 'opened');
      await bare.drop();
      await asSuperuser('drop role gatehouse_test_plain');
    });

    it('keeps the role even when the address carries options of its own', async () => {
      const url = `${fresh.url}${fresh.url.includes('?') ? '&' : '?'}options=-c%20role%3Dnone%20-c%20work_mem%3D5MB`;
      const opened = await openDatabase({ url, ownerUrl: fresh.ownerUrl });
      expect(await opened.batch([{ name: 't.who', text: `select current_user::text as who, current_setting('work_mem') as mem`, values: [] }])).to.deep.equal([[{ who: 'gatehouse_app', mem: '5MB' }]]);
      await opened.close();
    });
  });
});
