import { expect } from 'chai';
import * as client from 'openid-client';
import { PLANT, plant } from '../support/plant-extension.ts';
import type { ScimAnswer, ScimClient } from '../support/scim-client.ts';
import { type TwoNodes, startTwoNodes } from '../support/two-nodes.ts';

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

const person = (userName: string, own?: object): object => ({ schemas: [USER, ...(own ? [PLANT] : [])], userName, ...(own && { [PLANT]: own }) });
const query = (path: string, parameters: Record<string, string>): string => `${path}?${new URLSearchParams(parameters).toString()}`;
const namesFor = async (client: ScimClient, parameters: Record<string, string>): Promise<string[]> => (await client.ask('GET', query('/Users', parameters))).Resources.map(({ userName }: { userName: string }) => userName);

/** Milliseconds on an idle machine. A busy one gets three seconds: what takes five was found by asking, not by being told. */
async function within(answers: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 3_000;
  while (!(await answers())) {
    if (Date.now() > end) expect.fail('the node was not told');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('SCIM extensions of one organization', function journey() {
  this.timeout(30_000);
  let both: TwoNodes;
  let nodes: TwoNodes['nodes'];
  let acme: ScimClient;
  let globex: ScimClient;
  let acmeElsewhere: ScimClient;

  before(async () => {
    both = await startTwoNodes('organization-schemas', 2);
    ({ nodes } = both);
    const [first] = nodes;
    const tokens: Record<string, string> = {};
    for (const slug of ['acme', 'globex']) {
      await first.admin('POST', '/organizations', { slug });
      tokens[slug] = (await first.admin('POST', `/organizations/${slug}/scim-tokens`, {})).body.token;
    }
    acme = first.scim(tokens['acme'] ?? '');
    globex = first.scim(tokens['globex'] ?? '');
    acmeElsewhere = nodes[1].scim(tokens['acme'] ?? '');
  });
  after(() => both.stop());

  const declare = (definition: object): Promise<{ status: number; body: unknown }> => nodes[0].admin('PUT', `/organizations/acme/scim-schemas/${encodeURIComponent(PLANT)}`, definition);
  const remove = (): Promise<{ status: number; body: { code?: string } }> => nodes[0].admin('DELETE', `/organizations/acme/scim-schemas/${PLANT}`);

  it('are unknown before they are declared, and what is sent of them is left out', async () => {
    expect((await acme.send('GET', `/Schemas/${PLANT}`)).status).to.equal(404);
    const made = await acme.ask('POST', '/Users', person('early@acme.example', { costCode: 'left out' }));
    expect(made).not.to.have.property(PLANT);
    expect((await acme.send('GET', query('/Users', { filter: `${PLANT}:costCode pr` }))).status).to.equal(400);
  });

  it('are served by the node they were declared at with its next answer, and by another within a second', async () => {
    expect(await declare(plant)).to.include({ status: 200 });
    expect((await acme.send('GET', `/Schemas/${PLANT}`)).body).to.include({ id: PLANT, name: 'Plant' }).and.not.to.have.any.keys('extends', 'required');
    await within(async () => (await acmeElsewhere.send('GET', `/Schemas/${PLANT}`)).status === 200);
    const type = await acme.ask('GET', '/ResourceTypes/User');
    expect(type.schemaExtensions).to.deep.include({ schema: PLANT, required: false });
    expect((await acme.ask('GET', '/ResourceTypes/Group')).schemaExtensions ?? []).to.not.deep.include({ schema: PLANT, required: false });
  });

  it('are checked, kept and hidden as they say', async () => {
    const refused = async (own: object): Promise<ScimAnswer> => acme.send('POST', '/Users', person('wrong@acme.example', own));
    expect((await refused({ note: 'without the code' })).body.detail).to.equal(`${PLANT}:costCode is required.`);
    expect((await refused({ costCode: 7 })).body.scimType).to.equal('invalidValue');
    expect((await refused({ costCode: 'C', hired: 'yesterday' })).body.scimType).to.equal('invalidValue');
    expect((await refused({ costCode: 'C', badges: [{ value: 'a', primary: true }, { value: 'b', primary: true }] })).body.detail).to.contain('more than one primary');
    const own = { costCode: 'C-1', badges: [{ value: 'red', type: 'door', primary: true }], hired: '2030-01-01T00:00:00Z' };
    const made = await acme.ask('POST', '/Users', person('ada@acme.example', { ...own, PIN: '1234', note: 'on request' }));
    expect(made).to.deep.include({ schemas: [USER, PLANT], [PLANT]: own });
    expect((await acme.ask('GET', query(`/Users/${made.id}`, { attributes: `${PLANT}:note,${PLANT}:pin` })))[PLANT]).to.deep.equal({ note: 'on request' });
    expect((await acme.ask('GET', query(`/Users/${made.id}`, { attributes: `${PLANT}:badges.value` })))[PLANT]).to.deep.equal({ badges: [{ value: 'red' }] });
    expect((await acme.ask('GET', query(`/Users/${made.id}`, { excludedAttributes: `${PLANT}:badges` })))[PLANT]).to.have.all.keys('costCode', 'hired');
  });

  it('are changed by paths with their URN, at every node', async () => {
    const [{ id }] = (await acme.ask('GET', query('/Users', { filter: 'userName eq "ada@acme.example"' }))).Resources;
    const patch = (...operations: object[]): Promise<ScimAnswer> => acmeElsewhere.send('PATCH', `/Users/${id}`, { schemas: [PATCH], Operations: operations });
    const changed = await patch({ op: 'replace', path: `${PLANT}:costCode`, value: 'C-2' }, { op: 'add', path: `${PLANT}:badges`, value: [{ value: 'blue', type: 'desk' }] });
    expect(changed.body[PLANT]).to.deep.include({ costCode: 'C-2', badges: [{ value: 'red', type: 'door', primary: true }, { value: 'blue', type: 'desk' }] });
    expect((await patch({ op: 'remove', path: `${PLANT}:badges[type eq "door"]` })).body[PLANT].badges).to.deep.equal([{ value: 'blue', type: 'desk' }]);
    expect((await patch({ op: 'replace', path: `${PLANT}:hired`, value: '2031-01-01T00:00:00Z' })).body.scimType).to.equal('mutability');
    expect((await patch({ op: 'remove', path: `${PLANT}:costCode` })).body.scimType).to.equal('mutability');
    expect((await patch({ op: 'replace', value: { [PLANT]: { costCode: 'C-3' } } })).body[PLANT].costCode).to.equal('C-3');
    const put = await acmeElsewhere.ask('PUT', `/Users/${id}`, person('ada@acme.example', { costCode: 'C-4' }));
    expect(put[PLANT]).to.deep.equal({ costCode: 'C-4', hired: '2030-01-01T00:00:00Z' });
  });

  it('are found and sorted by', async () => {
    const people = { 'b@acme.example': 'c-4', 'c@acme.example': 'A-1' };
    for (const [userName, costCode] of Object.entries(people)) await acme.ask('POST', '/Users', person(userName, { costCode, badges: [{ value: userName.slice(0, 1), type: 'Door' }] }));
    expect(await namesFor(acme, { filter: `${PLANT}:costCode eq "C-4"` }), 'caseExact').to.deep.equal(['ada@acme.example']);
    expect(await namesFor(acme, { filter: `${PLANT.toUpperCase().replace('URN', 'urn')}:COSTCODE sw "c" and ${PLANT}:badges[type eq "door"]` })).to.deep.equal(['b@acme.example']);
    expect(await namesFor(acme, { filter: `${PLANT}:costCode pr`, sortBy: `${PLANT}:costCode` })).to.deep.equal(['c@acme.example', 'ada@acme.example', 'b@acme.example']);
    expect((await acme.send('GET', query('/Users', { filter: `${PLANT}:pin eq "1234"` }))).body.scimType).to.equal('invalidFilter');
    const bulk = await acme.ask('POST', '/Bulk', { schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'], Operations: [{ method: 'POST', path: '/Users', bulkId: 'x', data: person('bulk@acme.example', { costCode: 7 }) }] });
    expect(bulk.Operations[0].status).to.equal('400');
  });

  it('are neither served nor kept for another organization', async () => {
    expect((await globex.send('GET', `/Schemas/${PLANT}`)).status).to.equal(404);
    expect(JSON.stringify((await globex.ask('GET', '/Schemas')).Resources)).not.to.contain('plant');
    expect(JSON.stringify(await globex.ask('GET', '/ResourceTypes'))).not.to.contain('plant');
    const made = await globex.ask('POST', '/Users', person('ada@globex.example', { costCode: 7 }));
    expect(made.schemas).to.deep.equal([USER]);
    expect(made).not.to.have.property(PLANT);
    expect((await globex.send('PATCH', `/Users/${made.id}`, { schemas: [PATCH], Operations: [{ op: 'add', path: `${PLANT}:costCode`, value: 'x' }] })).body.scimType).to.equal('invalidPath');
    expect((await globex.send('GET', query('/Users', { filter: `${PLANT}:costCode pr` }))).body.scimType).to.equal('invalidFilter');
  });

  it('change at every node within a second, and go when nobody holds them any more', async () => {
    const attributes = [...plant.attributes, { name: 'floor', type: 'integer' }];
    await declare({ ...plant, attributes });
    await within(async () => (await acmeElsewhere.send('GET', query('/Users', { filter: `${PLANT}:floor gt 1` }))).status === 200);
    expect((await remove()).body.code).to.equal('scim.extension_in_use');
    // What may not change once it is set cannot be cleared either, until the definition says otherwise.
    await declare({ ...plant, attributes: attributes.map((attribute) => (attribute.name === 'hired' ? { ...attribute, mutability: 'readWrite' } : attribute)) });
    for (const { id } of (await acme.ask('GET', query('/Users', { filter: `${PLANT}:costCode pr` }))).Resources) await acme.ask('PATCH', `/Users/${id}`, { schemas: [PATCH], Operations: [{ op: 'remove', path: PLANT }] });
    expect(await remove()).to.include({ status: 200 });
    expect((await acme.send('GET', `/Schemas/${PLANT}`)).status).to.equal(404);
    await within(async () => (await acmeElsewhere.send('GET', `/Schemas/${PLANT}`)).status === 404);
  });

  it('are seen also when the word of them is lost, by asking every few seconds', async () => {
    const { body: organization } = await nodes[0].admin('GET', '/organizations/globex');
    const own = { ...plant, id: `${PLANT}:silent` };
    await nodes[0].database.withOrganization({ orgId: organization.id, actor: 'test' }, (tx) =>
      tx.sql(`insert into organization_schema (org_id, id, id_key, resource_type, definition) values ($1, $2, $3, 'User', $4)`, [organization.id, own.id, own.id.toLowerCase(), JSON.stringify(own)]),
    );
    await nodes[0].runJob('scim-schemas');
    expect((await globex.send('GET', `/Schemas/${own.id}`)).status).to.equal(200);
  });

  it('hold for applications that push with access tokens too', async () => {
    await declare(plant);
    const metadata = { grant_types: ['client_credentials'], scim_connection: 'default' };
    const { body } = await nodes[0].admin('POST', '/applications', { name: 'Feed', organization: 'acme', metadata });
    const issuer = new URL(`${nodes[0].url}/oidc`);
    const config = await client.discovery(issuer, body.client_id, undefined, client.ClientSecretBasic(body.client_secret), { execute: [client.allowInsecureRequests] });
    const feed = nodes[0].scim((await client.clientCredentialsGrant(config, { scope: 'scim' })).access_token);
    expect((await feed.send('GET', `/Schemas/${PLANT}`)).status).to.equal(200);
    expect((await feed.ask('POST', '/Users', person('fed@acme.example', { costCode: 'F' })))[PLANT]).to.deep.equal({ costCode: 'F' });
  });

  it('let no revoked token in', async () => {
    await declare(plant);
    const { body } = await nodes[0].admin('POST', '/organizations/acme/scim-tokens', {});
    const revoked = nodes[0].scim(body.token);
    expect((await revoked.send('GET', `/Schemas/${PLANT}`)).status).to.equal(200);
    await nodes[0].admin('DELETE', `/organizations/acme/scim-tokens/${body.id}`);
    expect((await revoked.send('GET', `/Schemas/${PLANT}`)).status).to.equal(401);
    expect((await revoked.send('POST', '/Users', person('nobody@acme.example', { costCode: 7 }))).status, 'nor does it learn what is required').to.equal(401);
    expect((await nodes[0].scim('gh_scim_nobody').send('GET', '/Users')).status).to.equal(401);
  });
});
