import { expect } from 'chai';
import * as fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { AcceptedAssertionStore, decideEntry, domainOf, endSessionProofs, PendingStore, readIdentifier, SessionProofStore, type OrganizationFacts } from '#hub/domain/sessions/index.js';
import { organizationContext } from '#hub/database/index.js';
import { MasterKeys } from '#hub/platform/master-keys.js';
import { codeOf } from '../../support/domain-error.ts';
import { freshDatabase, type FreshDatabase } from '../../support/database.ts';
import { People } from '../../support/people.ts';

const organization = (orgId: string, acceptedConnections: string[] = [], status: 'active' | 'suspended' = 'active'): OrganizationFacts => ({ orgId, slug: orgId, name: orgId, status, acceptedConnections });

describe('entry into an organization', () => {
  const [a, b] = [organization('a'), organization('b', ['partner'])];
  const ask = { accountId: 'me', wanted: undefined, current: undefined, memberships: [a, b], proofs: [{ orgId: 'a', accountId: 'me', connectionId: 'own' }] };

  it('is asked of the person when several are open', () => {
    expect(decideEntry(ask)).to.deep.equal({ kind: 'choose', organizations: [a, b] });
    expect(decideEntry({ ...ask, memberships: [a] })).to.deep.equal({ kind: 'enter', organization: a, proof: ask.proofs[0] });
  });

  it('stays where the application was used before', () => {
    expect(decideEntry({ ...ask, current: 'a' })).to.deep.equal({ kind: 'enter', organization: a, proof: ask.proofs[0] });
    expect(decideEntry({ ...ask, current: 'gone' }).kind).to.equal('choose');
  });

  it('needs a proof that counts there', () => {
    expect(decideEntry({ ...ask, wanted: b })).to.deep.equal({ kind: 'prove', organization: b });
    expect(decideEntry({ ...ask, wanted: b, proofs: [{ orgId: 'a', accountId: 'me', connectionId: 'partner' }] }).kind).to.equal('enter');
    expect(decideEntry({ ...ask, wanted: a, proofs: [{ orgId: 'a', accountId: 'somebody else', connectionId: 'own' }] }).kind).to.equal('prove');
    expect(decideEntry({ ...ask, wanted: a, proofs: [{ orgId: 'b', accountId: 'me', connectionId: null }] }).kind).to.equal('prove');
    expect(decideEntry({ ...ask, wanted: organization('a', ['password']), memberships: [organization('a', ['password'])], proofs: [{ orgId: 'b', accountId: 'me', connectionId: null }] }).kind).to.equal('enter');
  });

  it('is never into a suspended organization or one without membership', () => {
    const names = fc.constantFrom('a', 'b', 'c', 'd');
    const facts = fc.record({ orgId: names, accepted: fc.subarray(['c1', 'password']), status: fc.constantFrom<'active' | 'suspended'>('active', 'suspended') }).map(({ orgId, accepted, status }) => organization(orgId, accepted, status));
    const proofs = fc.array(fc.record({ orgId: names, accountId: fc.constantFrom('me', 'other'), connectionId: fc.constantFrom('c1', 'c2', null) }));
    fc.assert(
      fc.property(fc.uniqueArray(facts, { selector: ({ orgId }) => orgId }), fc.option(facts, { nil: undefined }), fc.option(names, { nil: undefined }), proofs, (memberships, wanted, current, proved) => {
        const entry = decideEntry({ accountId: 'me', wanted, current, memberships, proofs: proved });
        if (entry.kind !== 'enter') return;
        expect(memberships).to.include(entry.organization);
        expect(entry.organization.status).to.equal('active');
        if (wanted !== undefined) expect(entry.organization.orgId).to.equal(wanted.orgId);
        expect(proved.some((proof) => proof.accountId === 'me' && (proof.orgId === entry.organization.orgId || entry.organization.acceptedConnections.includes(proof.connectionId ?? 'password')))).to.equal(true);
      }),
    );
  });
});

describe('what a person types as their name', () => {
  it('is trimmed, and refused when it cannot be anybody', () => {
    expect(readIdentifier('  ada ')).to.equal('ada');
    for (const value of ['', '  ', 'a\0b', '\uD800', 'x'.repeat(321), undefined, 7, ['a']]) expect(readIdentifier(value)).to.equal(undefined);
  });

  it('has a domain when it is an address', () => {
    expect(domainOf('Ada@A.Example')).to.equal('a.example');
    expect(domainOf('ada@Bücher.example')).to.equal('xn--bcher-kva.example');
    expect(domainOf('"a@b"@c.example')).to.equal('c.example');
    for (const value of ['ada', '@a.example', 'ada@', 'ada@exa mple', 'ada@localhost', 'ada@[192.0.2.1]']) expect(domainOf(value), value).to.equal(undefined);
  });
});

describe('what is remembered of sign-ins', () => {
  let fresh: FreshDatabase;
  let people: People;
  before(async () => {
    fresh = await freshDatabase();
    people = new People(fresh.database);
  });
  after(() => fresh.drop());

  it('a pending one is sealed, and taken once, in time, by its key', async () => {
    const store = new PendingStore(fresh.database, new MasterKeys(randomBytes(32).toString('base64')));
    await store.put('key', { verifier: 'very secret' }, 60);
    const [rows] = await fresh.database.batch([{ name: 'test.pending', text: 'select p::text as text from pending_sign_in p', values: [] }]);
    expect(JSON.stringify(rows)).not.to.match(/very secret|key"/);
    expect(await store.take('another')).to.equal(undefined);
    const taken = await Promise.all([store.take('key'), store.take('key')]);
    expect(taken.filter((value) => value !== undefined)).to.deep.equal([{ verifier: 'very secret' }]);
    await store.put('late', {}, -1);
    expect(await store.take('late')).to.equal(undefined);
  });

  it('an assertion is accepted once', async () => {
    const org = await people.organization('replay');
    const connectionId = await people.connection(org, 'idp');
    const store = new AcceptedAssertionStore(fresh.database);
    const assertion = { orgId: org, connectionId, key: 'id-1', expiresAt: Date.now() + 60_000 };
    const outcomes = await Promise.all([codeOf(store.accept(assertion)), codeOf(store.accept(assertion))]);
    expect(outcomes.toSorted()).to.deep.equal(['no error', 'sessions.assertion_replayed']);
    expect(await codeOf(store.accept({ ...assertion, key: 'id-2' }))).to.equal('no error');
  });

  it('proofs are found per organization, until they expire or are ended, and swept then', async () => {
    const [a, b] = [await people.organization('proof-a'), await people.organization('proof-b')];
    const account = await people.account(a);
    const store = new SessionProofStore(fresh.database);
    const proof = { orgId: a, accountId: account, connectionId: null, method: 'password', expiresAt: Date.now() + 60_000 };
    await store.record('session', proof);
    await store.record('session', proof);
    expect(await store.find('session', [b, a])).to.deep.equal([{ orgId: a, accountId: account, connectionId: null }]);
    expect(await store.find('session', [b])).to.deep.equal([]);
    expect(await store.find('another', [a, b])).to.deep.equal([]);
    await store.record('old', { ...proof, orgId: b, expiresAt: Date.now() - 1 });
    expect(await store.find('old', [b])).to.deep.equal([]);
    await new PendingStore(fresh.database, new MasterKeys(randomBytes(32).toString('base64'))).sweep();
    const left = await fresh.database.withOrganization({ orgId: b, actor: 'test' }, (tx) => tx.sql('select 1 from session_proof'));
    expect(left).to.deep.equal([]);
    expect(await store.find('session', [a])).to.have.length(1);
    await fresh.database.batch([organizationContext({ orgId: b, actor: 'test' }), endSessionProofs(account)]);
    expect(await store.find('session', [a])).to.have.length(1);
    await fresh.database.batch([organizationContext({ orgId: a, actor: 'test' }), endSessionProofs(account)]);
    expect(await store.find('session', [a])).to.deep.equal([]);
  });
});
