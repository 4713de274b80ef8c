import { expect } from 'chai';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { QUIRKS, type Vendor } from '#hub/endpoints/scim/dialects.js';
import { startScimServer, type ScimServer, type ScimTenant } from '../support/scim-server.ts';

/**
 * What identity providers send, one file for each short sequence. Expected bodies are subsets: what they name must be
 * there, null means that it must not be, lists must have the same length and match in any order. `{{name}}` stands for
 * what an earlier answer was captured under, `<id>` for any id.
 */
interface Exchange {
  readonly about: string;
  /** What of `dialects.ts` the exchange needs; without any, it is plain RFC. */
  readonly quirks: readonly (keyof typeof QUIRKS)[];
  readonly steps: readonly {
    readonly request: { readonly method: string; readonly path: string; readonly body?: unknown };
    readonly response: { readonly status: number; readonly body?: unknown };
    /** Name → path into the answer. */
    readonly capture?: Readonly<Record<string, string>>;
  }[];
  /** What must be true when all is done. */
  readonly afterwards: readonly { readonly get: string; readonly body: unknown }[];
}

const root = join(import.meta.dirname, '../../../test/idp');
const VENDORS: Readonly<Record<string, Vendor>> = { okta: 'okta', entra: 'entra', 'entra-aadoptscim062020': 'entra', onelogin: 'onelogin', google: 'google', jumpcloud: 'jumpcloud', ping: 'ping' };
const exchangesOf = (folder: string): readonly (readonly [string, Exchange])[] =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.json'))
    .map((name) => [name.slice(0, -5), JSON.parse(readFileSync(join(root, folder, name), 'utf8')) as Exchange]);

type Names = ReadonlyMap<string, string>;

/** The same value with captured names filled in. */
function filled<T>(value: T, names: Names): T {
  const text = JSON.stringify(value ?? null).replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => JSON.stringify(names.get(name) ?? `nothing was captured as ${name}`).slice(1, -1));
  return JSON.parse(text) as T;
}

function matches(actual: unknown, wanted: unknown): boolean {
  if (wanted === null) return actual === undefined;
  if (wanted === '<id>') return typeof actual === 'string' && /^[0-9a-f-]{36}$/.test(actual);
  if (Array.isArray(wanted)) return Array.isArray(actual) && actual.length === wanted.length && wanted.every((one) => actual.some((candidate) => matches(candidate, one)));
  if (typeof wanted !== 'object') return actual === wanted;
  return typeof actual === 'object' && actual !== null && Object.entries(wanted).every(([name, part]) => matches((actual as Record<string, unknown>)[name], part));
}

const expectMatch = (actual: unknown, wanted: unknown, where: string): void => {
  if (!matches(actual, wanted)) expect(actual, where).to.deep.equal(wanted);
};

const at = (body: unknown, path: string): string => String(path.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], body));

async function play(tenant: ScimTenant, { steps, afterwards }: Exchange): Promise<void> {
  const names = new Map<string, string>();
  for (const [index, step] of steps.entries()) {
    const { method, path, body } = filled(step.request, names);
    const reply = await tenant.call(method, path, body);
    const where = `step ${index + 1}: ${method} ${path}`;
    expect(reply.status, `${where} was answered with ${reply.text}`).to.equal(step.response.status);
    if (step.response.body !== undefined) expectMatch(reply.body, filled(step.response.body, names), where);
    for (const [name, from] of Object.entries(step.capture ?? {})) names.set(name, at(reply.body, from));
  }
  for (const { get, body } of afterwards) {
    const path = filled(get, names);
    expectMatch((await tenant.call('GET', path)).body, filled(body, names), `afterwards GET ${path}`);
  }
}

describe('recorded exchanges', () => {
  let hub: ScimServer;
  before(async () => {
    hub = await startScimServer();
  });
  after(() => hub.close());
  afterEach(() => expect(hub.defects).to.deep.equal([]));

  for (const [folder, vendor] of Object.entries(VENDORS)) {
    describe(`of ${folder}`, () => {
      for (const [name, exchange] of exchangesOf(folder)) {
        it(`${name}: ${exchange.about}`, async () => play(await hub.tenant(`${folder}-${name}`, vendor), exchange));
      }

      it('need only quirks that the vendor is known for', () => {
        for (const [name, { quirks }] of exchangesOf(folder)) for (const quirk of quirks) expect(QUIRKS[quirk].vendors, `${name}: ${quirk}`).to.include(vendor);
      });
    });
  }

  it('show every quirk, for every vendor that is known for it', () => {
    const shown = new Set(Object.entries(VENDORS).flatMap(([folder, vendor]) => exchangesOf(folder).flatMap(([, { quirks }]) => quirks.map((quirk) => `${vendor} ${quirk}`))));
    const known = Object.entries(QUIRKS).flatMap(([quirk, { vendors }]) => vendors.map((vendor) => `${vendor} ${quirk}`));
    expect(known.filter((one) => !shown.has(one))).to.deep.equal([]);
  });
});
