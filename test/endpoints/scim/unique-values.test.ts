import { expect } from 'chai';
import { extendRegistry, loadRegistry } from '#hub/endpoints/scim/schema-registry.js';
import { mintToken, hashToken } from '#hub/platform/token.js';
import { uuidv7 } from '#hub/platform/uuid.js';
import { BADGE, ROOM, badge, room } from '../../support/badge-extension.ts';
import { type ScimReply, type ScimServer, type ScimTenant, startScimServer } from '../../support/scim-server.ts';
import { GROUP, USER } from './samples.js';

const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
let counted = 0;

const person = (own: object): object => ({ schemas: [USER, BADGE], userName: `person-${(counted += 1)}`, [BADGE]: own });
const taken = ({ status, body }: ScimReply): void => {
  expect(status, JSON.stringify(body)).to.equal(409);
  expect(body.scimType).to.equal('uniqueness');
};
const fine = ({ status, body }: ScimReply): void => void expect(status, JSON.stringify(body)).to.be.within(200, 204);
const operation = (id: string, value: string | null): object => ({
  method: 'PATCH', path: `/Users/${id}`, data: { schemas: [PATCH], Operations: [value === null ? { op: 'remove', path: `${BADGE}:number` } : { op: 'replace', path: `${BADGE}:number`, value }] },
});
const group = (door: string | undefined): object => ({ schemas: [GROUP], displayName: `group-${(counted += 1)}`, ...(door !== undefined && { [ROOM]: { door } }) });

for (const recent of [false, true]) {
  describe(`unique values of extensions, changed ${recent ? 'on what was seen a moment ago' : 'by lock and read'}`, function uniqueValues() {
    this.timeout(20_000);
    let server: ScimServer;
    let acme: ScimTenant;
    before(async () => {
      server = await startScimServer({ registry: extendRegistry(loadRegistry(), [badge, room]), recent });
      acme = server.acme;
    });
    after(async () => {
      expect(server.defects).to.deep.equal([]);
      await server.close();
    });

    const post = (own: object, tenant = acme): Promise<ScimReply> => tenant.call('POST', '/Users', person(own));
    const made = async (own: object, tenant = acme): Promise<string> => {
      const { status, body } = await post(own, tenant);
      expect(status, JSON.stringify(body)).to.equal(201);
      return body.id as string;
    };
    /** Looked at first, as providers do. */
    const patch = async (id: string, ...operations: object[]): Promise<ScimReply> => {
      await acme.call('GET', `/Users/${id}`);
      return acme.call('PATCH', `/Users/${id}`, { schemas: [PATCH], Operations: operations });
    };
    const statuses = async (...Operations: object[]): Promise<string[]> =>
      (await acme.call('POST', '/Bulk', { schemas: [BULK], Operations })).body.Operations.map((one: { status: string; response?: { scimType: string } }) => one.response?.scimType ?? one.status);
    const set = (id: string, name: string, value: unknown): Promise<ScimReply> => patch(id, { op: 'replace', path: `${BADGE}:${name}`, value });

    it('are held by one person of twenty who come at once', async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => post({ number: 'rush' })));
      expect(answers.map(({ status }) => status)).to.have.members([201, ...Array.from({ length: 19 }, () => 409)]);
      answers.filter(({ status }) => status === 409).forEach(taken);
      const { body } = await acme.call('GET', `/Users?filter=${encodeURIComponent(`${BADGE}:number eq "rush"`)}`);
      expect(body.totalResults).to.equal(1);
    });

    it('are held by one person of twenty who change at once', async () => {
      const ids = await Promise.all(Array.from({ length: 20 }, () => made({ note: 'waits' })));
      const answers = await Promise.all(ids.map((id) => set(id, 'number', 'rush again')));
      expect(answers.filter(({ status }) => status === 200)).to.have.length(1);
      answers.filter(({ status }) => status !== 200).forEach(taken);
    });

    it('compare as the attribute says, and leave other attributes alone', async () => {
      await made({ number: 'Straße-1', serial: 'abc', since: '2030-01-01T00:00:00Z', desk: 1 });
      taken(await post({ number: 'STRAßE-1' }));
      taken(await post({ since: '2030-01-01T02:00:00+02:00' }));
      taken(await post({ desk: 1 }));
      taken(await post({ serial: 'abc' }));
      await made({ serial: 'ABC', number: 'abc', note: 'abc' });
      await Promise.all([made({ note: 'same' }), made({ note: 'same' }), made({ number: null }), made({ number: null })]);
    });

    it('tell which attribute it may be, and not whose value it is', async () => {
      const holder = await made({ passport: 'secret-holder' });
      const refused = await post({ passport: 'secret-holder' });
      taken(refused);
      expect(refused.body.detail).to.contain(`${BADGE}:passport`).and.not.to.contain(holder);
      expect(refused.text).not.to.contain('secret-holder');
    });

    it('stay with their holder through PATCH and PUT that keep them', async () => {
      const id = await made({ number: 'kept', keys: ['k1', 'k2'] });
      fine(await set(id, 'number', 'kept'));
      fine(await set(id, 'number', 'KEPT'));
      fine(await acme.call('PUT', `/Users/${id}`, { ...person({ number: 'kept', keys: ['k2', 'k1'], note: 'x' }) }));
      fine(await patch(id, { op: 'replace', path: 'active', value: false }));
      taken(await post({ number: 'Kept' }));
      taken(await post({ keys: ['k3', 'K1'] }));
    });

    it('refuse a PUT and a PATCH as a whole, and change nothing', async () => {
      await made({ number: 'theirs' });
      const id = await made({ number: 'mine' });
      taken(await acme.call('PUT', `/Users/${id}`, person({ number: 'theirs' })));
      taken(await patch(id, { op: 'replace', path: 'title', value: 'Chief' }, { op: 'replace', path: `${BADGE}:number`, value: 'theirs' }));
      const { body } = await acme.call('GET', `/Users/${id}`);
      expect(body[BADGE].number).to.equal('mine');
      expect(body).not.to.have.property('title');
      taken(await post({ number: 'mine' }));
    });

    it('are free again once cleared, replaced, or gone with who had them', async () => {
      const id = await made({ number: 'given up', keys: ['g1', 'g2'], cards: [{ value: 'c1' }] });
      fine(await patch(id, { op: 'remove', path: `${BADGE}:number` }, { op: 'replace', path: `${BADGE}:keys`, value: ['g2'] }));
      const next = await made({ number: 'given up', keys: ['g1'] });
      taken(await post({ keys: ['g2'] }));
      taken(await post({ cards: [{ value: 'C1' }] }));
      expect((await acme.call('DELETE', `/Users/${id}`)).status).to.equal(204);
      fine(await set(next, 'cards', [{ value: 'c1', type: 'now' }, { value: 'c2' }]));
      await made({ keys: ['g2'] });
    });

    it('are those of every value of a list and of every part', async () => {
      await made({ keys: ['l1', 'l2'], cards: [{ value: 'p1', type: 'a' }, { value: 'p2', type: 'a' }] });
      taken(await post({ keys: ['l3', 'l2'] }));
      taken(await post({ cards: [{ value: 'p2', type: 'b' }] }));
      await made({ keys: ['p1', 'p1', 'P1'], cards: [{ value: 'l1', type: 'a' }] });
    });

    it('change hands in bulk, one operation after the other', async () => {
      const [a, b] = [await made({ number: 'bulk a' }), await made({ number: 'bulk b' })];
      expect(await statuses(operation(a, 'bulk b'), operation(b, 'bulk a'))).to.deep.equal(['uniqueness', 'uniqueness']);
      expect(await statuses(operation(a, null), operation(b, 'bulk a'), operation(a, 'bulk b'))).to.deep.equal(['200', '200', '200']);
      expect(await statuses({ method: 'POST', path: '/Users', bulkId: 'x', data: person({ number: 'BULK A' }) })).to.deep.equal(['uniqueness']);
    });

    it('end in an answer for values of any length', async () => {
      const [long, huge] = ['ü'.repeat(4_095), 'QUJD'.repeat(16_000)];
      await made({ number: long, keys: [long], photo: huge });
      taken(await post({ number: long.toUpperCase() }));
      taken(await post({ photo: huge }));
      await made({ number: `${long}.` });
      expect((await post({ number: 'x'.repeat(1_000_000) })).status).to.equal(400);
    });

    it('are those of groups as well', async () => {
      const { body: first } = await acme.call('POST', '/Groups', group('east'));
      taken(await acme.call('POST', '/Groups', group('East')));
      const { body: second } = await acme.call('POST', '/Groups', group(undefined));
      const patched = (value: string): Promise<ScimReply> => acme.call('PATCH', `/Groups/${second.id}`, { schemas: [PATCH], Operations: [{ op: 'add', path: `${ROOM}:door`, value }] });
      taken(await patched('east'));
      fine(await patched('west'));
      taken(await acme.call('PUT', `/Groups/${second.id}`, group('east')));
      fine(await acme.call('PUT', `/Groups/${second.id}`, group('west')));
      expect((await acme.call('DELETE', `/Groups/${first.id}`)).status).to.equal(204);
      fine(await patched('EAST'));
      const answers = await Promise.all(Array.from({ length: 10 }, () => acme.call('POST', '/Groups', group('north'))));
      expect(answers.map(({ status }) => status).filter((status) => status === 201)).to.have.length(1);
    });

    it('of a connection are its own, of an organization those of all its connections, and never another organization\'s', async () => {
      await made({ number: 'near', passport: 'far' });
      await made({ number: 'near', passport: 'far' }, server.globex);
      const connectionId = uuidv7();
      const token = mintToken('gh_scim');
      await server.fresh.database.withOrganization({ orgId: acme.orgId, actor: 'test' }, async (tx) => {
        await tx.sql(`insert into connection (org_id, id, name, protocol) values ($1, $2, 'second', 'scim-only')`, [acme.orgId, connectionId]);
        await tx.sql(`insert into scim_token (org_id, id, connection_id, hash, hint, scopes, created_by) values ($1, $2, $3, $4, 'test', '{users}', 'test')`, [acme.orgId, uuidv7(), connectionId, hashToken(token)]);
      });
      const elsewhere = (own: object): Promise<ScimReply> => acme.call('POST', '/Users', person(own), { authorization: `Bearer ${token}` });
      fine(await elsewhere({ number: 'near' }));
      taken(await elsewhere({ passport: 'FAR' }));
    });
  });
}

const postTo = (server: ScimServer, number: string, tenant: 'acme' | 'globex' = 'acme'): Promise<ScimReply> => server[tenant].call('POST', '/Users', person({ number }));

describe('unique values that a file declares', function uniqueByFile() {
  this.timeout(20_000);
  const unmarked = { ...badge, attributes: badge.attributes.map(({ name, type, ...rest }) => (name === 'cards' ? { name, type, multiValued: true, subAttributes: [{ name: 'value', type: 'string' }] } : { name, type, multiValued: 'multiValued' in rest })) };

  it('are in force with the first write after the start, hold what was there, and stop a node with other files from writing past them', async () => {
    const former = await startScimServer({ registry: extendRegistry(loadRegistry(), [unmarked]) });
    const [one] = [await postTo(former, 'one'), await postTo(former, 'twice'), await postTo(former, 'TWICE'), await postTo(former, 'one', 'globex')];
    await new Promise((resolve) => setTimeout(resolve, 5));
    const next = await startScimServer({ registry: extendRegistry(loadRegistry(), [badge, room]), beside: former });
    const answers = await Promise.all(Array.from({ length: 10 }, () => postTo(next, 'ONE')));
    answers.forEach(taken);
    taken(await postTo(next, 'twice'));
    fine(await next.acme.call('PATCH', `/Users/${one.body.id}`, { schemas: [PATCH], Operations: [{ op: 'replace', path: `${BADGE}:number`, value: 'uno' }] }));
    fine(await postTo(next, 'one'));
    const stopped = await postTo(former, 'one');
    expect(stopped.status, stopped.text).to.equal(503);
    expect(stopped.headers.get('retry-after')).to.equal('1');
    expect((await former.acme.call('GET', `/Users/${one.body.id}`)).status, 'who reads is served').to.equal(200);
    expect((await postTo(former, 'one', 'globex')).status, 'where nobody has written since').to.equal(201);
    fine(await postTo(next, 'fresh', 'globex'));
    taken(await postTo(next, 'one', 'globex'));
    expect([...former.defects, ...next.defects]).to.deep.equal([]);
    await next.close();
    await former.close();
  });
});
