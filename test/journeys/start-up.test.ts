import { expect } from 'chai';
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { startHub } from '#hub/app.js';
import { verifyMasterSecret } from '#hub/domain/credentials/index.js';
import { systemClock } from '#hub/platform/clock.js';
import { loadConfig } from '#hub/platform/config.js';
import { DomainError } from '#hub/platform/errors.js';
import { createLog } from '#hub/platform/log.js';
import { MasterKeys } from '#hub/platform/master-keys.js';
import { bareDatabase, freshDatabase, scratchDirectory, withDatabase, type FreshDatabase } from '../support/database.ts';
import { failedStart, type Ended } from '../support/hub-process.ts';
import { asOwner } from '../support/owner.ts';

const makeSecret = (): string => randomBytes(32).toString('base64');

const directory = scratchDirectory('start-up');
const base = { DATA_DIR: join(directory, 'data'), GATEHOUSE_SECRET: makeSecret() };

/** Why a hub does not start, without the seconds that a process of its own takes. */
async function refusal(settings: Record<string, string>): Promise<DomainError> {
  const log = createLog({ level: 'fatal', format: 'json', clock: systemClock });
  const ended: unknown = await startHub({ config: loadConfig({ PORT: '0', ...settings }), log }).then(
    async (hub) => {
      await hub.stop();
      return 'started';
    },
    (error: unknown) => error,
  );
  if (ended instanceof DomainError) return ended;
  throw new Error(`no refusal that an operator could read: ${ended instanceof Error ? ended.stack : String(ended)}`);
}

const expectPlain = ({ code, stderr, stdout }: Ended, ...patterns: RegExp[]): void => {
  expect(code, stderr).to.equal(1);
  expect(stderr).to.match(/^gatehouse: /);
  for (const pattern of patterns) expect(stderr).to.match(pattern);
  expect(stderr + stdout).not.to.match(/^ +at /m);
};

const told = async (settings: Record<string, string>, code: string, pattern: RegExp): Promise<void> => {
  const error = await refusal({ ...base, ...settings });
  expect(error.code, error.message).to.equal(code);
  expect(error.message).to.match(pattern);
  expect(error.message).not.to.include('\n');
};

describe('a hub that cannot start', function startUp() {
  this.timeout(30_000);
  let fresh: FreshDatabase;

  before(async () => {
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'file'), '');
    fresh = await freshDatabase();
    await verifyMasterSecret(fresh.database, new MasterKeys(base.GATEHOUSE_SECRET));
  });
  after(async () => {
    await fresh.drop();
    rmSync(directory, { recursive: true, force: true });
  });

  describe('as a process', () => {
    it('ends with 1 and a line per fault of its settings, with the place of a slip in the map', async () => {
      const ended = await failedStart({ DATABASE_URL: 'postgres://localhost/x', OIDC_GROUP_ROLE_MAP: 'Engineering=developer, =admin' });
      expectPlain(ended, /^ {2}GATEHOUSE_SECRET is required when DATABASE_URL is set/m, /^ {2}OIDC_GROUP_ROLE_MAP 1:24 "=admin" has no group before =$/m);
      expect(ended.stderr.trimEnd().split('\n')).to.have.length(3);
    });

    it('ends with 1 and one line when the database does not answer, or the directory cannot be made', async () => {
      const [unreachable, unwritable] = await Promise.all([
        failedStart({ ...base, DATABASE_URL: 'postgres://hub:a-password@127.0.0.1:9/gatehouse' }),
        failedStart({ DATA_DIR: join(directory, 'file', 'data') }),
      ]);
      expectPlain(unreachable, /127\.0\.0\.1:9\/gatehouse does not answer/);
      expectPlain(unwritable, /file\/data/);
      for (const { stderr } of [unreachable, unwritable]) expect(stderr.trimEnd().split('\n'), stderr).to.have.length(1);
      expect(unreachable.stderr + unreachable.stdout).not.to.include('a-password');
    });
  });

  describe('tells', () => {
    it('a secret that is not the one of this database', () =>
      told({ DATABASE_URL: fresh.url, DATABASE_OWNER_URL: fresh.ownerUrl, GATEHOUSE_SECRET: makeSecret() }, 'crypto.wrong_secret', /master secret/));

    it('a wrong password', () => told({ DATABASE_URL: fresh.url.replace(/:[^:@/]*@/, ':wrong@') }, 'database.login_refused', /DATABASE_URL/));

    it('a missing database', () => told({ DATABASE_URL: withDatabase(fresh.url, 'nowhere') }, 'database.missing', /nowhere/));

    it('a login that may not create roles or the schema', async () => {
      const bare = await bareDatabase();
      try {
        await told({ DATABASE_URL: bare.url }, 'database.missing_privilege', /create|privilege|owner/i);
      } finally {
        await bare.drop();
      }
    });

    it('a port that is taken', async () => {
      const other: Server = createServer().listen(0);
      try {
        const { port } = other.address() as AddressInfo;
        await told({ DATABASE_URL: fresh.url, PORT: String(port) }, 'hub.port_taken', new RegExp(`${port}`));
      } finally {
        other.close();
      }
    });

    for (const [what, broken, mended] of [
      ['an organization table without forced row-level security', 'alter table membership no force row level security', 'alter table membership force row level security'],
      ['an organization table whose row-level security was switched off', 'alter table directory_user disable row level security', 'alter table directory_user enable row level security'],
    ] as const) {
      it(what, async () => {
        await asOwner(fresh.ownerUrl, broken);
        await told({ DATABASE_URL: fresh.url, DATABASE_OWNER_URL: fresh.ownerUrl }, 'database.not_isolated', /membership|directory_user/);
        await asOwner(fresh.ownerUrl, mended);
      });
    }

    it('an organization table without a policy', async () => {
      await asOwner(fresh.ownerUrl, 'create table leaky (org_id uuid)', 'alter table leaky enable row level security', 'alter table leaky force row level security', 'grant select on leaky to gatehouse_app');
      await told({ DATABASE_URL: fresh.url, DATABASE_OWNER_URL: fresh.ownerUrl }, 'database.not_isolated', /leaky/);
      await asOwner(fresh.ownerUrl, 'drop table leaky');
    });
  });
});
