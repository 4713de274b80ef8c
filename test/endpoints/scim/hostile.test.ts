import { expect } from 'chai';
import * as fc from 'fast-check';
import { request as send } from 'node:http';
import { connect } from 'node:net';
import { GROUP, USER, bulkBody, groupBody, newGroup, newUser, patchBody, searchBody, userBody } from '../../support/scim-samples.ts';
import { startScimServer, type ScimServer, type ScimTenant } from '../../support/scim-server.ts';

const SQL = [`' or '1'='1`, `'; drop table directory_user; --`, `" or 1=1 --`, `\\'; select pg_sleep(9); --`, '$$;commit;$$', '%', '_', `x%' escape '`];
const NAMES = ['__proto__', 'constructor', 'toString'];
const nested = (depth: number): unknown => JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`);

const expectRefused = (status: number, what: string): void => {
  expect(status, what).to.be.within(400, 499);
};
const expectSafe = (status: number, what: string): void => {
  expect(status, what).to.be.within(200, 499);
};

describe('SCIM door under hostile requests', function () {
  this.timeout(30_000);
  let hub: ScimServer;
  let acme: ScimTenant;
  let [person, group]: string[] = [];

  before(async () => {
    hub = await startScimServer({ limits: { maxBulkOperations: 100 } });
    ({ acme } = hub);
    person = await newUser(acme, 'target@example.com', { title: 'untouched' });
    group = await newGroup(acme, 'Target', [person]);
  });
  after(async () => {
    await hub.close();
  });
  /** After every kind of attack: nothing became a 500, nothing changed, and an ordinary request is right. */
  afterEach(async () => {
    expect(hub.defects).to.deep.equal([]);
    const { status, body } = await acme.call('GET', `/Users/${person}`);
    expect([status, body.title, body.groups.length]).to.deep.equal([200, 'untouched', 1]);
    expect((await acme.call('GET', `/Users?filter=${encodeURIComponent('userName eq "target@example.com"')}`)).body.totalResults).to.equal(1);
    expect(({} as Record<string, unknown>)['polluted']).to.equal(undefined);
  });

  /** Sends bytes that `fetch` would put right. */
  const raw = (method: string, path: string, body?: string | Buffer): Promise<number> =>
    new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${acme.token}`, 'content-type': 'application/scim+json' };
      const request = send(`${hub.url}/`, { agent: false, method, path, headers }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode ?? 0));
      });
      request.on('error', reject);
      request.end(body);
    });

  it('finds no prototype behind names in paths, filters, sorts and attributes', async () => {
    for (const name of NAMES) {
      for (const path of [name, `${name}.value`, `emails[${name} eq "x"]`, `emails[type eq "work"].${name}`, `${USER}:${name}`, `name.${name}`]) {
        const operation = (op: string): unknown => ({ op, path, value: { polluted: true } });
        for (const op of ['add', 'replace', 'remove']) expectRefused((await acme.call('PATCH', `/Users/${person}`, patchBody(operation(op)))).status, `${op} ${path}`);
        expectRefused((await acme.call('GET', `/Users?filter=${encodeURIComponent(`${path} eq "x"`)}`)).status, path);
        expectRefused((await acme.call('GET', `/Users?sortBy=${encodeURIComponent(path)}`)).status, path);
        expectSafe((await acme.call('GET', `/Users/${person}?attributes=${encodeURIComponent(path)}`)).status, path);
      }
      expectRefused((await acme.call('GET', `/${name}`)).status, name);
      expectRefused((await acme.call('GET', `/Schemas/${name}`)).status, name);
      expectRefused((await acme.call(name.toUpperCase(), '/Users').catch(() => ({ status: 405 }))).status, name);
    }
  });

  it('drops keys that would be a prototype, however they are spelled', async () => {
    for (const key of ['__proto__', '\\u005f_proto__', 'constructor']) {
      const made = await acme.call('POST', '/Users', `{"schemas":["${USER}"],"userName":"proto-${key.length}@example.com","${key}":{"polluted":true},"name":{"${key}":{"polluted":true},"givenName":"P"}}`);
      expect(made.status, key).to.equal(201);
      expect(made.text).not.to.contain('polluted');
    }
    expectSafe((await acme.call('PATCH', `/Users/${person}`, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add","value":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}]}`)).status, 'pathless');
  });

  it('takes SQL for text wherever text may stand', async () => {
    for (const [at, text] of SQL.entries()) {
      const literal = JSON.stringify(text);
      for (const filter of [`userName eq ${literal}`, `userName co ${literal}`, `title sw ${literal}`, `emails[value ew ${literal}]`, `externalId ne ${literal} and title eq ${literal}`]) {
        const { status, body } = await acme.call('GET', `/Users?filter=${encodeURIComponent(filter)}`);
        expect(status, filter).to.equal(200);
        if (!filter.includes('ne') && !['%', '_'].includes(text)) expect(body.totalResults, filter).to.equal(0);
      }
      expectRefused((await acme.call('GET', `/Users/${encodeURIComponent(text)}`)).status, text);
      expectRefused((await acme.call('GET', `/Users?sortBy=${encodeURIComponent(text)}`)).status, text);
      const made = await acme.call('POST', '/Users', userBody(`${text}${at}`, { title: text, externalId: text }));
      expect([made.status, made.body.title]).to.deep.equal([201, text]);
      expect((await acme.call('GET', `/Users?filter=${encodeURIComponent(`title eq ${literal}`)}`)).body.totalResults).to.equal(1);
      expect((await acme.call('DELETE', `/Users/${made.body.id}`)).status).to.equal(204);
    }
  });

  it('refuses NUL and halves of surrogate pairs in values, filters and paths', async () => {
    for (const bad of ['\\u0000', '\\ud800', '\\udc00x']) {
      const text = `"a${bad}b"`;
      for (const body of [
        `{"schemas":["${USER}"],"userName":${text}}`,
        `{"schemas":["${USER}"],"userName":"x","emails":[{"value":${text}}]}`,
        `{"schemas":["${USER}"],"userName":"x","externalId":${text}}`,
        `{"schemas":["${USER}"],"userName":"x","profileUrl":${text}}`,
      ]) {
        expectRefused((await acme.call('POST', '/Users', body)).status, body);
      }
      expectRefused((await acme.call('POST', '/Groups', `{"schemas":["${GROUP}"],"displayName":${text}}`)).status, text);
      expectRefused((await acme.call('POST', '/Groups', `{"schemas":["${GROUP}"],"displayName":"x","members":[{"value":${text}}]}`)).status, text);
      expectRefused((await acme.call('GET', `/Users?filter=${encodeURIComponent(`title eq ${text}`)}`)).status, text);
      expectRefused((await acme.call('POST', '/Users/.search', `{"filter":"title eq \\"${bad}\\"","schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]}`)).status, text);
    }
    for (const path of ['/Users/%00', '/Users/a%00b', '/Users?filter=userName%20eq%20%22%00%22', '/Users/%ED%A0%80', '/%00']) expectRefused(await raw('GET', `/scim/v2${path}`), path);
  });

  it('survives bodies of 5 MB, wide and deep', async () => {
    const big = 'x'.repeat(5_000_000);
    expectRefused((await acme.call('POST', '/Users', userBody('big', { title: big }))).status, 'one long text');
    expectRefused((await acme.call('POST', '/Users', userBody(big))).status, 'a long name');
    expectRefused((await acme.call('POST', '/Users', userBody('many', { emails: Array.from({ length: 100_000 }, (_, at) => ({ value: `${at}@example.com` })) }))).status, 'many values');
    expectSafe((await acme.call('POST', '/Users', JSON.stringify(userBody('keys@example.com')).replace('{', `{${Array.from({ length: 200_000 }, (_, at) => `"k${at}":1`).join(',')},`))).status, 'many keys');
    expectRefused((await acme.call('POST', '/Users', '['.repeat(5_000_000))).status, 'deep list');
    expectRefused((await acme.call('POST', '/Users', { schemas: [USER], userName: 'deep', name: nested(100) })).status, 'deep object');
    expectRefused((await acme.call('PATCH', `/Users/${person}`, patchBody(...Array.from({ length: 5001 }, () => ({ op: 'add', path: 'title', value: 'x' }))))).status, 'many operations');
    expectRefused((await acme.call('PATCH', `/Groups/${group}`, patchBody({ op: 'add', path: 'members', value: Array.from({ length: 100_000 }, (_, at) => ({ value: String(at) })) }))).status, 'many strangers');
    expectRefused((await acme.call('POST', '/Users', ' '.repeat(11_000_000))).status, 'more than the limit');
  });

  it('bounds filters and paths: long, deep, and made to backtrack', async () => {
    const bombs = [
      `${'('.repeat(3000)}userName pr${')'.repeat(3000)}`,
      Array.from({ length: 400 }, () => 'userName eq "x"').join(' or '),
      `${'not ('.repeat(500)}userName pr${')'.repeat(500)}`,
      `emails[${'type eq "a" and '.repeat(300)}type pr]`,
      `userName eq "${'\\'.repeat(5000)}`,
      `${'a'.repeat(8000)} eq "x"`,
      `${'urn:'.repeat(2000)}x pr`,
      `${'a.'.repeat(4000)}b pr`,
      ' '.repeat(8000),
    ];
    for (const filter of bombs) {
      expectRefused((await acme.call('POST', '/Users/.search', searchBody({ filter }))).status, filter.slice(0, 60));
      expectRefused((await acme.call('POST', '/.search', searchBody({ filter }))).status, filter.slice(0, 60));
      expectRefused((await acme.call('PATCH', `/Users/${person}`, patchBody({ op: 'replace', path: filter, value: 'x' }))).status, filter.slice(0, 60));
      expectRefused((await acme.call('PATCH', `/Users/${person}`, patchBody({ op: 'replace', path: `emails[${filter}].value`, value: 'x' }))).status, filter.slice(0, 60));
    }
  });

  it('understands odd, repeated and bracketed parameters or refuses them', async () => {
    for (const query of ['filter=a&filter=b', 'count=1&count=2', 'startIndex=1&STARTINDEX=2', 'count=1e3', 'count=0x10', 'count=NaN', 'startIndex=1.5', 'sortOrder=sideways', `filter=${'x'.repeat(9000)}`]) {
      expectRefused(await raw('GET', `/scim/v2/Users?${query}`), query.slice(0, 60));
    }
    for (const query of ['filter[]=a', 'filter[__proto__]=a', '__proto__[polluted]=1', 'constructor.prototype.polluted=1', '&&&', '=', '?', '%00=1', 'count=', 'count=99999999999999999999', 'startIndex=-99999999999999999999', 'startIndex=9007199254740993', '%', 'x=%E0%A4%A', 'a=1&'.repeat(1000)]) {
      expectSafe(await raw('GET', `/scim/v2/Users?${query}`), query.slice(0, 60));
    }
  });

  it('refuses null, lists and numbers where objects belong', async () => {
    for (const junk of [null, 7, true, 'x', [], [null], [[]]]) {
      for (const body of [patchBody(junk), { ...patchBody(), Operations: junk }, patchBody({ op: junk, path: 'title', value: 'x' }), patchBody({ op: 'add', path: junk, value: junk })]) {
        if (JSON.stringify(body).includes('"Operations":[]')) continue;
        expectRefused((await acme.call('PATCH', `/Users/${person}`, body)).status, JSON.stringify(body));
      }
      if (typeof junk !== 'string') for (const path of ['/Users', '/Groups']) expectRefused((await acme.call('POST', path, { schemas: [USER, GROUP], userName: junk, displayName: junk })).status, JSON.stringify(junk));
      expectSafe((await acme.call('POST', '/Users', userBody('junk@example.com', { name: junk, emails: junk, schemas: junk }))).status, JSON.stringify(junk));
      expectRefused((await acme.call('POST', '/Bulk', bulkBody([junk]))).status, JSON.stringify(junk));
      expectSafe((await acme.call('POST', '/Users/.search', searchBody({ filter: junk, sortBy: junk, count: junk, attributes: junk }))).status, JSON.stringify(junk));
      expectSafe((await acme.call('POST', '/.search', searchBody({ filter: junk, sortBy: junk, count: junk, attributes: junk }))).status, JSON.stringify(junk));
    }
  });

  it('bounds bulk bombs', async () => {
    const wide = bulkBody(Array.from({ length: 100_000 }, (_, at) => ({ method: 'POST', path: '/Users', bulkId: `w${at}`, data: userBody(`w${at}`) })));
    expect((await acme.call('POST', '/Bulk', wide)).status).to.equal(413);
    const everyone = Array.from({ length: 12 }, (_, at) => `b${at}`);
    const tangled = bulkBody(everyone.map((bulkId) => ({ method: 'POST', path: '/Groups', bulkId, data: groupBody(`Tangled ${bulkId}`, everyone.map((one) => `bulkId:${one}`)) })), { failOnErrors: 1 });
    const reply = await acme.call('POST', '/Bulk', tangled);
    expect(reply.status).to.equal(200);
    expect(reply.text.length).to.be.below(100_000);
    const references = bulkBody(Array.from({ length: 100 }, () => ({ method: 'PATCH', path: `/Users/${person}`, data: { x: Array.from({ length: 1000 }, (_, at) => `bulkId:${at}`) } })));
    expectSafe((await acme.call('POST', '/Bulk', references)).status, 'references to nothing');
    expectRefused((await acme.call('POST', '/Bulk', bulkBody([{ method: 'POST', path: '/Users', bulkId: 'x'.repeat(1000), data: {} }]))).status, 'a long bulkId');
  });

  it('answers what is hardly HTTP, or hangs up, and goes on', async () => {
    const { port } = new URL(hub.url);
    for (const text of ['GET /scim/v2/Users HTTP/1.1\r\n\r\n', 'POST /scim/v2/Users HTTP/1.1\r\nhost: x\r\ncontent-length: 50\r\n\r\n{"a":', 'GET \u0000 HTTP/1.1\r\n\r\n', 'GET http://other/scim/v2/Users HTTP/1.1\r\nhost: x\r\n\r\n', '\u0000'.repeat(100), 'GET /scim/v2/Users?\ud83d HTTP/1.1\r\nhost: x\r\n\r\n']) {
      await new Promise<void>((resolve) => {
        const socket = connect(Number(port), '127.0.0.1', () => socket.end(text));
        socket.resume().on('close', () => resolve()).on('error', () => resolve());
        socket.setTimeout(300, () => socket.destroy());
      });
    }
  });

  it('answers every request of random bytes with something other than a 500', async () => {
    const json = fc.json({ maxDepth: 4 });
    const words = fc.constantFrom('Operations', 'op', 'add', 'remove', 'replace', 'path', 'value', 'members', 'emails', 'type', 'schemas', USER, GROUP, 'filter', 'bulkId:x', 'data', 'method', 'active', '$ref', '__proto__', '"', '[', ']', '{', '}', ':', ',', '\u0000', '\ud800');
    const body = fc.oneof(
      json,
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
      fc.array(words, { maxLength: 12 }).map((parts) => parts.join('')),
      fc.record({ op: fc.oneof(words, fc.anything()), path: fc.oneof(words, fc.string({ unit: 'binary' })), value: fc.anything({ maxDepth: 3 }) }).map((one) => JSON.stringify(patchBody(one)) ?? ''),
      fc.dictionary(words, fc.anything({ maxDepth: 3 })).map((one) => JSON.stringify({ schemas: [USER], userName: 'fuzz@example.com', ...one }, (_, part: unknown) => (typeof part === 'bigint' ? Number(part) : part))),
    );
    const tail = fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }).map((text) => encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, ''))), fc.stringMatching(/^[!-~]{0,20}$/), fc.constantFrom('', '.search', '00000000-0000-4000-8000-000000000000'));
    const route = fc.record({
      method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'),
      path: fc.tuple(fc.constantFrom('/Users/', '/Groups/', '/Users', '/Groups', '/Bulk', '/.search', '/Schemas/', '/ResourceTypes/', '/ServiceProviderConfig', '/Me', '/', ''), tail, fc.oneof(fc.constant(''), tail.map((text) => `?filter=${text}`), tail.map((text) => `?${text}`))),
      body,
    });
    await fc.assert(
      fc.asyncProperty(route, async ({ method, path, body: sent }) => {
        const safe = path[1].replaceAll(/[^!-~]/g, '');
        const status = await raw(method, `/scim/v2${path[0]}${safe}${path[2].replaceAll(/[^!-~]/g, '')}`, method === 'GET' || method === 'DELETE' ? undefined : sent);
        expect(status === 501 ? 404 : status, `${method} ${path.join('')}`).to.be.within(200, 499);
      }),
      { numRuns: 400, interruptAfterTimeLimit: 3000 },
    );
  });
});
