import { expect } from 'chai';
import { ENTERPRISE, USER, newGroup, newUser, patchBody, searchBody, userBody } from '../../support/scim-samples.ts';
import { startScimServer, type ScimServer, type ScimTenant } from '../../support/scim-server.ts';

const names = (body: { Resources: { userName: string }[] }): string[] => body.Resources.map(({ userName }) => userName);

describe('SCIM users over HTTP', () => {
  let hub: ScimServer;
  let acme: ScimTenant;

  before(async () => {
    hub = await startScimServer();
    ({ acme } = hub);
  });
  after(() => hub.close());
  afterEach(() => expect(hub.defects).to.deep.equal([]));

  describe('creating', () => {
    it('answers 201 with the resource, its Location, its meta and its ETag', async () => {
      const made = await acme.call('POST', '/Users', userBody('made@example.com', { name: { givenName: 'Ada', familyName: 'Made' }, externalId: 'e-1' }));
      expect(made.status).to.equal(201);
      const { id, meta } = made.body;
      expect(made.headers.get('location')).to.equal(`${hub.base}/Users/${id}`);
      expect(made.headers.get('content-type')).to.equal('application/scim+json; charset=utf-8');
      expect(meta).to.include({ resourceType: 'User', location: `${hub.base}/Users/${id}`, version: made.headers.get('etag') });
      expect(meta.created).to.equal(meta.lastModified);
      expect(made.body).to.deep.include({ schemas: [USER], userName: 'made@example.com', externalId: 'e-1', active: true });
      expect((await acme.call('GET', `/Users/${id}`)).body).to.deep.equal(made.body);
    });

    it('refuses a userName in another case with 409 uniqueness, and an externalId that is taken', async () => {
      await newUser(acme, 'Unique@example.com', { externalId: 'U-1' });
      const same = await acme.call('POST', '/Users', userBody('uNIQUE@EXAMPLE.com'));
      expect(same.status).to.equal(409);
      expect(same.body).to.include({ status: '409', scimType: 'uniqueness' });
      expect((await acme.call('POST', '/Users', userBody('other@example.com', { externalId: 'U-1' }))).body.scimType).to.equal('uniqueness');
      expect((await acme.call('POST', '/Users', userBody('third@example.com', { externalId: 'u-1' }))).status, 'externalId compares exactly').to.equal(201);
    });

    it('ignores what is readOnly and never returns a password', async () => {
      const made = await acme.call('POST', '/Users', userBody('readonly@example.com', { id: 'mine', meta: { location: 'x' }, groups: [{ value: 'x' }], password: 'S3cret-word' }));
      expect(made.status).to.equal(201);
      expect(made.body.id).not.to.equal('mine');
      expect(made.text).not.to.contain('S3cret').and.not.to.contain('password');
      expect((await acme.call('GET', `/Users/${made.body.id}?attributes=password,userName`)).text).not.to.contain('password');
    });

    it('needs a userName that says something, however it is set', async () => {
      const id = await newUser(acme, 'blank@example.com');
      for (const blank of [' ', '\t \n', '\u00a0']) {
        const refused = [
          await acme.call('POST', '/Users', userBody(blank)),
          await acme.call('PUT', `/Users/${id}`, userBody(blank)),
          await acme.call('PATCH', `/Users/${id}`, patchBody({ op: 'replace', path: 'userName', value: blank })),
        ];
        for (const { status, body } of refused) expect([status, body.scimType, body.detail]).to.deep.equal([400, 'invalidValue', 'userName must not be blank.']);
      }
    });

    it('names the attribute that is missing or wrong', async () => {
      const missing = await acme.call('POST', '/Users', { schemas: [USER] });
      expect([missing.status, missing.body.scimType, missing.body.detail]).to.deep.equal([400, 'invalidValue', 'userName is required.']);
      const wrong = await acme.call('POST', '/Users', userBody('x', { name: { givenName: 7 } }));
      expect([wrong.status, wrong.body.detail]).to.deep.equal([400, 'name.givenName must be a string.']);
    });

    it('takes names of attributes and schemas in any case and answers in its own spelling', async () => {
      const made = await acme.call('POST', '/Users', { SCHEMAS: [USER.toLowerCase()], USERNAME: 'anycase@example.com', Name: { GIVENNAME: 'Any' } });
      expect(made.status).to.equal(201);
      expect(made.body).to.deep.include({ userName: 'anycase@example.com', name: { givenName: 'Any' } });
    });
  });

  describe('reading', () => {
    it('answers 404 for an id that nobody has, that is no id, or that differs by case', async () => {
      const id = await newUser(acme, 'exact-id@example.com');
      for (const wrong of ['00000000-0000-4000-8000-000000000000', 'nobody', id.toUpperCase(), '%27%3B--', `${id}0`]) {
        const missing = await acme.call('GET', `/Users/${wrong}`);
        expect([missing.status, missing.body.status], wrong).to.deep.equal([404, '404']);
      }
    });

    it('answers 304 without a body to a client that has this version, also in a list of tags and for *', async () => {
      const id = await newUser(acme, 'etag@example.com');
      const etag = (await acme.call('GET', `/Users/${id}`)).headers.get('etag') ?? '';
      for (const tags of [etag, `"x", ${etag}`, '*', etag.replace('W/', '')]) {
        const known = await acme.call('GET', `/Users/${id}`, undefined, { 'if-none-match': tags });
        expect([known.status, known.text, known.headers.get('etag')], tags).to.deep.equal([304, '', etag]);
      }
      expect((await acme.call('GET', `/Users/${id}`, undefined, { 'if-none-match': 'W/"999"' })).status).to.equal(200);
      expect((await acme.call('GET', `/Users/${id}`, undefined, { 'if-match': 'W/"999"' })).status).to.equal(412);
      expect((await acme.call('GET', `/Users/${id}`, undefined, { 'if-match': etag })).status).to.equal(200);
    });

    it('shows the attributes that are asked for, in any case, besides those that are always there', async () => {
      const id = await newUser(acme, 'shown@example.com', { name: { givenName: 'S', familyName: 'H' }, title: 'Boss', [ENTERPRISE]: { department: 'D' } });
      const some = await acme.call('GET', `/Users/${id}?attributes=USERNAME,name.familyname,${ENTERPRISE}:department`);
      expect(some.body).to.deep.equal({ schemas: some.body.schemas, id, userName: 'shown@example.com', name: { familyName: 'H' }, [ENTERPRISE]: { department: 'D' } });
      const others = await acme.call('GET', `/Users/${id}?excludedAttributes=title,name,id,${ENTERPRISE}`);
      expect(others.body).to.include({ id, userName: 'shown@example.com' });
      expect(others.body).not.to.have.any.keys('title', 'name', ENTERPRISE);
    });

    it('projects the answers of writes too', async () => {
      const made = await acme.call('POST', '/Users?attributes=userName', userBody('projected@example.com', { title: 'T' }));
      expect(made.body).to.have.all.keys('schemas', 'id', 'userName');
      const changed = await acme.call('PATCH', `/Users/${made.body.id}?excludedAttributes=title,meta`, patchBody({ op: 'replace', path: 'title', value: 'U' }));
      expect(changed.body).to.have.all.keys('schemas', 'id', 'userName', 'active');
    });
  });

  describe('replacing', () => {
    it('clears what is omitted, keeps what is readOnly, and does not suspend whom it does not mention', async () => {
      const made = await acme.call('POST', '/Users', userBody('put@example.com', { title: 'Old', nickName: 'N', active: true, externalId: 'put-1' }));
      const put = await acme.call('PUT', `/Users/${made.body.id}`, userBody('put2@example.com', { id: 'other', nickName: 'M' }));
      expect(put.status).to.equal(200);
      expect(put.body).to.include({ id: made.body.id, userName: 'put2@example.com', nickName: 'M', active: true });
      expect(put.body).not.to.have.any.keys('title', 'externalId');
      expect(put.body.meta.created).to.equal(made.body.meta.created);
    });

    it('keeps a suspended person suspended when active is not mentioned, and suspends only by an explicit false', async () => {
      const id = await newUser(acme, 'put-active@example.com');
      expect((await acme.call('PUT', `/Users/${id}`, userBody('put-active@example.com', { active: false }))).body.active).to.equal(false);
      expect((await acme.call('PUT', `/Users/${id}`, userBody('put-active@example.com', { title: 'x' }))).body.active).to.equal(false);
      expect((await acme.call('PUT', `/Users/${id}`, userBody('put-active@example.com', { active: true }))).body.active).to.equal(true);
    });

    it('changes neither version nor lastModified when it says what is there already', async () => {
      const made = await acme.call('POST', '/Users', userBody('noop@example.com', { title: 'T' }));
      const again = await acme.call('PUT', `/Users/${made.body.id}`, userBody('noop@example.com', { title: 'T' }));
      expect(again.body.meta).to.deep.equal(made.body.meta);
      const patched = await acme.call('PATCH', `/Users/${made.body.id}`, patchBody({ op: 'replace', path: 'title', value: 'T' }));
      expect(patched.body.meta).to.deep.equal(made.body.meta);
    });

    it('answers 404 for who is not there, and 409 for a userName that is taken', async () => {
      const id = await newUser(acme, 'mover@example.com');
      await newUser(acme, 'sitting@example.com');
      expect((await acme.call('PUT', '/Users/00000000-0000-4000-8000-000000000000', userBody('ghost@example.com'))).status).to.equal(404);
      expect((await acme.call('PUT', `/Users/${id}`, userBody('SITTING@example.com'))).body).to.include({ status: '409', scimType: 'uniqueness' });
    });
  });

  describe('preconditions', () => {
    it('refuse every write of an older version with 412 and let the current one, a list with it, and * pass', async () => {
      const made = await acme.call('POST', '/Users', userBody('match@example.com'));
      const path = `/Users/${made.body.id}`;
      const old = made.headers.get('etag') ?? '';
      const patch = patchBody({ op: 'replace', path: 'title', value: 'A' });
      expect((await acme.call('PATCH', path, patch, { 'if-match': `"nothing", ${old}` })).status).to.equal(200);
      for (const [method, body] of [['PATCH', patchBody({ op: 'replace', path: 'title', value: 'B' })], ['PUT', userBody('match@example.com')], ['DELETE', undefined]] as const) {
        const refused = await acme.call(method, path, body, { 'if-match': old });
        expect([refused.status, refused.body.status], method).to.deep.equal([412, '412']);
      }
      expect((await acme.call('GET', path)).body.title).to.equal('A');
      expect((await acme.call('DELETE', path, undefined, { 'if-match': '*' })).status).to.equal(204);
      expect((await acme.call('DELETE', path, undefined, { 'if-match': '*' })).status).to.equal(404);
    });

    it('let If-None-Match: * refuse a change of what exists', async () => {
      const id = await newUser(acme, 'none-match@example.com');
      expect((await acme.call('PUT', `/Users/${id}`, userBody('none-match@example.com'), { 'if-none-match': '*' })).status).to.equal(412);
    });
  });

  describe('changing', () => {
    it('is atomic: of operations that fail at the end, none is kept', async () => {
      const id = await newUser(acme, 'atomic@example.com', { title: 'before' });
      const failed = await acme.call('PATCH', `/Users/${id}`, patchBody({ op: 'replace', path: 'title', value: 'after' }, { op: 'replace', path: 'id', value: 'x' }));
      expect([failed.status, failed.body.scimType]).to.deep.equal([400, 'mutability']);
      expect((await acme.call('GET', `/Users/${id}`)).body.title).to.equal('before');
    });

    it('raises the version and the ETag with each change', async () => {
      const made = await acme.call('POST', '/Users', userBody('version@example.com'));
      const changed = await acme.call('PATCH', `/Users/${made.body.id}`, patchBody({ op: 'add', path: 'title', value: 'x' }));
      expect(changed.headers.get('etag')).to.equal(changed.body.meta.version).and.not.to.equal(made.headers.get('etag'));
    });

    it('refuses to remove what is required, and everything at once', async () => {
      const id = await newUser(acme, 'required@example.com');
      expect((await acme.call('PATCH', `/Users/${id}`, patchBody({ op: 'remove', path: 'userName' }))).body.scimType).to.equal('mutability');
      expect((await acme.call('PATCH', `/Users/${id}`, patchBody({ op: 'remove' }))).body.scimType).to.equal('noTarget');
    });
  });

  describe('deactivating and deleting', () => {
    it('suspends the membership and brings it back', async () => {
      const id = await newUser(acme, 'leaver@example.com');
      const statusOf = async (): Promise<unknown> => {
        const rows = await hub.fresh.database.withOrganization({ orgId: acme.orgId, actor: 'test' }, (tx) =>
          tx.sql(`select m.status from membership m join directory_user u on u.org_id = m.org_id and u.account_id = m.account_id where u.id = $1`, [id]),
        );
        return rows[0]?.['status'];
      };
      expect(await statusOf()).to.equal('active');
      expect((await acme.call('PATCH', `/Users/${id}`, patchBody({ op: 'replace', path: 'active', value: false }))).body.active).to.equal(false);
      expect(await statusOf()).to.equal('suspended');
      expect((await acme.call('PATCH', `/Users/${id}`, patchBody({ op: 'remove', path: 'active' }))).body.active).to.equal(false);
      expect(await statusOf(), 'cleared is not brought back').to.equal('suspended');
      expect((await acme.call('PATCH', `/Users/${id}`, patchBody({ op: 'Replace', value: { active: 'True' } }))).body.active).to.equal(true);
      expect(await statusOf()).to.equal('active');
    });

    it('deletes for good: 204, then 404, and the name is free again', async () => {
      const id = await newUser(acme, 'gone@example.com');
      const gone = await acme.call('DELETE', `/Users/${id}`);
      expect([gone.status, gone.text]).to.deep.equal([204, '']);
      expect((await acme.call('GET', `/Users/${id}`)).status).to.equal(404);
      expect((await acme.call('DELETE', `/Users/${id}`)).status).to.equal(404);
      expect(await newUser(acme, 'gone@example.com')).not.to.equal(id);
    });
  });

  describe('searching', () => {
    before(async () => {
      for (const name of ['s1', 's2', 's3']) await newUser(acme, `Search-${name}@example.com`, { title: name });
    });

    it('finds a userName in any case, an externalId only exactly', async () => {
      await newUser(acme, 'Case-rule@example.com', { externalId: 'Case-Ext' });
      const find = async (filter: string): Promise<number> => (await acme.call('GET', `/Users?filter=${encodeURIComponent(filter)}`)).body.totalResults;
      expect(await find('USERNAME EQ "case-RULE@example.com"')).to.equal(1);
      expect(await find(`${USER}:userName eq "case-rule@EXAMPLE.com"`)).to.equal(1);
      expect(await find('externalId eq "Case-Ext"')).to.equal(1);
      expect(await find('externalId eq "case-ext"')).to.equal(0);
    });

    it('answers an empty list and not 404 when nobody matches', async () => {
      const { status, body } = await acme.call('GET', `/Users?filter=${encodeURIComponent('userName eq "141ba0ca-6e14-4ac8-9a4f-2a63a1a4b7b8"')}`);
      expect(status).to.equal(200);
      expect(body).to.deep.equal({ schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'], totalResults: 0, itemsPerPage: 0, startIndex: 1, Resources: [] });
    });

    it('pages by startIndex and count, and count=0 only counts', async () => {
      const all = (await acme.call('GET', '/Users')).body.totalResults;
      const none = (await acme.call('GET', '/Users?count=0')).body;
      expect(none).to.include({ totalResults: all, itemsPerPage: 0 });
      const two = (await acme.call('GET', '/Users?startIndex=2&count=2')).body;
      expect(two).to.include({ totalResults: all, itemsPerPage: 2, startIndex: 2 });
      expect((await acme.call('GET', '/Users?startIndex=0&count=-1')).body).to.include({ startIndex: 1, itemsPerPage: 0 });
    });

    it('asks the same by POST to .search', async () => {
      const { status, body } = await acme.call('POST', '/Users/.search', searchBody({ filter: 'userName sw "search-s"', sortBy: 'userName', sortOrder: 'descending', attributes: ['userName'], count: 2 }));
      expect(status).to.equal(200);
      expect(names(body)).to.deep.equal(['Search-s3@example.com', 'Search-s2@example.com']);
      expect(body.totalResults).to.equal(3);
      expect(body.Resources[0]).to.have.all.keys('schemas', 'id', 'userName');
    });

    it('is no oracle for passwords and refuses what makes no sense', async () => {
      for (const filter of ['password eq "S3cret-word"', 'password pr', 'active gt true', 'nonsense eq 1', 'userName eq', 'userName eq 7']) {
        const refused = await acme.call('GET', `/Users?filter=${encodeURIComponent(filter)}`);
        expect([refused.status, refused.body.scimType], filter).to.deep.equal([400, 'invalidFilter']);
      }
      expect((await acme.call('GET', '/Users?sortBy=password')).body.scimType).to.equal('invalidValue');
    });
  });

  describe('beside another organization', () => {
    it('are not found, listed, changed or deleted by its token, and their names are free there', async () => {
      const id = await newUser(acme, 'apart@example.com', { externalId: 'apart' });
      const { globex } = hub;
      for (const [method, body] of [['GET', undefined], ['PUT', userBody('apart@example.com')], ['PATCH', patchBody({ op: 'replace', path: 'active', value: false })], ['DELETE', undefined]] as const) {
        expect((await globex.call(method, `/Users/${id}`, body)).status, method).to.equal(404);
      }
      expect((await globex.call('GET', `/Users?filter=${encodeURIComponent('userName eq "apart@example.com"')}`)).body.totalResults).to.equal(0);
      expect((await globex.call('GET', '/Users')).text).not.to.contain(id);
      expect(await newUser(globex, 'apart@example.com', { externalId: 'apart' })).not.to.equal(id);
      expect((await acme.call('GET', `/Users/${id}`)).body.active).to.equal(true);
    });

    it('cannot become members of its groups', async () => {
      const id = await newUser(acme, 'foreign@example.com');
      const refused = await hub.globex.call('POST', '/Groups', { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'], displayName: 'F', members: [{ value: id }] });
      expect([refused.status, refused.body.scimType]).to.deep.equal([400, 'invalidValue']);
      const group = await newGroup(hub.globex, 'Their own');
      expect((await hub.globex.call('PATCH', `/Groups/${group}`, patchBody({ op: 'add', path: 'members', value: [{ value: id }] }))).status).to.equal(400);
    });
  });
});
