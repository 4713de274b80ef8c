import { expect } from 'chai';
import type { OrganizationSchema } from '#hub/domain/directory/index.js';
import { Vocabularies } from '#hub/endpoints/scim/vocabularies.js';
import type { SchemaRegistry } from '#hub/endpoints/scim/schema-registry.js';
import { DomainError } from '#hub/platform/errors.js';
import { plant } from '../../support/plant-extension.ts';
import { USER, registry } from './samples.js';

const [ACME, GLOBEX, STRANGER] = ['acme-id', 'globex-id', 'nobody'];
const schema = (definition: object): OrganizationSchema => ({ id: plant.id, resourceType: 'User', definition: definition as OrganizationSchema['definition'], createdAt: new Date(0), updatedAt: new Date(0) });
const hash = (token: string): Buffer => Buffer.from(token);
const opening = (orgId: string) => (): { name: string; text: string; values: unknown[] } => ({ name: 'open', text: '', values: [orgId] });

/** Vocabularies over plain values, counting what they ask. */
function world() {
  const state = { generations: new Map<string, string>(), definitions: new Map<string, OrganizationSchema[]>(), asked: { organizations: 0, definitions: 0 }, unusable: [] as string[], settled: [] as string[] };
  const vocabularies = new Vocabularies({
    base: registry,
    schemas: {
      generations: () => Promise.resolve(new Map(state.generations)),
      list: (orgId) => {
        state.asked.definitions += 1;
        return Promise.resolve(state.definitions.get(orgId) ?? []);
      },
    },
    reader: {
      organizationOf: ({ values }) => {
        state.asked.organizations += 1;
        return values[0] === STRANGER ? Promise.reject(new DomainError('unauthenticated', 'credentials.scim_token_invalid', 'No.')) : Promise.resolve(String(values[0]));
      },
    },
    settle: async (orgId) => {
      state.settled.push(orgId);
      await new Promise((resolve) => setImmediate(resolve));
    },
    onUnusable: (error) => state.unusable.push(error.code),
  });
  const of = async (orgId: string, token = orgId): Promise<SchemaRegistry> => vocabularies.registryFor(hash(token), opening(orgId));
  const declare = async (orgId: string, generation: string, ...definitions: object[]): Promise<void> => {
    state.generations.set(orgId, generation);
    state.definitions.set(orgId, definitions.map(schema));
    await vocabularies.refresh();
  };
  return { state, vocabularies, of, declare };
}

describe('vocabularies of organizations', () => {
  it('ask nothing and wait for nothing while no organization has schemas', async () => {
    const { state, vocabularies } = world();
    await vocabularies.refresh();
    expect(vocabularies.registryFor(hash('any'), opening(ACME))).to.equal(registry);
    expect(state.asked).to.deep.equal({ organizations: 0, definitions: 0 });
  });

  it('give an organization its own schemas and every other one the same as ever', async () => {
    const { of, declare } = world();
    await declare(ACME, 'one', plant);
    const own = await of(ACME);
    expect(own.user.extensions.has(plant.id.toLowerCase())).to.equal(true);
    expect(own.group, 'what is not extended stays the same object').to.equal(registry.group);
    expect(await of(GLOBEX)).to.equal(registry);
  });

  it('ask for a token once and for definitions once a change', async () => {
    const { state, of, declare } = world();
    await declare(ACME, 'one', plant);
    const first = await of(ACME);
    expect(await Promise.all([of(ACME), of(ACME), of(ACME, 'second token')])).to.deep.equal([first, first, first]);
    expect(state.asked).to.deep.equal({ organizations: 2, definitions: 1 });
    await declare(ACME, 'two', { ...plant, attributes: [{ name: 'other', type: 'string' }] });
    expect((await of(ACME)).user.paths.has(`${plant.id}:other`.toLowerCase())).to.equal(true);
    expect(state.asked.definitions).to.equal(2);
    state.generations.clear();
    await declare(GLOBEX, 'one', plant);
    expect(await of(ACME)).to.equal(registry);
  });

  it('are learned anew by a writer that did not know what is unique, once for many who come at once', async () => {
    const { state, vocabularies, of } = world();
    expect(await of(ACME)).to.equal(registry);
    state.generations.set(ACME, 'one');
    state.definitions.set(ACME, [schema(plant)]);
    const anew = (): Promise<SchemaRegistry> => vocabularies.registryAnew(hash('token'), opening(ACME));
    const learned = await Promise.all([anew(), anew(), anew()]);
    expect(new Set(learned).size).to.equal(1);
    expect(learned[0]?.user.extensions.has(plant.id.toLowerCase())).to.equal(true);
    expect(state.settled).to.deep.equal([ACME]);
    await anew();
    expect(state.settled).to.deep.equal([ACME, ACME]);
  });

  it('know no words for a token that is not valid, and remember nothing of it', async () => {
    const { state, of, declare } = world();
    await declare(ACME, 'one', plant);
    for (const times of [1, 2]) {
      expect(await of(STRANGER).catch((error: unknown) => error)).to.be.instanceOf(DomainError).and.to.have.property('kind', 'unauthenticated');
      expect(state.asked.organizations).to.equal(times);
    }
  });

  it('are remembered for a bounded number of organizations, those asked for last', async () => {
    const { state, of, declare } = world();
    const all = Array.from({ length: 201 }, (_, index) => `org-${index}`);
    for (const orgId of all) state.generations.set(orgId, 'one');
    await declare('org-0', 'one', plant);
    for (const orgId of [...all.slice(0, 200), 'org-0', 'org-200', 'org-0']) await of(orgId);
    expect(state.asked.definitions).to.equal(201);
    await of('org-1');
    expect(state.asked.definitions).to.equal(202);
  });

  it('leave out what has come to stand against the installation, tell of it, and serve the rest', async () => {
    const { state, of, declare } = world();
    await declare(ACME, 'one', { ...plant, id: USER }, plant, { broken: true });
    expect((await of(ACME)).user.extensions.has(plant.id.toLowerCase())).to.equal(true);
    expect(state.unusable).to.deep.equal(['scim.extension_invalid', 'scim.schema_invalid']);
    await declare(ACME, 'two', { ...plant, id: USER });
    expect(await of(ACME)).to.equal(registry);
  });

  it('do not go back to an older answer that arrives late, and try again what failed', async () => {
    let answer: ((generations: Map<string, string>) => void) | undefined;
    let failing = true;
    const late = new Promise<Map<string, string>>((resolve) => (answer = resolve));
    const answers = [late, Promise.resolve(new Map([[ACME, 'one']]))];
    const vocabularies = new Vocabularies({
      base: registry,
      schemas: { generations: () => answers.shift() ?? late, list: () => (failing ? Promise.reject(new Error('lost')) : Promise.resolve([schema(plant)])) },
      reader: { organizationOf: () => Promise.resolve(ACME) },
      onUnusable: () => undefined,
    });
    const [older, newer] = [vocabularies.refresh(), vocabularies.refresh()];
    await newer;
    answer?.(new Map());
    await older;
    const asked = async (): Promise<unknown> => vocabularies.registryFor(hash('token'), opening(ACME));
    expect(await asked().catch((error: Error) => error.message)).to.equal('lost');
    failing = false;
    expect(((await asked()) as SchemaRegistry).user.extensions.size).to.equal(registry.user.extensions.size + 1);
  });
});
