import { expect } from 'chai';
import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import * as client from 'openid-client';
import { startHub } from '#hub/app.js';
import { systemClock } from '#hub/platform/clock.js';
import { loadConfig } from '#hub/platform/config.js';
import { createLog } from '#hub/platform/log.js';
import { runCli } from '../support/cli.ts';
import { freshDatabase, scratchDirectory, type FreshDatabase } from '../support/database.ts';

const SECRETS = [1, 2].map(() => randomBytes(32).toString('base64')) as [string, string];

interface Started {
  readonly url: string;
  readonly operator: string;
  cli(...args: string[]): Promise<string>;
  stop(): Promise<void>;
}

const kids = async (url: string): Promise<string[]> => ((await (await fetch(`${url}/oidc/jwks`)).json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);

describe('the master secret', function rotation() {
  this.timeout(30_000);
  let fresh: FreshDatabase;
  const dataDir = scratchDirectory('secret-rotation');
  before(async () => {
    fresh = await freshDatabase();
  });
  after(async () => {
    await fresh.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  async function start(secret: string, previous?: string): Promise<Started> {
    const variables = { DATABASE_URL: fresh.url, DATABASE_OWNER_URL: fresh.ownerUrl, DATABASE_POOL_SIZE: '2', DATA_DIR: dataDir, PORT: '0', GATEHOUSE_SECRET: secret };
    const config = loadConfig({ ...variables, ...(previous !== undefined && { GATEHOUSE_PREVIOUS_SECRETS: previous }) });
    const hub = await startHub({ config, log: createLog({ level: 'silent', format: 'json', clock: systemClock }) });
    const operator = readFileSync(hub.adminTokenFile, 'utf8').trim();
    return {
      url: hub.publicUrl,
      operator,
      async cli(...args) {
        const { code, stdout, stderr } = await runCli(args, { GATEHOUSE_URL: hub.publicUrl, GATEHOUSE_TOKEN: operator });
        expect(code, stderr).to.equal(0);
        return stdout;
      },
      stop: () => hub.stop(),
    };
  }

  it('is exchanged without losing what it sealed: previous and present side by side, sealed anew, then the present one alone', async () => {
    const [old, present] = SECRETS;
    const first = await start(old);
    const application = JSON.parse(await first.cli('application', 'create', '--name', 'Robot', '--organization', 'default', '--grant', 'client_credentials')) as Record<string, string>;
    const everywhere = JSON.parse(await first.cli('application', 'create', '--name', 'Everywhere', '--grant', 'client_credentials')) as Record<string, string>;
    const settings = { issuer: 'https://idp.example', clientId: 'hub', clientSecret: 'upstream-secret' };
    const made = await fetch(`${first.url}/v1/admin/organizations/default/connections`, {
      method: 'POST',
      headers: { authorization: `Bearer ${first.operator}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'upstream', protocol: 'oidc', settings }),
    });
    expect(made.status, await made.text()).to.equal(201);
    const signedBy = await kids(first.url);
    await first.stop();

    const both = await start(present, old);
    expect(await both.cli('key', 'reseal')).to.match(/^sealed anew: 1 connections, 2 applications, 2 signing keys/);
    expect(await both.cli('key', 'reseal'), 'again').to.match(/^sealed anew: 0 connections, 0 applications, 0 signing keys/);
    await both.stop();

    const alone = await start(present);
    expect(await kids(alone.url)).to.deep.equal(signedBy);
    for (const { client_id: id = '', client_secret: secret = '' } of [application, everywhere]) {
      const config = await client.discovery(new URL(`${alone.url}/oidc`), id, undefined, client.ClientSecretBasic(secret), { execute: [client.allowInsecureRequests] });
      expect((await client.clientCredentialsGrant(config)).access_token).to.be.a('string');
    }
    expect(await alone.cli('connection', 'list', '--organization', 'default')).to.include('upstream');
    await alone.stop();
  });
});
