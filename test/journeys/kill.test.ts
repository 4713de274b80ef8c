import { expect } from 'chai';
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { exists } from '#hub/database/process-identity.js';
import { scratchDirectory } from '../support/database.ts';
import { failedStart, mayRun, spawnHub, type HubProcess } from '../support/hub-process.ts';
import { ScimClient } from '../support/scim-client.ts';

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';

/** What one client was told has been written; whatever was on its way when the hub died may or may not be there. */
class Writer {
  readonly created = new Map<string, { userName: string; displayName: string }>();
  /** Last acknowledged place in the group. */
  readonly inside = new Map<string, boolean>();
  /** Asked for and not acknowledged. */
  readonly open = new Set<string>();
  readonly #scim: ScimClient;
  readonly #name: string;
  readonly #group: string;

  constructor(scim: ScimClient, name: string, group: string) {
    this.#scim = scim;
    this.#name = name;
    this.#group = group;
  }

  /** Creates, renames, joins, leaves, until the hub is gone. */
  async run(): Promise<void> {
    for (let turn = 0; ; turn += 1) {
      const userName = `${this.#name}-${turn}`;
      const { status, body } = await this.#scim.send('POST', '/Users', { schemas: [USER], userName, displayName: 'first' });
      if (status !== 201) throw new Error(`creating was answered with ${status}`);
      const id: string = body.id;
      this.created.set(id, { userName, displayName: 'first' });
      this.open.add(id);
      await this.#scim.patch(`/Users/${id}`, { op: 'replace', path: 'displayName', value: 'second' });
      this.created.set(id, { userName, displayName: 'second' });
      await this.#scim.patch(`/Groups/${this.#group}`, { op: 'add', path: 'members', value: [{ value: id }] });
      this.inside.set(id, true);
      if (turn % 3 === 0) {
        await this.#scim.patch(`/Groups/${this.#group}`, { op: 'remove', path: `members[value eq "${id}"]` });
        this.inside.set(id, false);
      }
      this.open.delete(id);
    }
  }
}

async function admin(hub: HubProcess, method: string, path: string, body?: unknown): Promise<unknown> {
  const headers = { authorization: `Bearer ${hub.token}`, 'content-type': 'application/json' };
  const response = await fetch(`${hub.url}/v1/admin${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return response.json();
}

describe('a hub with its own database', function kill() {
  this.timeout(60_000);
  const directory = scratchDirectory('kill');
  const settings = { DATA_DIR: directory, OIDC_GROUP_ROLE_MAP: 'Everyone=employee' };
  const postmaster = (): number => Number(readFileSync(join(directory, 'pg', 'postmaster.pid'), 'utf8').split('\n')[0]);
  let hub: HubProcess;
  let token: string;
  let group: string;

  before(async () => {
    hub = await spawnHub(settings, ['--no-such-option', 'nor-argument']);
    ({ token } = (await admin(hub, 'POST', '/organizations/default/scim-tokens', {})) as { token: string });
    const scim = new ScimClient(`${hub.url}/scim/v2`, token);
    group = (await scim.ask('POST', '/Groups', { schemas: [GROUP], displayName: 'Everyone' })).id;
  });
  after(async () => {
    await hub.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  });

  it('refuses a second hub on the same directory and serves on', async () => {
    const { code, stderr } = await failedStart(settings);
    expect(code).to.equal(1);
    expect(stderr).to.match(/^gatehouse: Another hub \(process \d+\) is running on .*\n$/);
    expect((await fetch(`${hub.url}/readyz`)).status).to.equal(200);
  });

  it('has every acknowledged write and role after kill -9, and nothing half-made', async () => {
    const scim = new ScimClient(`${hub.url}/scim/v2`, token);
    const writers = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => new Writer(scim, name, group));
    const runs = writers.map((writer) => writer.run().catch((error: unknown) => error));
    while (writers.reduce((sum, { created }) => sum + created.size, 0) < 40) await pause(5);
    await hub.kill('SIGKILL');
    for (const error of await Promise.all(runs)) expect(error).to.be.instanceOf(TypeError);
    hub = await spawnHub(settings);
    const found = new ScimClient(`${hub.url}/scim/v2`, token);
    const members = new Set(await found.members(group));
    const people = await everybody(found);
    const roles = await rolesOf(hub, [...people.values()].map(({ userName }) => userName));
    for (const { created, inside, open } of writers) {
      for (const [id, { userName, displayName }] of created) {
        const person = people.get(id);
        expect(person, userName).to.include({ userName, active: true });
        if (!open.has(id)) expect(person?.displayName).to.equal(displayName);
        else expect(['first', 'second']).to.include(person?.displayName);
        if (!open.has(id)) expect(members.has(id), userName).to.equal(inside.get(id));
      }
    }
    // Whether acknowledged or not: a member's role stands exactly where the member does.
    for (const [id, { userName }] of people) expect(roles.get(userName) ?? [], userName).to.deep.equal(members.has(id) ? ['employee'] : []);
    for (const id of members) expect(people.has(id), id).to.equal(true);
    expect(roles.size).to.equal(people.size);
  });

  it('ends with 1 and says why when its PostgreSQL is gone, and starts again after', async () => {
    process.kill(postmaster(), 'SIGKILL');
    const { code, stderr } = await hub.ended;
    expect(code).to.equal(1);
    expect(stderr).to.match(/^gatehouse: The embedded PostgreSQL ended .*\n$/);
    hub = await spawnHub(settings);
    expect((await new ScimClient(`${hub.url}/scim/v2`, token).members(group)).length).to.be.greaterThan(0);
  });

  it('stops at once and cleanly on SIGTERM, and leaves no process behind', async () => {
    const server = postmaster();
    const began = performance.now();
    const { code, stderr } = await hub.kill('SIGTERM');
    expect([code, stderr]).to.deep.equal([0, '']);
    expect(performance.now() - began).to.be.below(5_000);
    expect(exists(server)).to.equal(false);
    expect(existsSync(join(directory, 'gatehouse.pid'))).to.equal(false);
  });
});

describe('a hub of an ordinary user', () => {
  const NOBODY = 65_534;

  it('has a database of that user, and leaves no process behind', async function ordinary() {
    this.timeout(60_000);
    if (process.getuid?.() !== 0 || !mayRun(NOBODY)) this.skip();
    const directory = scratchDirectory('ordinary');
    mkdirSync(directory);
    chownSync(directory, NOBODY, NOBODY);
    try {
      const hub = await spawnHub({ DATA_DIR: join(directory, 'data') }, [], NOBODY);
      expect((await fetch(`${hub.url}/readyz`)).status).to.equal(200);
      const server = Number(readFileSync(join(directory, 'data', 'pg', 'postmaster.pid'), 'utf8').split('\n')[0]);
      expect([statSync(`/proc/${server}`).uid, statSync(join(directory, 'data', 'admin-token')).mode & 0o777]).to.deep.equal([NOBODY, 0o600]);
      expect((await hub.kill('SIGTERM')).code).to.equal(0);
      expect(exists(server)).to.equal(false);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});

interface PersonSeen {
  readonly id: string;
  readonly userName: string;
  readonly displayName: string;
  readonly active: boolean;
}

async function everybody(scim: ScimClient): Promise<Map<string, PersonSeen>> {
  const all = new Map<string, PersonSeen>();
  for (let startIndex = 1; ; ) {
    const { Resources = [], totalResults } = (await scim.ask('GET', `/Users?startIndex=${startIndex}&count=200&attributes=userName,displayName,active`)) as { Resources?: PersonSeen[]; totalResults: number };
    for (const person of Resources) all.set(person.id, person);
    startIndex += Resources.length;
    if (Resources.length === 0 || startIndex > totalResults) return all;
  }
}

/** As the administration API tells them: asked for one by one, a few at a time. */
async function rolesOf(hub: HubProcess, userNames: readonly string[]): Promise<Map<string, readonly string[]>> {
  const roles = new Map<string, readonly string[]>();
  const waiting = [...userNames];
  const ask = async (): Promise<void> => {
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      const user = (await admin(hub, 'GET', `/users/${name}?organization=default`)) as { roles: string[] };
      roles.set(name, user.roles);
    }
  };
  await Promise.all([ask(), ask(), ask(), ask()]);
  return roles;
}
