import { expect } from 'chai';
import { ENTERPRISE, bulkBody, groupBody, membersOf, newGroup, newUser, patchBody, userBody } from '../../support/scim-samples.ts';
import { startScimServer, type ScimReply, type ScimServer, type ScimTenant } from '../../support/scim-server.ts';

const statuses = ({ body }: ScimReply): string[] => body.Operations.map((one: { status: string }) => one.status);
const idAt = ({ body }: ScimReply, at: number): string => String(body.Operations[at].location).replace(/^.*\//, '');
const make = (at: number): unknown => ({ method: 'POST', path: '/Users', bulkId: String(at), data: userBody(`b-many-${at}@example.com`) });

describe('SCIM bulk requests', () => {
  let hub: ScimServer;
  let acme: ScimTenant;
  let bulk: (operations: readonly unknown[], more?: Record<string, unknown>) => Promise<ScimReply>;
  const count = async (): Promise<number> => (await acme.call('GET', '/Users?count=0')).body.totalResults;

  before(async () => {
    hub = await startScimServer({ limits: { maxBulkOperations: 20 }, maxBodyBytes: 100_000 });
    ({ acme } = hub);
    bulk = (operations, more) => acme.call('POST', '/Bulk', bulkBody(operations, more));
  });
  after(() => hub.close());
  afterEach(() => expect(hub.defects).to.deep.equal([]));

  it('create, replace, change and delete, and tell of each its status, location and version', async () => {
    const [replaced, changed, deleted] = [await newUser(acme, 'b-put@example.com'), await newUser(acme, 'b-patch@example.com'), await newUser(acme, 'b-delete@example.com')];
    const reply = await bulk([
      { method: 'POST', path: '/Users', bulkId: 'qwerty', data: userBody('b-alice@example.com') },
      { method: 'PUT', path: `/Users/${replaced}`, data: userBody('b-put2@example.com') },
      { method: 'patch', path: `/Users/${changed}`, data: patchBody({ op: 'replace', path: 'title', value: 'T' }) },
      { method: 'DELETE', path: `/Users/${deleted}` },
    ]);
    expect(reply.status).to.equal(200);
    expect(reply.body.schemas).to.deep.equal(['urn:ietf:params:scim:api:messages:2.0:BulkResponse']);
    expect(statuses(reply)).to.deep.equal(['201', '200', '200', '204']);
    const [made] = reply.body.Operations;
    expect(made).to.include({ method: 'POST', bulkId: 'qwerty' });
    const read = await acme.call('GET', `/Users/${idAt(reply, 0)}`);
    expect(made.location).to.equal(read.body.meta.location);
    expect(made.version).to.equal(read.headers.get('etag'));
    expect(reply.body.Operations[3]).to.deep.equal({ location: `${hub.base}/Users/${deleted}`, method: 'DELETE', status: '204' });
    expect((await acme.call('GET', `/Users/${deleted}`)).status).to.equal(404);
    expect((await acme.call('GET', `/Users/${changed}`)).body.title).to.equal('T');
  });

  it('resolve references backwards and forwards, in members, in manager, in PATCH values and paths', async () => {
    const group = await newGroup(acme, 'B existing');
    const reply = await bulk([
      { method: 'POST', path: '/Groups', bulkId: 'tours', data: groupBody('B tours', ['bulkId:ann', 'bulkId:bob']) },
      { method: 'POST', path: '/Users', bulkId: 'ann', data: userBody('b-ann@example.com', { [ENTERPRISE]: { manager: { value: 'bulkId:bob' } } }) },
      { method: 'PATCH', path: `/Groups/${group}`, data: patchBody({ op: 'add', path: 'members', value: [{ value: 'bulkId:ann' }, { value: 'bulkId:bob' }] }, { op: 'remove', path: 'members[value eq "bulkId:ann"]' }) },
      { method: 'POST', path: '/Users', bulkId: 'bob', data: userBody('b-bob@example.com') },
      { method: 'PATCH', path: '/Users/bulkId:bob', data: patchBody({ op: 'add', path: `${ENTERPRISE}:manager`, value: { value: 'bulkId:ann' } }) },
    ]);
    expect(statuses(reply)).to.deep.equal(['201', '201', '204', '201', '200']);
    const [ann, bob] = [idAt(reply, 1), idAt(reply, 3)];
    expect(await membersOf(acme, idAt(reply, 0))).to.deep.equal([ann, bob].toSorted());
    expect(await membersOf(acme, group)).to.deep.equal([bob]);
    expect((await acme.call('GET', `/Users/${ann}`)).body[ENTERPRISE].manager.value).to.equal(bob);
    expect((await acme.call('GET', `/Users/${bob}`)).body[ENTERPRISE].manager.value).to.equal(ann);
  });

  it('resolve two new groups that hold each other, as RFC 7644 §3.7.1 shows', async () => {
    const reply = await bulk([
      { method: 'POST', path: '/Groups', bulkId: 'qwerty', data: { ...groupBody('Group A'), members: [{ type: 'Group', value: 'bulkId:ytrewq' }] } },
      { method: 'POST', path: '/Groups', bulkId: 'ytrewq', data: { ...groupBody('Group B'), members: [{ type: 'Group', value: 'bulkId:qwerty' }] } },
    ]);
    expect(statuses(reply)).to.deep.equal(['201', '201']);
    const [a, b] = [idAt(reply, 0), idAt(reply, 1)];
    expect(await membersOf(acme, a)).to.deep.equal([b]);
    expect(await membersOf(acme, b)).to.deep.equal([a]);
    const now = (await acme.call('GET', `/Groups/${b}`)).headers.get('etag');
    expect(reply.body.Operations[1].version ?? now, 'no version that is outdated already').to.equal(now);
  });

  it('resolve two new people who manage each other', async () => {
    const reply = await bulk([
      { method: 'POST', path: '/Users', bulkId: '1', data: userBody('circle-1@example.com', { [ENTERPRISE]: { department: 'D', manager: { value: 'bulkId:2' } } }) },
      { method: 'POST', path: '/Users', bulkId: '2', data: userBody('circle-2@example.com', { [ENTERPRISE]: { manager: 'bulkId:1' } }) },
    ]);
    expect(statuses(reply)).to.deep.equal(['201', '201']);
    const first = (await acme.call('GET', `/Users/${idAt(reply, 0)}`)).body[ENTERPRISE];
    expect(first).to.deep.equal({ department: 'D', manager: { value: idAt(reply, 1) } });
    expect((await acme.call('GET', `/Users/${idAt(reply, 1)}`)).body[ENTERPRISE].manager.value).to.equal(idAt(reply, 0));
  });

  it('refuse a reference to nothing, and one to what could not be created', async () => {
    await newUser(acme, 'b-taken@example.com');
    const reply = await bulk([
      { method: 'POST', path: '/Groups', bulkId: 'g1', data: groupBody('B unknown', ['bulkId:nowhere']) },
      { method: 'POST', path: '/Users', bulkId: 'taken', data: userBody('B-TAKEN@example.com') },
      { method: 'POST', path: '/Groups', bulkId: 'g2', data: groupBody('B failed', ['bulkId:taken']) },
    ]);
    expect(reply.status).to.equal(200);
    expect(statuses(reply)).to.deep.equal(['400', '409', '409']);
    expect(reply.body.Operations.map((one: { response: { scimType?: string } }) => one.response.scimType)).to.deep.equal(['invalidValue', 'uniqueness', undefined]);
    expect(reply.body.Operations[0]).not.to.have.property('location');
    expect(reply.body.Operations[0].response).to.include({ status: '400' });
  });

  it('take back what was made of a circle that cannot be closed', async () => {
    await newGroup(acme, 'B sitting');
    const reply = await bulk([
      { method: 'POST', path: '/Groups', bulkId: 'a', data: groupBody('B sitting', ['bulkId:b']) },
      { method: 'POST', path: '/Groups', bulkId: 'b', data: groupBody('B half', ['bulkId:a']) },
    ]);
    expect(statuses(reply)).to.deep.equal(['409', '409']);
    expect((await acme.call('GET', `/Groups?filter=${encodeURIComponent('displayName eq "B half"')}`)).body.totalResults).to.equal(0);
  });

  it('go on after errors, or stop at failOnErrors and leave out what was not reached', async () => {
    const [bad, good] = [(bulkId: string) => ({ method: 'POST', path: '/Users', bulkId, data: {} }), (bulkId: string) => ({ method: 'POST', path: '/Users', bulkId, data: userBody(`b-fail-${bulkId}@example.com`) })];
    expect(statuses(await bulk([bad('1'), good('2'), bad('3'), good('4')]))).to.deep.equal(['400', '201', '400', '201']);
    expect(statuses(await bulk([bad('5'), good('6'), bad('7'), good('8')], { failOnErrors: 2 }))).to.deep.equal(['400', '201', '400']);
    expect(statuses(await bulk([bad('9'), good('10')], { failOnErrors: 1 }))).to.deep.equal(['400']);
    expect((await acme.call('GET', `/Users?filter=${encodeURIComponent('userName eq "b-fail-8@example.com"')}`)).body.totalResults).to.equal(0);
  });

  it('judge the version of each operation', async () => {
    const made = await acme.call('POST', '/Users', userBody('b-version@example.com'));
    const [path, old] = [`/Users/${made.body.id}`, made.headers.get('etag')];
    const patch = (value: string, version: unknown): unknown => ({ method: 'PATCH', path, version, data: patchBody({ op: 'replace', path: 'title', value }) });
    const reply = await bulk([patch('one', old), patch('two', old), { method: 'DELETE', path, version: old }, patch('three', '*')]);
    expect(statuses(reply)).to.deep.equal(['200', '412', '412', '200']);
    expect(reply.body.Operations[1].response.status).to.equal('412');
    expect((await acme.call('GET', path)).body.title).to.equal('three');
  });

  it('need a bulkId for POST, and know no other methods and places', async () => {
    const reply = await bulk([
      { method: 'POST', path: '/Users', data: userBody('b-no-id@example.com') },
      { method: 'GET', path: '/Users' },
      { method: 'POST', path: '/Bulk', bulkId: 'x', data: bulkBody([]) },
      { method: 'POST', path: '/Users/.search', bulkId: 'y', data: {} },
      { method: 'PUT', path: '/Users', data: {} },
      { method: 'PATCH', path: '/Users/1/2', data: {} },
      { method: 'DELETE', path: '/Schemas/x' },
      { method: 'DELETE', path: '/Users/nobody' },
      { method: '__proto__', path: '/Users/x' },
      { method: 'PATCH', path: '/Users/x?attributes=id', data: {} },
      { method: 'POST', path: '/Users', bulkId: 'z' },
    ]);
    expect(statuses(reply)).to.deep.equal(['400', '400', '400', '400', '400', '400', '400', '404', '400', '400', '400']);
  });

  it('are refused whole, and nothing is done, when their form is wrong', async () => {
    const before = await count();
    const good = { method: 'POST', path: '/Users', bulkId: 'same', data: userBody('b-form@example.com') };
    for (const body of [
      bulkBody([good, { ...good, data: userBody('b-form2@example.com') }]),
      bulkBody([good, null]),
      bulkBody([good, { method: 7, path: '/Users' }]),
      bulkBody([good, { path: '/Users' }]),
      bulkBody([good], { failOnErrors: 0 }),
      bulkBody([good], { failOnErrors: 'many' }),
      { Operations: [good] },
      { ...bulkBody([]), Operations: good },
      [good],
    ]) {
      const refused = await acme.call('POST', '/Bulk', body);
      expect([refused.status, refused.body.status], JSON.stringify(body).slice(0, 200)).to.deep.equal([400, '400']);
    }
    expect(await count()).to.equal(before);
  });

  it('are refused with 413, and nothing is done, when they are too many or too large', async () => {
    const before = await count();
    const many = await bulk(Array.from({ length: 21 }, (_, at) => make(at)));
    expect([many.status, many.body.status]).to.deep.equal([413, '413']);
    const large = await bulk([make(0), { method: 'POST', path: '/Users', bulkId: 'l', data: userBody('large', { title: 'x'.repeat(100_000) }) }]);
    expect([large.status, large.body.status]).to.deep.equal([413, '413']);
    expect(await count()).to.equal(before);
  });

  it('do in each operation what the token may do there', async () => {
    const users = await acme.mint({ scopes: ['users'] });
    const operations = [
      { method: 'POST', path: '/Users', bulkId: 'u', data: userBody('b-scope@example.com') },
      { method: 'POST', path: '/Groups', bulkId: 'g', data: groupBody('B scope') },
    ];
    const reply = await acme.call('POST', '/Bulk', bulkBody(operations), { authorization: `Bearer ${users}` });
    expect(statuses(reply)).to.deep.equal(['201', '403']);
    const reader = await acme.mint({ scopes: ['users', 'groups', 'read-only'] });
    expect((await acme.call('POST', '/Bulk', bulkBody([]), { authorization: `Bearer ${reader}` })).status).to.equal(403);
    expect((await acme.call('POST', '/Bulk', bulkBody([]), { authorization: 'Bearer nobody' })).status).to.equal(401);
  });

  it('keep organizations apart', async () => {
    const theirs = await newUser(hub.globex, 'b-theirs@example.com');
    expect(statuses(await bulk([{ method: 'DELETE', path: `/Users/${theirs}` }]))).to.deep.equal(['404']);
    expect((await hub.globex.call('GET', `/Users/${theirs}`)).status).to.equal(200);
  });

  it('survive a chain as long as the request, a reference to itself, and references by the thousand', async () => {
    const chain = Array.from({ length: 20 }, (_, at) => ({ method: 'POST', path: '/Groups', bulkId: `c${at}`, data: groupBody(`B chain ${at}`, at < 19 ? [`bulkId:c${at + 1}`] : []) }));
    expect(new Set(statuses(await bulk(chain)))).to.deep.equal(new Set(['201']));
    const itself = await bulk([{ method: 'POST', path: '/Groups', bulkId: 'me', data: groupBody('B itself', ['bulkId:me']) }]);
    expect(statuses(itself)).to.deep.equal(['400']);
    const bomb = await bulk([{ method: 'POST', path: '/Groups', bulkId: 'bomb', data: groupBody('B bomb', Array.from({ length: 2000 }, (_, at) => `bulkId:${at}`)) }]);
    expect(statuses(bomb)).to.deep.equal(['400']);
    expect((await acme.call('GET', '/ServiceProviderConfig')).status).to.equal(200);
  });

  it('are announced with their limits', async () => {
    const { body } = await acme.call('GET', '/ServiceProviderConfig');
    expect(body.bulk).to.deep.equal({ supported: true, maxOperations: 20, maxPayloadSize: 100_000 });
  });
});
