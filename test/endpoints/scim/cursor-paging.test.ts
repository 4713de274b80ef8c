import { expect } from 'chai';
import { type ScimReply, type ScimServer, type ScimTenant, startScimServer } from '../../support/scim-server.ts';
import { GROUP, USER } from './samples.js';

const userNamed = (userName: string): object => ({ schemas: [USER], userName, active: !userName.startsWith('off'), emails: [{ value: `${userName}@example.com`, type: 'work' }] });

async function push(tenant: ScimTenant, names: readonly string[]): Promise<string[]> {
  const replies: ScimReply[] = [];
  for (const name of names) replies.push(await tenant.call('POST', '/Users', userNamed(name)));
  return replies.map((reply) => reply.body.id as string);
}

/** Walks to the end, doing something between the pages; the ids as they came. */
async function walk(tenant: ScimTenant, query: string, between: (page: number) => Promise<void> = () => Promise.resolve()): Promise<string[]> {
  const seen: string[] = [];
  let cursor = '';
  for (let page = 0; page < 200; page += 1) {
    const { status, body } = await tenant.call('GET', `${query}&cursor=${encodeURIComponent(cursor)}`);
    expect(status, JSON.stringify(body)).to.equal(200);
    seen.push(...(body.Resources as { id: string }[]).map(({ id }) => id));
    if (body.nextCursor === undefined) return seen;
    cursor = body.nextCursor;
    await between(page);
  }
  throw new Error('the walk did not end');
}

describe('cursor paging (RFC 9865)', function () {
  this.timeout(20_000);
  let server: ScimServer;
  let acme: ScimTenant;
  let ids: string[];

  before(async () => {
    server = await startScimServer();
    ({ acme } = server);
    ids = await push(acme, Array.from({ length: 45 }, (_, n) => `${n % 3 === 0 ? 'off' : 'on'}${n}`));
    await push(server.globex, ['someone']);
  });
  after(async () => {
    expect(server.defects).to.deep.equal([]);
    await server.close();
  });

  const get = (path: string, tenant = acme): Promise<ScimReply> => tenant.call('GET', path);
  const refused = async (path: string, tenant = acme): Promise<string> => {
    const { status, body } = await get(path, tenant);
    expect(status).to.equal(400);
    return body.scimType as string;
  };
  const firstCursor = async (path: string): Promise<string> => (await get(path)).body.nextCursor as string;

  it('answers with nextCursor instead of startIndex, and without it on the last page', async () => {
    const { body } = await get('/Users?cursor=&count=20');
    expect(body).to.include({ totalResults: 45, itemsPerPage: 20 }).and.not.to.have.property('startIndex');
    expect(body.nextCursor).to.match(/^[\w-]+$/);
    const second = (await get(`/Users?count=20&cursor=${body.nextCursor}`)).body;
    const third = (await get(`/Users?count=20&cursor=${second.nextCursor}`)).body;
    expect(third).to.include({ totalResults: 45, itemsPerPage: 5 }).and.not.to.have.property('nextCursor');
    expect((await get('/Users?cursor=&count=45')).body).not.to.have.property('nextCursor');
    expect((await get('/Users?startIndex=2&count=1')).body).to.include({ startIndex: 2, itemsPerPage: 1 }).and.not.to.have.property('nextCursor');
  });

  it('tells the total alone when no resource is wanted', async () => {
    for (const path of ['/Users?count=0', '/Users?cursor=&count=0', '/Users?count=0&filter=active%20eq%20false', '/Users?count=-5&sortBy=userName']) {
      expect((await get(path)).body, path).to.deep.include({ totalResults: path.includes('false') ? 15 : 45, itemsPerPage: 0, Resources: [] });
    }
  });

  it('walks through filters and orders without gap or repetition', async () => {
    expect(await walk(acme, '/Users?count=7')).to.deep.equal(ids);
    const off = ids.filter((_, n) => n % 3 === 0);
    expect(await walk(acme, '/Users?count=4&filter=active%20eq%20false')).to.deep.equal(off);
    const sorted = await walk(acme, '/Users?count=4&sortBy=emails.value&sortOrder=descending');
    expect(sorted.toSorted()).to.deep.equal(ids.toSorted());
    expect(sorted).to.deep.equal((await get('/Users?count=100&sortBy=emails.value&sortOrder=descending')).body.Resources.map((user: { id: string }) => user.id));
  });

  it('misses none and repeats none while others come and go', async () => {
    const staying = await push(acme, Array.from({ length: 30 }, (_, n) => `stay${n}`));
    const going = await push(acme, Array.from({ length: 30 }, (_, n) => `going${n}`));
    const work: Promise<unknown>[] = [];
    for (const order of ['', '&sortBy=userName']) {
      const seen = await walk(acme, `/Users?count=9${order}`, (page) => {
        work.push(push(acme, [`new${order.length}-${page}`]), ...going.splice(0, 3).map((id) => acme.call('DELETE', `/Users/${id}`)));
        return Promise.resolve();
      });
      expect(new Set(seen).size).to.equal(seen.length);
      expect([...ids, ...staying].filter((id) => !seen.includes(id))).to.deep.equal([]);
    }
    await Promise.all(work);
  });

  it('takes a cursor for the question that it was given for, and for no other', async () => {
    const cursor = await firstCursor('/Users?cursor=&count=5&filter=active%20eq%20true');
    const again = (query: string): string => `/Users?count=5&cursor=${cursor}${query}`;
    expect((await get(again('&filter=active%20eq%20true'))).status).to.equal(200);
    expect((await get(again('&filter=ACTIVE%20eq%20true&attributes=userName'))).status).to.equal(200);
    for (const other of ['', '&filter=active%20eq%20false', '&filter=active%20eq%20true&sortBy=userName']) expect(await refused(again(other)), other).to.equal('invalidCursor');
    await acme.call('POST', '/Groups', { schemas: [GROUP], displayName: 'one' });
    await acme.call('POST', '/Groups', { schemas: [GROUP], displayName: 'two' });
    const plain = await firstCursor('/Users?cursor=&count=5');
    expect(await refused(`/Groups?cursor=${plain}`)).to.equal('invalidCursor');
    expect((await get(`/Groups?count=1&cursor=${await firstCursor('/Groups?cursor=&count=1')}`)).body.Resources).to.have.length(1);
  });

  it('takes no cursor of another connection, and none that was altered', async () => {
    const cursor = await firstCursor('/Users?cursor=&count=5');
    expect(await refused(`/Users?cursor=${cursor}`, server.globex)).to.equal('invalidCursor');
    const altered = Buffer.from(cursor, 'base64url');
    altered[altered.length - 20] = (altered[altered.length - 20] ?? 0) ^ 1;
    for (const wrong of [altered.toString('base64url'), 'x', '!!', cursor.slice(0, 20), `${cursor}A`, 'A'.repeat(9000), '%00']) expect(await refused(`/Users?cursor=${wrong}`), wrong).to.be.oneOf(['invalidCursor', 'invalidValue']);
    expect((await acme.call('GET', `/Users?cursor=${cursor}`, undefined, { authorization: 'Bearer nobody' })).status).to.equal(401);
  });

  it('refuses a page by cursor and by number at once, and a count that is none', async () => {
    expect(await refused('/Users?cursor=&startIndex=3')).to.equal('invalidCursor');
    expect(await refused('/Users?cursor=&count=many')).to.equal('invalidCount');
  });

  it('pages the same way from a body', async () => {
    const question = { schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'], filter: 'userName sw "on"', count: 10 };
    const search = (more: object): Promise<ScimReply> => acme.call('POST', '/Users/.search', { ...question, ...more });
    const first = (await search({ cursor: '' })).body;
    expect(first).to.include({ totalResults: 30, itemsPerPage: 10 });
    const second = (await search({ cursor: first.nextCursor })).body;
    expect(second.Resources[0].id).not.to.equal(first.Resources[0].id);
    expect(second.totalResults).to.equal(30);
  });

  it('lets cursors expire', async () => {
    const short = await startScimServer({ limits: { cursorTimeout: 0.05 } });
    try {
      await push(short.acme, ['a', 'b', 'c']);
      const cursor = (await short.acme.call('GET', '/Users?cursor=&count=1')).body.nextCursor as string;
      await new Promise((resolve) => setTimeout(resolve, 80));
      expect((await short.acme.call('GET', `/Users?count=1&cursor=${cursor}`)).body).to.include({ scimType: 'expiredCursor', status: '400' });
    } finally {
      await short.close();
    }
  });
});
