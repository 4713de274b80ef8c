import { expect } from 'chai';
import { setTimeout as pause } from 'node:timers/promises';
import { startTestHub, type Hub } from './support/hub.ts';
import type { ScimClient } from './support/scim-client.ts';

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';

describe('a hub', function hubs() {
  this.timeout(20_000);
  let hub: Hub;
  before(async () => {
    hub = await startTestHub();
  });

  it('says that it is alive, and that it serves', async () => {
    expect([(await fetch(`${hub.url}/healthz`)).status, (await fetch(`${hub.url}/readyz`)).status]).to.deep.equal([200, 200]);
  });

  it('sweeps what has expired, and is ready for the days to come', async () => {
    await hub.database.provider.batch([
      { name: '', text: `insert into oidc.artifact (kind, id_hash, payload, expires_at) values ('AccessToken', '\\x01', '{}', now() - interval '1 second')`, values: [] },
    ]);
    await hub.database.batch([{ name: '', text: `insert into pending_sign_in (hash, sealed, expires_at) values ('\\x01', '', now() - interval '1 second')`, values: [] }]);
    for (const job of ['artifacts', 'sign-ins', 'partitions', 'memberships', 'directory-counts', 'last-used']) await hub.runJob(job);
    const [left] = await hub.database.provider.batch([{ name: '', text: `select 1 from oidc.artifact where kind = 'AccessToken'`, values: [] }]);
    const [pending] = await hub.database.batch([{ name: '', text: 'select 1 from pending_sign_in', values: [] }]);
    expect([left, pending]).to.deep.equal([[], []]);
  });

  it('lets requests under way finish when it is stopped, and ends soon although clients keep their connections', async () => {
    const { token } = await hub.ask('POST', '/organizations/default/scim-tokens');
    const scim = hub.scim(token);
    const answers: number[] = [];
    const client = async (writer: number): Promise<void> => {
      for (let turn = 0; ; turn += 1) answers.push((await scim.send('POST', '/Users', { schemas: [USER], userName: `u${writer}-${turn}` })).status);
    };
    const clients = [1, 2, 3, 4, 5, 6].map((writer) => client(writer).catch((error: unknown) => error));
    while (answers.length < 12) await pause(20);
    const began = performance.now();
    await hub.stop();
    const took = performance.now() - began;
    expect(await Promise.all(clients)).to.satisfy((ends: unknown[]) => ends.every((end) => end instanceof TypeError));
    expect([...new Set(answers)]).to.deep.equal([201]);
    expect(took).to.be.below(4_000);
  });

  it('gives its port back', async () => {
    const other: ScimClient = hub.scim('none');
    expect(await other.send('GET', '/Users').catch((error: unknown) => error)).to.be.instanceOf(TypeError);
  });
});
