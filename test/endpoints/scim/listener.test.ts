import { expect } from 'chai';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { SCIM_TOKEN_PREFIX } from '#hub/domain/credentials/index.js';
import { mintToken } from '#hub/platform/token.js';
import { newGroup, newUser, patchBody, searchBody, userBody } from '../../support/scim-samples.ts';
import { startScimServer, type ScimReply, type ScimServer, type ScimTenant } from '../../support/scim-server.ts';

const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error';
const NOWHERE = '/Users/00000000-0000-4000-8000-000000000000';

/** Every refusal has the same form: SCIM's media type and schema, the status as a string, one sentence, no stack. */
function expectError(reply: ScimReply, status: number, scimType?: string): void {
  expect([reply.status, reply.body?.scimType], reply.text).to.deep.equal([status, scimType]);
  expect(reply.headers.get('content-type')).to.equal('application/scim+json; charset=utf-8');
  expect(reply.headers.get('x-request-id')).to.match(/^[\w.:-]{1,128}$/);
  expect(reply.body.schemas).to.deep.equal([ERROR]);
  expect(reply.body.status).to.equal(String(status));
  expect(reply.body.detail).to.be.a('string').and.match(/\.$/);
  expect(reply.text).not.to.match(/node_modules|\.[jt]s:\d|select |insert /);
}

const shown = ({ body }: ScimReply): string[] => body.Resources.map((one: { displayName?: string; userName?: string }) => one.displayName ?? one.userName);

describe('SCIM door', () => {
  let hub: ScimServer;
  let acme: ScimTenant;

  before(async () => {
    hub = await startScimServer({ maxBodyBytes: 50_000 });
    ({ acme } = hub);
  });
  after(() => hub.close());
  afterEach(() => expect(hub.defects).to.deep.equal([]));

  it('asks for a token with 401 and WWW-Authenticate: none, another kind, an unknown, an expired, a revoked one', async () => {
    const expired = await acme.mint({ expiresAt: new Date(Date.now() - 1000) });
    const revoked = await acme.mint({ revokedAt: new Date() });
    for (const authorization of ['', 'Basic YTpi', 'Bearer', 'Bearer a b', 'Bearer gh_scim_unknown', `Bearer ${expired}`, `Bearer ${revoked}`]) {
      for (const path of ['/Users', '/Schemas', '/nothing', NOWHERE]) {
        const reply = await acme.call('GET', path, undefined, { authorization });
        expectError(reply, 401);
        const shown = /^Bearer \S+$/.test(authorization);
        expect(reply.headers.get('www-authenticate'), authorization).to.equal(`Bearer realm="scim"${shown ? ', error="invalid_token"' : ''}`);
      }
    }
    expect((await acme.call('GET', '/Users', undefined, { authorization: `bearer ${acme.token}` })).status, 'the scheme in any case').to.equal(200);
  });

  it('lets two tokens of a connection live side by side', async () => {
    const second = await acme.mint({});
    for (const token of [acme.token, second]) expect((await acme.call('GET', '/Users?count=0', undefined, { authorization: `Bearer ${token}` })).status).to.equal(200);
  });

  it('holds a token to its scopes with 403', async () => {
    const users = { authorization: `Bearer ${await acme.mint({ scopes: ['users'] })}` };
    const reader = { authorization: `Bearer ${await acme.mint({ scopes: ['users', 'groups', 'read-only'] })}` };
    expect((await acme.call('GET', '/Users', undefined, users)).status).to.equal(200);
    expectError(await acme.call('GET', '/Groups', undefined, users), 403);
    expectError(await acme.call('POST', '/Groups', { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'], displayName: 'x' }, users), 403);
    expect((await acme.call('GET', '/Schemas', undefined, users)).status).to.equal(200);
    expect((await acme.call('GET', '/Groups', undefined, reader)).status).to.equal(200);
    expect((await acme.call('POST', '/Users/.search', searchBody({ count: 1 }), reader)).status).to.equal(200);
    expectError(await acme.call('POST', '/Users', userBody('x'), reader), 403);
    const refused = await acme.call('DELETE', NOWHERE, undefined, reader);
    expectError(refused, 403);
    expect(refused.headers.get('www-authenticate')).to.equal('Bearer realm="scim", error="insufficient_scope"');
  });

  it('tells a stranger of the token alone, whatever else is wrong with the request', async () => {
    const stranger = { authorization: `Bearer ${mintToken(SCIM_TOKEN_PREFIX)}` };
    for (const body of ['', '{', '[]', '{}', JSON.stringify({ schemas: [] }), 'x'.repeat(60_000), JSON.stringify({ a: 'x'.repeat(60_000) })]) {
      for (const [method, path] of [['POST', '/Users'], ['PUT', NOWHERE], ['PATCH', NOWHERE], ['POST', '/Bulk'], ['POST', '/.search'], ['POST', '/nothing']] as const) {
        expectError(await acme.call(method, path, body, stranger), 401);
      }
    }
    expectError(await acme.call('POST', '/Users', '{}', { ...stranger, 'content-type': 'text/plain' }), 401);
    const member = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'], displayName: 'x', members: [{ value: 'nobody' }] };
    expectError(await acme.call('POST', '/Groups', member, stranger), 401);
    for (const path of ['/Users?filter=nonsense', '/Users?filter=title%20pr&cursor=x', '/Users?count=x', '/%E0%A4%A', '/Schemas?filter=x', '/Me']) expectError(await acme.call('GET', path, undefined, stranger), 401);
  });

  it('answers HEAD like GET, without a body', async () => {
    for (const path of ['/Users?count=1', '/Schemas', NOWHERE]) {
      const [head, get] = [await acme.call('HEAD', path), await acme.call('GET', path)];
      expect([head.status, head.text, head.headers.get('content-length')], path).to.deep.equal([get.status, '', String(Buffer.byteLength(get.text))]);
    }
  });

  it('answers 404 where nothing is, and 405 with Allow where something else is', async () => {
    for (const path of ['/', '/Nothing', '/Users/1/2', '/users', '/Schemas/urn:nothing', '/ServiceProviderConfig/1', '/__proto__', '/constructor', '/toString/valueOf']) {
      expectError(await acme.call('GET', path), 404);
    }
    const wrong = await acme.call('PUT', '/Users', userBody('x'));
    expectError(wrong, 405);
    expect(wrong.headers.get('allow')).to.equal('GET, HEAD, POST');
    expectError(await acme.call('OPTIONS', '/Users'), 405);
    expectError(await acme.call('GET', '/Bulk'), 405);
    expectError(await acme.call('GET', '/Users/.search'), 405);
    expectError(await acme.call('DELETE', '/Schemas'), 405);
    expectError(await acme.call('POST', NOWHERE, {}), 405);
  });

  it('says 501 for /Me: nobody stands behind a token of a connection', async () => {
    for (const [method, path] of [['GET', '/Me'], ['DELETE', '/Me'], ['GET', '/Me/x']] as const) expectError(await acme.call(method, path), 501);
    expectError(await acme.call('PATCH', '/Me', patchBody()), 501);
  });

  it('takes SCIM JSON and plain JSON, and refuses other media types with 415', async () => {
    for (const [at, type] of ['application/scim+json', 'application/json', 'Application/JSON; charset=UTF-8'].entries()) {
      expect((await acme.call('POST', '/Users', userBody(`media-${at}@example.com`), { 'content-type': type })).status, type).to.equal(201);
    }
    for (const type of ['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', '']) {
      expectError(await acme.call('POST', '/Users', JSON.stringify(userBody('x')), { 'content-type': type }), 415);
    }
  });

  it('refuses a content coding with 415, and names the one it takes', async () => {
    const reply = await acme.call('POST', '/Users', gzipSync(JSON.stringify(userBody('x'))), { 'content-encoding': 'gzip' });
    expectError(reply, 415);
    expect(reply.headers.get('accept-encoding')).to.equal('identity');
    expect((await acme.call('POST', '/Users', userBody('coded@example.com'), { 'content-encoding': 'identity' })).status).to.equal(201);
  });

  it('refuses a body that is too large with 413, with and without an announced length', async () => {
    const body = JSON.stringify(userBody('x', { title: 'y'.repeat(50_000) }));
    expectError(await acme.call('POST', '/Users', body), 413);
    const chunks = new ReadableStream({
      start(controller) {
        for (let at = 0; at < 40; at += 1) controller.enqueue(new TextEncoder().encode('['.repeat(2000)));
        controller.close();
      },
    });
    const streamed = await fetch(`${hub.base}/Users`, {
      method: 'POST',
      body: chunks,
      duplex: 'half',
      headers: { authorization: `Bearer ${acme.token}`, 'content-type': 'application/scim+json' },
    });
    expect([streamed.status, ((await streamed.json()) as { status: string }).status]).to.deep.equal([413, '413']);
  });

  it('refuses what is no UTF-8, no JSON, no object, or nests too deep, with 400 invalidSyntax', async () => {
    const bad: readonly unknown[] = [
      Uint8Array.of(0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d),
      Uint8Array.of(0xc3, 0x28),
      '',
      '{',
      '{"userName": "x",}',
      'null',
      '[]',
      '"text"',
      '7',
      `${'['.repeat(70)}${']'.repeat(70)}`,
      '['.repeat(40_000),
      `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`,
    ];
    for (const body of bad) expectError(await acme.call('POST', '/Users', body), 400, 'invalidSyntax');
  });

  it('refuses a path that cannot be decoded', async () => {
    expectError(await acme.call('GET', '/Users/%E0%A4%A'), 400, 'invalidPath');
  });

  it('gives each answer the request id of the client, or one of its own', async () => {
    expect((await acme.call('GET', '/Users?count=0', undefined, { 'x-request-id': 'abc-123' })).headers.get('x-request-id')).to.equal('abc-123');
    const other = (await acme.call('GET', '/Users?count=0', undefined, { 'x-request-id': 'with blanks and "' })).headers.get('x-request-id');
    expect(other).to.match(/^[0-9a-f-]{36}$/);
    expect((await acme.call('GET', NOWHERE)).headers.get('x-request-id')).to.match(/^[0-9a-f-]{36}$/);
  });

  it('keeps answers out of caches', async () => {
    const { headers } = await acme.call('GET', '/Users?count=0');
    expect([headers.get('cache-control'), headers.get('x-content-type-options')]).to.deep.equal(['no-store', 'nosniff']);
  });

  it('serves discovery, one by one too, and forbids to filter it', async () => {
    for (const [path, count] of [['/Schemas', 'Resources'], ['/ResourceTypes', 'Resources']] as const) {
      const { status, body } = await acme.call('GET', path);
      expect(status).to.equal(200);
      expect(body.totalResults).to.equal(body[count].length);
      for (const one of body.Resources as { id: string }[]) {
        const single = await acme.call('GET', `${path}/${encodeURIComponent(one.id)}`);
        expect(single.body).to.deep.equal(one);
        expect((single.body.meta as { location: string }).location).to.equal(`${hub.base}${path}/${one.id}`);
      }
      expectError(await acme.call('GET', `${path}?filter=${encodeURIComponent('id pr')}`), 403);
    }
    expectError(await acme.call('GET', '/ServiceProviderConfig?Filter=x'), 403);
    expect((await acme.call('GET', '/ServiceProviderConfig?count=1')).body).to.deep.include({ patch: { supported: true }, etag: { supported: true }, sort: { supported: true } });
  });
});

describe('SCIM door under a rate limit', () => {
  it('answers 429 with Retry-After and goes on afterwards', async () => {
    let wait: number | undefined = 3;
    const hub = await startScimServer({ admit: () => Promise.resolve(wait) });
    const refused = await hub.acme.call('GET', '/Users');
    expect([refused.status, refused.body.status, refused.headers.get('retry-after')]).to.deep.equal([429, '429', '3']);
    wait = undefined;
    expect((await hub.acme.call('GET', '/Users')).status).to.equal(200);
    await hub.close();
  });
});

describe('SCIM search over everything', () => {
  let hub: ScimServer;
  const search = (more: Record<string, unknown>): Promise<ScimReply> => hub.acme.call('POST', '/.search', searchBody(more));

  before(async () => {
    hub = await startScimServer();
    for (const name of ['Bea', 'Dee']) await newUser(hub.acme, `${name}@example.com`, { displayName: name });
    for (const name of ['Alpha', 'Cee']) await newGroup(hub.acme, name);
    await newUser(hub.globex, 'theirs@example.com', { displayName: 'Theirs' });
  });
  after(() => hub.close());
  afterEach(() => expect(hub.defects).to.deep.equal([]));

  it('finds users and groups of this connection and nobody else’s', async () => {
    const found = await search({});
    expect(found.body).to.include({ totalResults: 4, itemsPerPage: 4, startIndex: 1 });
    expect(shown(found).toSorted()).to.deep.equal(['Alpha', 'Bea', 'Cee', 'Dee']);
  });

  it('filters by what both have, by what one has, and by the type itself', async () => {
    expect(shown(await search({ filter: 'displayName sw "a" or displayName eq "dee"' })).toSorted()).to.deep.equal(['Alpha', 'Dee']);
    expect(shown(await search({ filter: 'userName pr' })).toSorted()).to.deep.equal(['Bea', 'Dee']);
    expect(shown(await search({ filter: 'not (userName pr)' })).toSorted()).to.deep.equal(['Alpha', 'Cee']);
    expect(shown(await search({ filter: 'meta.resourceType eq "Group"' })).toSorted()).to.deep.equal(['Alpha', 'Cee']);
    expect((await search({ filter: 'nonsense pr' })).body.scimType).to.equal('invalidFilter');
    expect((await search({ filter: 'password pr' })).body.scimType).to.equal('invalidFilter');
  });

  it('pages and sorts over both', async () => {
    const first = await search({ count: 3 });
    const second = await search({ count: 3, startIndex: 4 });
    expect([first.body.totalResults, second.body.itemsPerPage]).to.deep.equal([4, 1]);
    expect([...shown(first), ...shown(second)].toSorted()).to.deep.equal(['Alpha', 'Bea', 'Cee', 'Dee']);
    expect(shown(await search({ sortBy: 'displayName', sortOrder: 'descending' }))).to.deep.equal(['Dee', 'Cee', 'Bea', 'Alpha']);
    expect(shown(await search({ sortBy: 'displayName', startIndex: 2, count: 2 }))).to.deep.equal(['Bea', 'Cee']);
    expect((await search({ sortBy: 'userName', attributes: ['displayName'] })).body.Resources[0]).to.have.all.keys('schemas', 'id', 'displayName');
    expect((await search({ cursor: '' })).body.scimType).to.equal('invalidCursor');
  });

  it('needs a token for both', async () => {
    const users = await hub.acme.mint({ scopes: ['users'] });
    expect((await hub.acme.call('POST', '/.search', searchBody({}), { authorization: `Bearer ${users}` })).status).to.equal(403);
  });
});

describe('SCIM door before a large body', () => {
  const MEGABYTES = 5_000_000;
  let hub: ScimServer;

  before(async () => (hub = await startScimServer()));
  after(() => hub.close());

  /** Sends the head and the beginning of a body, and never the rest. @returns what is answered within the time */
  function begin(token: string, sent: number, wait: number): Promise<string> {
    const { hostname, port } = new URL(hub.url);
    const head = `POST /scim/v2/Users HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/scim+json\r\nContent-Length: ${MEGABYTES}\r\n\r\n`;
    return new Promise((resolve, reject) => {
      let heard = '';
      const socket = connect(Number(port), hostname, () => socket.write(head + ' '.repeat(sent)));
      const timer = setTimeout(() => socket.destroy(), wait);
      socket.on('data', (part) => {
        heard += part.toString();
        socket.destroy();
      });
      socket.on('error', reject);
      socket.on('close', () => {
        clearTimeout(timer);
        resolve(heard);
      });
    });
  }

  it('judges the token: a stranger is refused before the rest arrives', async () => {
    expect(await begin(mintToken(SCIM_TOKEN_PREFIX), 200_000, 5000)).to.match(/^HTTP\/1\.1 401 /);
    expect(hub.defects).to.deep.equal([]);
  });

  it('goes on to read for who may send it', async () => {
    expect(await begin(hub.acme.token, 200_000, 300)).to.equal('');
    const large = userBody('large@example.com', { title: 'y'.repeat(500_000) });
    expect((await hub.acme.call('POST', '/Users', large)).status).to.be.oneOf([201, 400]);
    const spread = JSON.stringify(userBody('spread@example.com')).padStart(3_000_000);
    expect((await hub.acme.call('POST', '/Users', spread)).status).to.equal(201);
    expect(hub.defects).to.deep.equal([]);
  });
});
