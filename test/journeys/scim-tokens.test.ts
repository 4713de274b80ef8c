import { expect } from 'chai';
import * as client from 'openid-client';
import { startTestHub, type Hub } from '../support/hub.ts';

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';

const newUser = (userName: string): object => ({ schemas: [USER], userName, externalId: userName });

const tokenOf = async (of: client.Configuration, parameters: Record<string, string> = { scope: 'scim' }): Promise<string> => (await client.clientCredentialsGrant(of, parameters)).access_token;

describe('what opens the SCIM door', function doors() {
  this.timeout(30_000);
  let hub: Hub;
  before(async () => {
    hub = await startTestHub();
    await hub.ask('POST', '/organizations', { slug: 'acme' });
    await hub.ask('POST', '/organizations/acme/connections', { name: 'okta', protocol: 'scim-only', vendor: 'okta' });
  });
  after(() => hub.stop());

  const statuses = async (token: string): Promise<Record<string, number>> => {
    const scim = hub.scim(token);
    return {
      users: (await scim.send('GET', '/Users?count=0')).status,
      groups: (await scim.send('GET', '/Groups?count=0')).status,
      write: (await scim.send('POST', '/Users', newUser(`u${Math.random()}`))).status,
      writeGroup: (await scim.send('POST', '/Groups', { schemas: [GROUP], displayName: `g${Math.random()}` })).status,
    };
  };
  const configure = (id: string, secret: string): Promise<client.Configuration> =>
    client.discovery(new URL(`${hub.url}/oidc`), id, undefined, client.ClientSecretBasic(secret), { execute: [client.allowInsecureRequests] });
  const revoke = async (token: string): Promise<void> => {
    const { items } = await hub.ask('GET', '/organizations/acme/scim-tokens');
    const { id } = items.find(({ hint, live }: { hint: string; live: boolean }) => live && token.startsWith(hint.slice(0, -1)));
    expect((await hub.cli('scim-token', 'revoke', id, '--organization', 'acme')).code).to.equal(0);
  };
  const register = async (...more: string[]): Promise<{ id: string; config: client.Configuration }> => {
    const { code, stdout, stderr } = await hub.cli('application', 'create', '--name', 'Feed', '--organization', 'acme', '--grant', 'client_credentials', ...more);
    expect(code, stderr).to.equal(0);
    const { client_id: id, client_secret: secret } = JSON.parse(stdout) as { client_id: string; client_secret: string };
    return { id, config: await configure(id, secret) };
  };
  const everything = { users: 200, groups: 200, write: 201, writeGroup: 201 };
  const nothing = { users: 401, groups: 401, write: 401, writeGroup: 401 };

  describe('tokens made by the command', () => {
    const made: string[] = [];
    const create = async (...more: string[]): Promise<string> => {
      const { code, stdout, stderr } = await hub.cli('scim-token', 'create', '--organization', 'acme', '--connection', 'okta', ...more);
      expect(code, stderr).to.equal(0);
      const token = stdout.trim();
      made.push(token);
      return token;
    };

    it('overlap: two are live, a third is refused, and one revoked is refused at once while the other one goes on', async () => {
      const [first, second] = [await create(), await create('--expires', '90d')];
      expect([await statuses(first), await statuses(second)]).to.deep.equal([everything, everything]);
      const third = await hub.cli('scim-token', 'create', '--organization', 'acme', '--connection', 'okta');
      expect([third.code, third.stderr]).to.satisfy(([code, stderr]: [number, string]) => code === 1 && stderr.includes('revoke one first'));
      await revoke(first);
      expect([await statuses(first), await statuses(second)]).to.deep.equal([nothing, everything]);
      await revoke(second);
    });

    it('cover what their scopes say and nothing else', async () => {
      const [users, reader] = [await create('--scope', 'users'), await create('--scope', 'users', '--scope', 'groups', '--scope', 'read-only')];
      expect(await statuses(users)).to.deep.equal({ users: 200, groups: 403, write: 201, writeGroup: 403 });
      expect(await statuses(reader)).to.deep.equal({ users: 200, groups: 200, write: 403, writeGroup: 403 });
      await revoke(users);
      await revoke(reader);
    });

    it('end when they expire, and then leave room for the next', async () => {
      const orgId = (await hub.ask('GET', '/organizations/acme')).id;
      const [token, other] = [await create('--expires', '1h'), await create()];
      expect(await statuses(token)).to.deep.equal(everything);
      await hub.database.withOrganization({ orgId, actor: 'test' }, (tx) => tx.sql(`update scim_token set expires_at = now() where expires_at is not null and revoked_at is null`));
      expect(await statuses(token)).to.deep.equal(nothing);
      await revoke(await create());
      await revoke(other);
    });

    it('tell when they were last used', async () => {
      await hub.runJob('last-used');
      const before = Date.now();
      const token = await create();
      await statuses(token);
      await hub.runJob('last-used');
      const { items } = await hub.ask('GET', '/organizations/acme/scim-tokens');
      const { lastUsedAt } = items.find(({ live }: { live: boolean }) => live);
      expect(Date.parse(lastUsedAt)).to.be.at.least(before - 1);
      await revoke(token);
    });

    it('are no secret of the hub: none of them stands in its log or its trail', async () => {
      const trail = JSON.stringify((await hub.ask('GET', '/audit?organization=acme&limit=200')).items);
      expect(made.filter((token) => trail.includes(token) || JSON.stringify(hub.logged).includes(token))).to.deep.equal([]);
    });
  });

  describe('access tokens of an application (client credentials)', () => {
    let clientId: string;
    let config: client.Configuration;
    before(async () => {
      ({ id: clientId, config } = await register('--scim-connection', 'okta'));
    });

    it('push in place of a SCIM token, and the trail names the application', async () => {
      const answer = await client.clientCredentialsGrant(config, { scope: 'scim' });
      expect(answer).to.include({ token_type: 'bearer', scope: 'scim' });
      const scim = hub.scim(answer.access_token);
      const { id } = await scim.ask('POST', '/Users', newUser('pushed-by-application'));
      expect((await scim.ask('GET', `/Users/${id}`)).userName).to.equal('pushed-by-application');
      const { items } = await hub.ask('GET', `/audit?organization=acme&actor=application:${clientId}`);
      expect(items.length).to.be.greaterThan(0);
      expect(await statuses(await tokenOf(config, { scope: 'scim', resource: `${hub.url}/scim/v2` }))).to.deep.equal(everything);
    });

    it('need the scope', async () => {
      expect(await statuses(await tokenOf(config, {}))).to.deep.equal(nothing);
    });

    it('cover what the application was registered for and nothing else', async () => {
      const reader = await register('--scim-connection', 'okta', '--scim-scope', 'users', '--scim-scope', 'read-only');
      expect(await statuses(await tokenOf(reader.config))).to.deep.equal({ users: 200, groups: 403, write: 403, writeGroup: 403 });
    });

    it('of an application that is bound to no connection open nothing', async () => {
      const stranger = await register();
      expect(await statuses(await tokenOf(stranger.config))).to.deep.equal(nothing);
      const refused = await tokenOf(stranger.config, { scope: 'scim', resource: `${hub.url}/scim/v2` }).catch((error: unknown) => error);
      expect(refused).to.have.property('error', 'invalid_target');
    });

    it('end at once when they are revoked, expire, or their application is disabled', async () => {
      const [revoked, expired, disabled] = [await tokenOf(config), await tokenOf(config), await tokenOf(config)];
      expect(await statuses(revoked)).to.deep.equal(everything);
      await client.tokenRevocation(config, revoked);
      expect(await statuses(revoked)).to.deep.equal(nothing);
      await hub.database.provider.batch([{ name: '', text: `update oidc.artifact set expires_at = now() where kind = 'ClientCredentials' and id_hash = sha256($1::text::bytea)`, values: [expired] }]);
      expect(await statuses(expired)).to.deep.equal(nothing);
      expect(await statuses(disabled)).to.deep.equal(everything);
      expect((await hub.cli('application', 'set', clientId, '--organization', 'acme', '--disable')).code).to.equal(0);
      expect(await statuses(disabled)).to.deep.equal(nothing);
      expect((await hub.cli('application', 'set', clientId, '--organization', 'acme', '--enable')).code).to.equal(0);
      expect(await statuses(disabled)).to.deep.equal(nothing);
      expect(await statuses(await tokenOf(config))).to.deep.equal(everything);
    });

    it('are only for applications of an organization, with a connection of that organization', async () => {
      const metadata = { grant_types: ['client_credentials'], scim_connection: 'okta' };
      const refusals = [
        await hub.admin('POST', '/applications', { name: 'Feed', metadata }),
        await hub.admin('POST', '/applications', { name: 'Feed', organization: 'default', metadata }),
        await hub.admin('POST', '/applications', { name: 'Feed', organization: 'acme', metadata: { ...metadata, grant_types: ['authorization_code'], redirect_uris: ['https://app.example/'] } }),
      ];
      expect(refusals.map(({ status, body }) => [status, body.code])).to.deep.equal([[400, 'admin.scim_application_place'], [404, 'admin.unknown'], [400, 'admin.application_invalid']]);
    });
  });
});
