import { expect } from 'chai';
import { asOwner } from '../../support/owner.ts';
import { GROUP, groupBody, membersOf, newGroup, newUser, patchBody } from '../../support/scim-samples.ts';
import { startScimServer, type ScimServer, type ScimTenant } from '../../support/scim-server.ts';

describe('SCIM groups over HTTP', () => {
  let hub: ScimServer;
  let acme: ScimTenant;
  const people: string[] = [];

  before(async () => {
    hub = await startScimServer();
    ({ acme } = hub);
    for (const name of ['ann', 'bob', 'cyd', 'dan']) people.push(await newUser(acme, `${name}@example.com`));
  });
  after(() => hub.close());
  afterEach(() => expect(hub.defects).to.deep.equal([]));

  const [person, change] = [
    (at: number): string => people[at] ?? '',
    (id: string, ...operations: unknown[]) => acme.call('PATCH', `/Groups/${id}`, patchBody(...operations)),
  ];

  it('are created with members, which carry $ref and type', async () => {
    const made = await acme.call('POST', '/Groups', groupBody('Made', [person(0)], { externalId: 'g-1' }));
    expect(made.status).to.equal(201);
    const { id } = made.body;
    expect(made.headers.get('location')).to.equal(`${hub.base}/Groups/${id}`);
    expect(made.body).to.deep.include({ schemas: [GROUP], displayName: 'Made', externalId: 'g-1' });
    expect(made.body.members).to.deep.equal([{ value: person(0), $ref: `${hub.base}/Users/${person(0)}`, type: 'User' }]);
    expect(made.body.meta).to.include({ resourceType: 'Group', location: `${hub.base}/Groups/${id}`, version: made.headers.get('etag') });
    expect((await acme.call('GET', `/Groups/${id}`)).body).to.deep.equal(made.body);
  });

  it('refuse a displayName in another case with 409, and a member that nobody is', async () => {
    await newGroup(acme, 'Unique group');
    expect((await acme.call('POST', '/Groups', groupBody('UNIQUE GROUP'))).body).to.include({ status: '409', scimType: 'uniqueness' });
    for (const status of [201, 409]) expect((await acme.call('POST', '/Groups', { ...groupBody(`group of ${status}`), externalId: 'the same' })).status).to.equal(status);
    for (const id of ['00000000-0000-4000-8000-000000000000', 'nobody']) {
      expect((await acme.call('POST', '/Groups', groupBody(`With ${id}`, [id]))).body).to.include({ status: '400', scimType: 'invalidValue' });
    }
    expect((await acme.call('GET', `/Groups?filter=${encodeURIComponent('displayName eq "With nobody"')}`)).body.totalResults).to.equal(0);
  });

  it('gain and lose members by PATCH, in every spelling, and repeating changes nothing', async () => {
    const id = await newGroup(acme, 'Patched', [person(0)]);
    await change(id, { op: 'add', path: 'members', value: [{ value: person(1) }, { value: person(2) }] });
    expect(await membersOf(acme, id)).to.deep.equal([person(0), person(1), person(2)].toSorted());
    const before = (await acme.call('GET', `/Groups/${id}`)).body.meta;
    expect((await change(id, { op: 'add', path: 'members', value: [{ value: person(1) }] })).status).to.equal(204);
    expect((await acme.call('GET', `/Groups/${id}`)).body.meta, 'adding who is there').to.deep.equal(before);
    await change(id, { op: 'remove', path: `members[value eq "${person(0)}"]` });
    await change(id, { op: 'remove', path: 'members', value: [{ value: person(1) }] });
    expect(await membersOf(acme, id)).to.deep.equal([person(2)]);
    await change(id, { op: 'replace', path: 'members', value: [{ value: person(3) }] });
    expect(await membersOf(acme, id)).to.deep.equal([person(3)]);
    await change(id, { op: 'remove', path: 'members' });
    expect(await membersOf(acme, id)).to.deep.equal([]);
  });

  it('are replaced whole by PUT: members that are left out go', async () => {
    const id = await newGroup(acme, 'Replaced', [person(0), person(1)]);
    const put = await acme.call('PUT', `/Groups/${id}`, groupBody('Replaced anew', [person(1), person(2)]));
    expect(put.status).to.equal(200);
    expect(put.body.displayName).to.equal('Replaced anew');
    expect(await membersOf(acme, id)).to.deep.equal([person(1), person(2)].toSorted());
    await acme.call('PUT', `/Groups/${id}`, groupBody('Replaced anew'));
    expect(await membersOf(acme, id)).to.deep.equal([]);
  });

  it('say nothing of members who are excluded, neither alone nor in a list', async () => {
    const id = await newGroup(acme, 'Quiet', [person(0)]);
    expect((await acme.call('GET', `/Groups/${id}?excludedAttributes=members`)).body).not.to.have.property('members');
    expect((await acme.call('GET', `/Groups/${id}?attributes=displayName`)).body).to.have.all.keys('schemas', 'id', 'displayName');
    const listed = await acme.call('GET', `/Groups?excludedAttributes=MEMBERS&filter=${encodeURIComponent('displayName eq "quiet"')}`);
    expect(listed.body.Resources).to.have.length(1);
    expect(listed.body.Resources[0]).not.to.have.property('members');
  });

  it('are found by the member they have', async () => {
    const id = await newGroup(acme, 'Found by member', [person(3)]);
    const { body } = await acme.call('GET', `/Groups?excludedAttributes=members&filter=${encodeURIComponent(`id eq "${id}" and members eq "${person(3)}"`)}`);
    expect(body.Resources.map((group: { id: string }) => group.id)).to.deep.equal([id]);
    expect((await acme.call('GET', `/Groups?filter=${encodeURIComponent(`id eq "${id}" and members eq "${person(0)}"`)}`)).body.totalResults).to.equal(0);
  });

  it('answer 304 and 412 by their version, which members coming and going also change', async () => {
    const id = await newGroup(acme, 'Versioned');
    const first = (await acme.call('GET', `/Groups/${id}`)).headers.get('etag') ?? '';
    expect((await acme.call('GET', `/Groups/${id}`, undefined, { 'if-none-match': first })).status).to.equal(304);
    await change(id, { op: 'add', path: 'members', value: [{ value: person(0) }] });
    expect((await acme.call('GET', `/Groups/${id}`, undefined, { 'if-none-match': first })).status).to.equal(200);
    expect((await acme.call('PATCH', `/Groups/${id}`, patchBody({ op: 'replace', path: 'displayName', value: 'V2' }), { 'if-match': first })).status).to.equal(412);
    const now = (await acme.call('GET', `/Groups/${id}`)).headers.get('etag') ?? '';
    expect((await acme.call('PUT', `/Groups/${id}`, groupBody('V3'), { 'if-match': now })).status).to.equal(200);
  });

  it('show themselves in their members at once: directly, and through the groups that hold them', async () => {
    const inner = await newGroup(acme, 'Inner', [person(1)]);
    const outer = await newGroup(acme, 'Outer', [inner]);
    const groupsOf = async (): Promise<Record<string, string>> =>
      Object.fromEntries(((await acme.call('GET', `/Users/${person(1)}`)).body.groups as { display: string; type: string }[]).map(({ display, type }) => [display, type]));
    expect(await groupsOf()).to.include({ Inner: 'direct', Outer: 'indirect' });
    const { members } = (await acme.call('GET', `/Groups/${outer}`)).body;
    expect(members).to.deep.equal([{ value: inner, $ref: `${hub.base}/Groups/${inner}`, type: 'Group' }]);
    await change(outer, { op: 'remove', path: `members[value eq "${inner}"]` });
    expect(await groupsOf()).to.include({ Inner: 'direct' }).and.not.to.have.property('Outer');
  });

  it('may hold each other, as RFC 7644 §3.7.1 shows, but never themselves', async () => {
    const a = await newGroup(acme, 'Circle A', [person(2)]);
    const b = await newGroup(acme, 'Circle B', [a]);
    expect((await change(a, { op: 'add', path: 'members', value: [{ value: b }] })).status).to.equal(204);
    expect(await membersOf(acme, a)).to.deep.equal([person(2), b].toSorted());
    const groups = (await acme.call('GET', `/Users/${person(2)}`)).body.groups as { display: string; type: string }[];
    expect(groups.filter(({ display }) => display.startsWith('Circle')).map(({ display, type }) => `${display} ${type}`).toSorted()).to.deep.equal(['Circle A direct', 'Circle B indirect']);
    const itself = await change(a, { op: 'add', path: 'members', value: [{ value: a }] });
    expect([itself.status, itself.body.scimType]).to.deep.equal([400, 'invalidValue']);
    expect((await acme.call('DELETE', `/Groups/${a}`)).status).to.equal(204);
    expect(await membersOf(acme, b)).to.deep.equal([]);
  });

  it('lose members that are deleted, users as well as groups', async () => {
    const gone = await newUser(acme, 'gone@example.com');
    const goneGroup = await newGroup(acme, 'Gone group', [gone]);
    const id = await newGroup(acme, 'Bereft', [gone, goneGroup, person(0)]);
    expect((await acme.call('DELETE', `/Users/${gone}`)).status).to.equal(204);
    expect((await acme.call('DELETE', `/Groups/${goneGroup}`)).status).to.equal(204);
    expect(await membersOf(acme, id)).to.deep.equal([person(0)]);
    expect((await acme.call('GET', `/Groups/${goneGroup}`)).status).to.equal(404);
  });

  it('disappear from their members when they are deleted', async () => {
    const id = await newGroup(acme, 'Short-lived', [person(3)]);
    expect((await acme.call('DELETE', `/Groups/${id}`)).status).to.equal(204);
    expect((await acme.call('GET', `/Users/${person(3)}`)).text).not.to.contain('Short-lived');
    expect(await newGroup(acme, 'Short-lived')).not.to.equal(id);
  });

  it('of another organization are not there', async () => {
    const id = await newGroup(acme, 'Apart', [person(0)]);
    const { globex } = hub;
    for (const [method, body] of [['GET', undefined], ['PUT', groupBody('Apart')], ['PATCH', patchBody({ op: 'remove', path: 'members' })], ['DELETE', undefined]] as const) {
      expect((await globex.call(method, `/Groups/${id}`, body)).status, method).to.equal(404);
    }
    expect((await globex.call('GET', '/Groups')).text).not.to.contain(id);
    expect(await newGroup(globex, 'Apart')).not.to.equal(id);
    expect(await membersOf(acme, id)).to.deep.equal([person(0)]);
  });

  it('take 50 writers at once and lose nobody', async () => {
    const id = await newGroup(acme, 'Crowded');
    const crowd = await Promise.all(Array.from({ length: 50 }, (_, at) => newUser(acme, `crowd-${at}@example.com`)));
    const replies = await Promise.all(crowd.map((one) => change(id, { op: 'add', path: 'members', value: [{ value: one }] })));
    expect(new Set(replies.map(({ status }) => status))).to.deep.equal(new Set([204]));
    expect(await membersOf(acme, id)).to.deep.equal(crowd.toSorted());
    await Promise.all([
      ...crowd.slice(0, 25).map((one) => change(id, { op: 'remove', path: `members[value eq "${one}"]` })),
      ...people.map((one) => change(id, { op: 'add', path: 'members', value: [{ value: one }] })),
    ]);
    expect(await membersOf(acme, id)).to.deep.equal([...crowd.slice(25), ...people].toSorted());
  });

  it('take 5,000 members in one PATCH', async () => {
    const id = await newGroup(acme, 'Large');
    const ids = await insertPeople(hub, acme, 5000);
    expect((await change(id, { op: 'add', path: 'members', value: ids.map((value) => ({ value })) })).status).to.equal(204);
    expect(await membersOf(acme, id)).to.deep.equal(ids.toSorted());
    expect((await change(id, { op: 'Remove', path: 'members', value: ids.slice(1).map((value) => ({ value })) })).status).to.equal(204);
    expect(await membersOf(acme, id)).to.deep.equal([ids[0]]);
  });
});

/** Many people at once, as rows: what is tested is what follows. */
async function insertPeople(hub: ScimServer, tenant: ScimTenant, count: number): Promise<string[]> {
  const rows = await hub.fresh.database.withOrganization({ orgId: tenant.orgId, actor: 'test' }, async (tx) => {
    const made = await tx.sql(
      `with one as materialized (select gen_random_uuid() as account, gen_random_uuid() as id, n from generate_series(1, $2) n),
            a as (insert into account (id, home_org_id) select account, $1 from one returning 1)
       select account, id, n from one, (select count(*) from a) counted`,
      [tenant.orgId, count],
    );
    const [accounts, ids] = [made.map((row) => row['account']).join(','), made.map((row) => row['id']).join(',')];
    await tx.sql(`insert into membership (org_id, account_id) select $1, x::uuid from unnest(string_to_array($2, ',')) x`, [tenant.orgId, accounts]);
    await tx.sql(
      `insert into directory_user (org_id, connection_id, id, account_id, user_name_key, active, resource)
       select $1, $2, i::uuid, a::uuid, 'many-' || i, true, json_build_object('id', i, 'userName', 'many-' || i)::text
         from unnest(string_to_array($3, ','), string_to_array($4, ',')) as x (i, a)`,
      [tenant.orgId, tenant.connectionId, ids, accounts],
    );
    return made;
  });
  // As autovacuum would before long: without statistics, plans made for empty tables stay.
  await asOwner(hub.fresh.ownerUrl, 'analyze account, membership, directory_user, directory_member');
  return rows.map((row) => row['id'] as string);
}
