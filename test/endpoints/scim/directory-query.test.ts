import { expect } from 'chai';
import * as fc from 'fast-check';
import type { DirectoryQuery, FoundPage, PageRequest } from '#hub/domain/directory/index.js';
import { compareText, instantOf } from '#hub/endpoints/scim/comparable-value.js';
import { toDirectoryQuery } from '#hub/endpoints/scim/directory-query.js';
import { checkFilter } from '#hub/endpoints/scim/filter-check.js';
import { evaluateFilter } from '#hub/endpoints/scim/filter-evaluate.js';
import { parseFilter } from '#hub/endpoints/scim/filter.js';
import { renderGroup } from '#hub/endpoints/scim/group-resource.js';
import type { JsonObject, JsonValue } from '#hub/endpoints/scim/resource-json.js';
import { attributeAt, type ResourceType } from '#hub/endpoints/scim/resource-type.js';
import { extendRegistry } from '#hub/endpoints/scim/schema-registry.js';
import { compareSortValues, sortValue } from '#hub/endpoints/scim/sort-value.js';
import { TOLERANT } from '#hub/endpoints/scim/dialects.js';
import { renderUser } from '#hub/endpoints/scim/user-resource.js';
import { DirectoryFeed } from '../../support/directory-feed.ts';
import { ENTERPRISE, registry as base } from './samples.js';

const BASE = 'https://hub.example/scim/v2';
const BADGE = 'urn:example:2.0:Badge';
const registry = extendRegistry(base, [
  {
    id: BADGE,
    extends: 'User',
    attributes: [
      { name: 'number', type: 'integer' },
      { name: 'weight', type: 'decimal' },
      { name: 'valid', type: 'dateTime' },
      { name: 'lost', type: 'boolean' },
      { name: 'code', type: 'string', caseExact: true },
      { name: 'doors', type: 'string', multiValued: true },
    ],
  },
]);

const WORDS = ['anna', 'Anna', 'ANNE', 'bo', 'Ünal', 'u\u0308nal', 'ΟΔΟΣ', 'İx', 'a%b', 'a_b', 'a\\b', '\u{1f600}', '\uffee', 'zoë x', 'work', 'anna@example.com', 'ANN@EXAMPLE.com', '', ' ', '\u212aelvin K', 'a\u037e`\u1fef;', 'say "Hi"\t\u001f', '+49 30 1234-5'];
const word = fc.constantFrom(...WORDS);
const INSTANTS = ['2026-02-01', '2026-02-01T08:00:00Z', '2026-02-01T10:00:00.1239+02:00', '2026-02-01T08:00:00.123Z', '2026-02-30T00:00:00Z', '1969-12-31T23:59:59.999Z', 'soon', '2024-02-29T23:59:59-23:59'];
const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const defined = (object: Record<string, JsonValue | undefined>): JsonObject => JSON.parse(JSON.stringify(object)) as JsonObject;

const address = fc.record({ value: word, type: optional(fc.constantFrom('work', 'Home', '')), primary: optional(fc.boolean()) });
const someone = fc
  .record({
    externalId: optional(word),
    name: optional(fc.record({ givenName: optional(word), familyName: optional(word), formatted: optional(word) })),
    displayName: optional(word),
    nickName: optional(word),
    active: optional(fc.boolean()),
    emails: optional(fc.array(address, { maxLength: 3 })),
    [ENTERPRISE]: optional(fc.record({ department: optional(word), manager: optional(fc.record({ value: word })) })),
    [BADGE]: optional(
      fc.record({
        number: optional(fc.constantFrom(0, 1, -5, 10)),
        weight: optional(fc.constantFrom(0.1, 1e21, 2, 1e-7)),
        valid: optional(fc.constantFrom(...INSTANTS)),
        lost: optional(fc.boolean()),
        code: optional(word),
        doors: optional(fc.array(word, { maxLength: 2 })),
      }),
    ),
  })
  .map((record) => defined(record as Record<string, JsonValue | undefined>));

const text = (value: string): string => JSON.stringify(value);
const TEXTS = ['userName', 'id', 'externalId', 'name.givenName', 'name.familyName', 'name.formatted', 'displayName', 'nickName', 'emails', 'emails.type', `${ENTERPRISE}:department`, 'manager', `${BADGE}:code`, `${BADGE}:doors`, 'meta.resourceType', 'meta.version', 'meta.location', 'groups', 'groups.display', 'groups.type', 'groups.$ref', 'schemas'];
const OPERATORS = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'];
const ORDERS = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'];

/** Conditions over users; some values are taken from what there is, so that they match. */
function conditions(known: readonly string[]): fc.Arbitrary<string> {
  const value = fc.oneof(word, fc.constantFrom(...known), fc.constantFrom(...known).map((one) => Array.from(one).slice(0, 4).join('')), fc.constantFrom(...known).map((one) => Array.from(one).slice(-4).join('')));
  const leaf = fc.oneof(
    { weight: 6, arbitrary: fc.tuple(fc.constantFrom(...TEXTS), fc.constantFrom(...OPERATORS), value).map(([path, operator, wanted]) => `${path} ${operator} ${text(wanted)}`) },
    fc.tuple(fc.constantFrom(...TEXTS, 'active', `${BADGE}:number`, 'groups.value'), fc.constantFrom('pr', 'eq null', 'ne null')).map((parts) => parts.join(' ')),
    fc.constantFrom('name pr', 'emails pr', 'meta pr', 'groups pr', 'addresses pr', `${ENTERPRISE}:manager pr`),
    fc.tuple(fc.constantFrom('active', 'emails.primary', `${BADGE}:lost`), fc.constantFrom('eq', 'ne'), fc.boolean()).map((parts) => parts.join(' ')),
    fc.tuple(fc.constantFrom(`${BADGE}:number`, `${BADGE}:weight`), fc.constantFrom(...ORDERS), fc.constantFrom('0', '1', '-5', '1e1', '0.1', '1e21')).map((parts) => parts.join(' ')),
    fc
      .tuple(fc.constantFrom(`${BADGE}:valid`, 'meta.created', 'meta.lastModified'), fc.constantFrom(...ORDERS), fc.constantFrom(...INSTANTS.filter((one) => instantOf(one) !== undefined), '2030-01-01', ...known.filter((one) => instantOf(one) !== undefined)))
      .map(([path, operator, wanted]) => `${path} ${operator} ${text(wanted)}`),
    fc
      .tuple(fc.constantFrom(...OPERATORS), value, fc.constantFrom('eq', 'ne'), fc.constantFrom('work', 'home'), fc.constantFrom('and', 'or'), fc.boolean())
      .map(([operator, wanted, other, type, join, not]) => `emails[${not ? 'not ' : ''}(value ${operator} ${text(wanted)}) ${join} type ${other} ${text(type)}]`),
    fc.tuple(fc.constantFrom(...OPERATORS), value, fc.constantFrom('direct', 'indirect')).map(([operator, wanted, type]) => `groups[display ${operator} ${text(wanted)} and type eq ${text(type)}]`),
    fc.constantFrom('meta[resourceType eq "User" and created gt "2020-01-01"]', `name[givenName eq "anna"]`),
  );
  return combined(leaf);
}

const combined = (leaf: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.letrec<{ all: string }>((tie) => ({
    all: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      leaf,
      fc.array(tie('all'), { minLength: 2, maxLength: 3 }).map((parts) => `(${parts.join(' and ')})`),
      fc.array(tie('all'), { minLength: 2, maxLength: 3 }).map((parts) => `(${parts.join(' or ')})`),
      tie('all').map((part) => `not (${part})`),
    ),
  })).all;

/** Every text that stands somewhere in the resources. */
function textsOf(value: JsonValue): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

const query = (type: ResourceType, filter: string): DirectoryQuery =>
  toDirectoryQuery({ filter: checkFilter(parseFilter(filter), type), sortBy: undefined, descending: false }, type, BASE);

const ids = <T>(page: FoundPage<T>, idOf: (one: T) => string): string[] => page.resources.map(idOf);

describe('directory query', function () {
  this.timeout(20_000);
  let feed: DirectoryFeed;
  let users: JsonObject[];
  let groups: JsonObject[];
  const findUsers = (question: DirectoryQuery, page: PageRequest = { kind: 'offset', offset: 0, limit: 1000 }) => feed.reader.findUsers(feed.open, question, page);
  const findGroups = (question: DirectoryQuery, page: PageRequest = { kind: 'offset', offset: 0, limit: 1000 }) => feed.reader.findGroups(feed.open, question, page, true);

  before(async () => {
    feed = await DirectoryFeed.start();
    const other = await DirectoryFeed.start(feed.fresh);
    const made: string[] = [];
    for (const [index, resource] of fc.sample(someone, { numRuns: 80, seed: 7 }).entries()) {
      const userName = `${WORDS[index % WORDS.length]}${index}`;
      const more = resource['externalId'] === undefined ? {} : { externalId: `${WORDS[index % 7]}x${index}` };
      const whole: JsonObject = { schemas: [base.user.schema], ...resource, ...more, userName };
      made.push(await feed.user(whole));
      if (index % 10 === 0) await other.user(whole);
    }
    const inner = await feed.group('Anna inner', made.slice(0, 30));
    const outer = await feed.group('anna Outer', [inner, ...made.slice(20, 40)], { externalId: 'x1' });
    await feed.group('Ünal', [outer]);
    await feed.group('empty');
    users = (await feed.reader.users(feed.open, { offset: 0, limit: 1000 })).resources.map((user) => JSON.parse(renderUser(user, BASE)) as JsonObject);
    groups = (await feed.reader.groups(feed.open, { offset: 0, limit: 1000 }, true)).resources.map(({ group, members }) => JSON.parse(renderGroup(group, members, BASE)) as JsonObject);
  });
  after(() => feed.fresh.drop());

  async function agrees(type: ResourceType, resources: readonly JsonObject[], filter: string): Promise<void> {
    const resolved = checkFilter(parseFilter(filter), type);
    const expected = resources.filter((resource) => evaluateFilter(resolved, resource)).map((resource) => resource['id'] as string);
    const question = query(type, filter);
    const found = type.name === 'User' ? ids(await findUsers(question), (user) => user.id) : ids(await findGroups(question), ({ group }) => group.id);
    expect(found, filter).to.deep.equal(expected);
  }

  it('finds the users that the filter matches in memory, and no others', async () => {
    const known = [...new Set(users.flatMap(textsOf))].filter((one) => one !== '');
    await fc.assert(
      fc.asyncProperty(conditions(known), (filter) => agrees(registry.user, users, filter)),
      { numRuns: 150, endOnFailure: true },
    );
  });

  it('finds the groups that the filter matches in memory, and no others', async () => {
    const known = [...new Set(groups.flatMap(textsOf))];
    const value = fc.oneof(word, fc.constantFrom(...known));
    const paths = ['displayName', 'id', 'externalId', 'members', 'members.type', 'members.$ref', 'members.display', 'meta.version', 'meta.resourceType'];
    const leaf = fc.oneof(
      fc.tuple(fc.constantFrom(...paths), fc.constantFrom(...OPERATORS.filter((one) => one.length > 0)), value).map(([path, operator, wanted]) => `${path} ${operator} ${text(wanted)}`).filter((filter) => !filter.startsWith('meta.version')),
      fc.tuple(fc.constantFrom(...paths), fc.constantFrom('pr', 'ne null')).map((parts) => parts.join(' ')),
      fc.tuple(value, fc.constantFrom('User', 'Group')).map(([wanted, type]) => `members[value eq ${text(wanted)} and type eq ${text(type)}]`),
      fc.tuple(fc.constantFrom(...ORDERS), fc.constantFrom(...known.filter((one) => instantOf(one) !== undefined))).map(([operator, wanted]) => `meta.lastModified ${operator} ${text(wanted)}`),
    );
    await fc.assert(
      fc.asyncProperty(combined(leaf), (filter) => agrees(registry.group, groups, filter)),
      { numRuns: 100, endOnFailure: true },
    );
  });

  it('puts resources in the order of any attribute, by pages and by walks', async () => {
    const paths = ['userName', 'externalId', 'name.familyName', 'displayName', 'emails', 'active', 'id', 'meta.created', 'meta.version', `${BADGE}:number`, `${BADGE}:valid`, `${BADGE}:doors`, `${ENTERPRISE}:department`];
    for (const path of paths) {
      for (const descending of [false, true]) {
        const sortBy = attributeAt(path, registry.user, TOLERANT);
        const attribute = sortBy?.type === 'complex' ? sortBy.subAttributes.get('value') : sortBy;
        if (!attribute) throw new Error(path);
        const question = toDirectoryQuery({ filter: undefined, sortBy: attribute, descending }, registry.user, BASE);
        const order = (left: JsonObject, right: JsonObject): number =>
          compareSortValues(sortValue(attribute, left), sortValue(attribute, right), descending) || compareText(left['id'] as string, right['id'] as string);
        const expected = users.toSorted(order).map((user) => user['id']);
        const whole = await findUsers(question);
        expect(ids(whole, (user) => user.id), `${path} ${descending}`).to.deep.equal(expected);
        expect(whole.total).to.equal(users.length);
        const walked: string[] = [];
        let page: FoundPage<{ id: string }> = await findUsers(question, { kind: 'after', position: undefined, limit: 7, total: undefined });
        for (;;) {
          walked.push(...ids(page, (user) => user.id));
          if (!page.next) break;
          page = await findUsers(question, { kind: 'after', position: page.next, limit: 7, total: page.total });
        }
        expect(walked, `walk by ${path} ${descending}`).to.deep.equal(expected);
      }
    }
  });

  it('counts what matches on every page, also beyond the last one, and where no page is wanted', async () => {
    const question = query(registry.user, 'userName co "anna"');
    const { total } = await findUsers(question);
    expect(total).to.be.greaterThan(5);
    expect((await findUsers(question, { kind: 'offset', offset: 3, limit: 2 })).total).to.equal(total);
    expect(await findUsers(question, { kind: 'offset', offset: 500, limit: 2 })).to.deep.include({ total, resources: [] });
    expect(await findUsers(question, { kind: 'offset', offset: 0, limit: 0 })).to.deep.include({ total, resources: [], feed: feed.connectionId });
    expect(await findUsers(question, { kind: 'after', position: undefined, limit: 0, total: undefined })).to.deep.include({ total, resources: [], next: undefined });
  });
});
