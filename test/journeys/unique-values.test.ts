import { expect } from 'chai';
import { EventEmitter, once } from 'node:events';
import * as client from 'openid-client';
import { hashToken } from '#hub/platform/token.js';
import { BADGE, ROOM } from '../support/badge-extension.ts';
import type { ScimAnswer, ScimClient } from '../support/scim-client.ts';
import { type TwoNodes, startTwoNodes } from '../support/two-nodes.ts';

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

const extension = (uniqueness: string, more: object = {}): object => ({ id: BADGE, name: 'Badge', extends: 'User', attributes: [{ name: 'note', type: 'string' }, { name: 'number', type: 'string', uniqueness, ...more }] });
let counted = 0;
const post = (client: ScimClient, own: object): Promise<ScimAnswer> => client.send('POST', '/Users', { schemas: [USER, BADGE], userName: `user-${(counted += 1)}`, [BADGE]: own });
const patch = (client: ScimClient, id: string, value: string): Promise<ScimAnswer> => client.send('PATCH', `/Users/${id}`, { schemas: [PATCH], Operations: [{ op: 'replace', path: `${BADGE}:number`, value }] });
const numbered = async (client: ScimClient, value: string): Promise<number> => (await client.ask('GET', `/Users?filter=${encodeURIComponent(`${BADGE}:number eq "${value}"`)}`)).totalResults;
const rooms = (uniqueness: string): object => ({ id: ROOM, extends: 'Group', attributes: [{ name: 'door', type: 'string', uniqueness }] });

describe('values that an organization declares unique', function journey() {
  this.timeout(60_000);
  let both: TwoNodes;
  let nodes: TwoNodes['nodes'];

  before(async () => {
    both = await startTwoNodes('unique-values', 4);
    ({ nodes } = both);
  });
  after(() => both.stop());

  interface Tenant {
    readonly orgId: string;
    readonly token: string;
    readonly here: ScimClient;
    readonly there: ScimClient;
    readonly declare: (definition: object) => Promise<{ status: number; body: { code?: string } }>;
    readonly remove: () => Promise<{ status: number; body: { code?: string } }>;
  }

  async function tenant(slug: string): Promise<Tenant> {
    const { body } = await nodes[0].admin('POST', '/organizations', { slug });
    const { token } = (await nodes[0].admin('POST', `/organizations/${slug}/scim-tokens`, {})).body;
    const at = `/organizations/${slug}/scim-schemas/${encodeURIComponent(BADGE)}`;
    return {
      orgId: body.id,
      token,
      here: nodes[0].scim(token),
      there: nodes[1].scim(token),
      declare: (definition) => nodes[0].admin('PUT', at, definition),
      remove: () => nodes[0].admin('DELETE', at),
    };
  }


  it('cost a request nothing while nobody has declared any: no ledger, no value, the door as ever', async () => {
    const { orgId, here } = await tenant('plain');
    expect((await here.send('POST', '/Users', { schemas: [USER], userName: 'ada' })).status).to.equal(201);
    const [ledgers, values] = await nodes[0].database.withOrganization({ orgId, actor: 'test' }, async (tx) => [await tx.sql('select 1 from unique_ledger'), await tx.sql('select 1 from directory_unique_value')]);
    expect([ledgers, values]).to.deep.equal([[], []]);
  });

  it('are held by one of many who come at once at two nodes, at once after they are declared', async () => {
    const { here, there, declare } = await tenant('rush');
    expect((await declare(extension('server'))).status).to.equal(200);
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => post(index % 2 === 0 ? here : there, { number: 'one' })));
    expect(answers.map(({ status }) => status)).to.have.members([201, ...Array.from({ length: 19 }, () => 409)]);
    expect(await numbered(here, 'one')).to.equal(1);
  });

  it('cannot be declared while several have one, and the refusal names the place and who they are', async () => {
    const { here, declare } = await tenant('clash');
    expect((await declare(extension('none'))).status).to.equal(200);
    const [first, second] = [await post(here, { number: 'same' }), await post(here, { number: 'SAME' })];
    const refused = await declare(extension('server'));
    expect(refused, JSON.stringify(refused.body)).to.deep.include({ status: 409 });
    expect(refused.body.code).to.equal('scim.extension_values_clash');
    expect(JSON.stringify(refused.body)).to.contain('/attributes/1/uniqueness').and.to.contain(first.body.id).and.to.contain(second.body.id);
    expect((await here.ask('GET', `/Schemas/${BADGE}`)).attributes[1].uniqueness, 'still as before').to.equal('none');
    expect((await post(here, { number: 'same' })).status, 'and writes go on').to.equal(201);
    expect((await declare(extension('server', { caseExact: true }))).status, 'two are still the same').to.equal(409);
    expect((await patch(here, first.body.id, 'other')).status).to.equal(200);
    expect((await declare(extension('server', { caseExact: true }))).status).to.equal(200);
  });

  it('are those that resources held before as well, also of groups', async () => {
    const { here, there, declare } = await tenant('held');
    await declare(extension('none'));
    const { body: holder } = await post(here, { number: 'Old' });
    for (let n = 0; n < 120; n += 1) await post(here, { number: `n${n}` });
    expect((await declare(extension('server'))).status).to.equal(200);
    expect((await post(there, { number: 'OLD' })).body.scimType).to.equal('uniqueness');
    expect((await post(there, { number: 'n119' })).body.scimType).to.equal('uniqueness');
    expect((await patch(there, holder.id, 'old')).status).to.equal(200);
    expect((await here.send('DELETE', `/Users/${holder.id}`)).status).to.equal(204);
    expect((await post(there, { number: 'OLD' })).status).to.equal(201);
    const at = `/organizations/held/scim-schemas/${ROOM}`;
    await nodes[0].admin('PUT', at, rooms('none'));
    const group = (displayName: string): Promise<ScimAnswer> => here.send('POST', '/Groups', { schemas: [GROUP], displayName, [ROOM]: { door: 'east' } });
    await group('a');
    expect((await nodes[0].admin('PUT', at, rooms('server'))).status).to.equal(200);
    expect((await group('b')).body.scimType).to.equal('uniqueness');
    expect((await post(there, { number: 'old' })).body.scimType, 'the other schema holds on').to.equal('uniqueness');
  });

  it('are had once by whoever comes while they are being declared, at both nodes, or else the declaration is refused', async () => {
    const { here, there, declare } = await tenant('midst');
    await declare(extension('none'));
    for (let n = 0; n < 100; n += 1) await post(here, { number: `before ${n}` });
    const outcomes = new Set<number>();
    for (let round = 0; round < 6; round += 1) {
      const pair = async (value: string, after: number): Promise<ScimAnswer[]> => {
        await new Promise((resolve) => setTimeout(resolve, after));
        return Promise.all([post(here, { number: value }), post(there, { number: value })]);
      };
      const [{ status }, ...pairs] = await Promise.all([declare(extension('server')), ...[0, 4, 8, 12, 20, 30, 45].map((after) => pair(`${round}-${after}`, after + (round % 4)))]);
      const twice = pairs.filter((two) => two.every((one) => one.status === 201));
      for (const one of pairs.flat()) expect(one.status, JSON.stringify(one.body)).to.be.oneOf([201, 409]);
      outcomes.add(status);
      // Refused is a declaration only for what two have, and two have it only where it was refused.
      expect(status, `round ${round}`).to.equal(twice.length === 0 ? 200 : 409);
      for (const [two] of twice) await here.ask('DELETE', `/Users/${two?.body.id}`);
      expect((await declare(extension('none'))).status).to.equal(200);
    }
    expect([...outcomes].every((status) => status === 200 || status === 409)).to.equal(true);
  });

  it('wait for a write that knew nothing of them and has not ended, and count what it wrote', async () => {
    const { orgId, token, here, declare } = await tenant('late');
    await declare(extension('none'));
    await post(here, { number: 'a' });
    const { body: late } = await post(here, { number: 'b' });
    const [begun, end] = [new EventEmitter(), new EventEmitter()];
    const write = nodes[1].database.withOrganization({ orgId, actor: 'test' }, async (tx) => {
      await tx.sql(`select authenticate_scim($1, 'users', true)`, [hashToken(token)]);
      const ended = once(end, 'now');
      begun.emit('now');
      await ended;
      await tx.sql(`update directory_user set resource = replace(resource, '"number":"b"', '"number":"A"') where id = $1`, [late.id]);
    });
    await once(begun, 'now');
    const declared = declare(extension('server'));
    const other = here.send('DELETE', `/Users/${(await here.ask('GET', '/Users?count=1')).Resources[0].id}x`);
    setTimeout(() => end.emit('now'), 120);
    await write;
    expect(await declared).to.deep.include({ status: 409 });
    expect((await other).status, 'others waited and are answered').to.equal(404);
  });

  it('hold for applications that push with access tokens too', async () => {
    const { here, declare } = await tenant('applied');
    const metadata = { grant_types: ['client_credentials'], scim_connection: 'default' };
    const { body } = await nodes[0].admin('POST', '/applications', { name: 'Feed', organization: 'applied', metadata });
    const config = await client.discovery(new URL(`${nodes[0].url}/oidc`), body.client_id, undefined, client.ClientSecretBasic(body.client_secret), { execute: [client.allowInsecureRequests] });
    const { access_token: access } = await client.clientCredentialsGrant(config, { scope: 'scim' });
    const feeds = nodes.map((node) => node.scim(access));
    await declare(extension('server'));
    const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => post(feeds[index % 2] ?? here, { number: 'one' })));
    expect(answers.filter(({ status }) => status === 201)).to.have.length(1);
    expect((await post(here, { number: 'ONE' })).body.scimType).to.equal('uniqueness');
  });

  it('are free again when uniqueness is given up, at a node that did not hear of it too', async () => {
    const { here, there, declare, remove } = await tenant('given-up');
    await declare(extension('server'));
    expect((await post(here, { number: 'x' })).status).to.equal(201);
    expect((await post(there, { number: 'x' })).status).to.equal(409);
    expect((await declare(extension('none'))).status).to.equal(200);
    expect((await post(there, { number: 'x' })).status).to.equal(201);
    expect((await post(here, { number: 'x' })).status).to.equal(201);
    expect((await remove()).body.code).to.equal('scim.extension_in_use');
    expect((await post(here, { number: 'x' })).status).to.equal(201);
  });

  it('do not keep an organization closed when whoever declared them died in the midst', async () => {
    const { orgId, here, declare } = await tenant('died');
    await declare(extension('server'));
    await post(here, { number: 'x' });
    const close = (ago: number): Promise<unknown> =>
      nodes[0].database.withOrganization({ orgId, actor: 'test' }, (tx) => tx.sql(`update unique_ledger set closed_by = gen_random_uuid(), closed_at = now() - make_interval(secs => $1)`, [ago]));
    await close(60);
    expect((await post(here, { number: 'x' })).body.scimType).to.equal('uniqueness');
    expect((await post(here, { number: 'y' })).status).to.equal(201);
    await close(14);
    expect((await post(here, { number: 'z' })).status, 'waits for whoever may still live').to.equal(201);
  });
});
