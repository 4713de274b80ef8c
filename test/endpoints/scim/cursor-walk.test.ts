import { expect } from 'chai';
import { fillWithUsers, numberedUser } from '../../support/many-users.ts';
import { asOwner } from '../../support/owner.ts';
import { type ScimServer, startScimServer } from '../../support/scim-server.ts';
import { USER } from './samples.js';

const PEOPLE = 100_000;
const PAGE = 1_000;

/** Who goes while the walk is under way, some before it comes to them and some after; each is a person of their own. */
const GOING = Array.from({ length: 600 }, (_, n) => numberedUser(1 + ((n * 7 * 23) % PEOPLE)));

describe('a walk over 100,000 users by cursor (RFC 9865)', function walkOfMany() {
  this.timeout(60_000);
  let server: ScimServer;

  before(async () => {
    server = await startScimServer({ limits: { maxPageSize: PAGE } });
    const { fresh, acme } = server;
    await fillWithUsers({ ...acme, fresh }, PEOPLE, { without: ['directory_user_search'] });
    const ids = GOING.map((id) => `('${id}'::uuid)`).join();
    await asOwner(
      fresh.ownerUrl,
      'set role gatehouse_app',
      `select set_config('app.org_id', '${acme.orgId}', false)`,
      `insert into account (id, home_org_id) select id, '${acme.orgId}' from (values ${ids}) g (id)`,
      `insert into membership (org_id, account_id, status) select '${acme.orgId}', id, 'active' from (values ${ids}) g (id)`,
      `update directory_user u set account_id = u.id from (values ${ids}) g (id) where u.id = g.id`,
    );
  });
  after(async () => {
    expect(server.defects).to.deep.equal([]);
    await server.close();
  });

  it('misses none and repeats none while others are created and deleted', async () => {
    const { acme } = server;
    let walking = true;
    let created = 0;
    const going = [...GOING];
    const meddle = async (): Promise<void> => {
      // oxlint-disable-next-line no-unmodified-loop-condition -- the walk itself ends it
      while (walking) {
        expect((await acme.call('POST', '/Users', { schemas: [USER], userName: `new${created++}` })).status).to.equal(201);
        const id = going.pop();
        if (id !== undefined) expect((await acme.call('DELETE', `/Users/${id}`)).status).to.equal(204);
      }
    };
    const meddling = Promise.all([meddle(), meddle(), meddle()]);
    const seen: string[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const { status, body } = await acme.call('GET', `/Users?attributes=id&count=${PAGE}&cursor=${cursor}`);
      expect(status).to.equal(200);
      for (const { id } of body.Resources as { id: string }[]) seen.push(id);
      cursor = body.nextCursor;
    }
    walking = false;
    await meddling;
    expect(created).to.be.greaterThan(50);
    const met = new Set(seen);
    expect(met.size).to.equal(seen.length);
    const gone = new Set(GOING);
    const missed = Array.from({ length: PEOPLE }, (_, n) => numberedUser(n + 1)).filter((id) => !met.has(id) && !gone.has(id));
    expect(missed).to.deep.equal([]);
  });
});
