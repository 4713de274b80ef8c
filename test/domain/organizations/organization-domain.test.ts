import { expect } from 'chai';
import { isProved, OrganizationDomainStore, OrganizationFinder, proofRecord, type OrganizationDomain } from '#hub/domain/organizations/index.js';
import { freshDatabase, type FreshDatabase } from '../../support/database.ts';
import { codeOf } from '../../support/domain-error.ts';
import { People } from '../../support/people.ts';

describe('the domain of an organization', () => {
  let fresh: FreshDatabase;
  let store: OrganizationDomainStore;
  let finder: OrganizationFinder;
  const orgs: Record<string, { orgId: string; connectionId: string }> = {};
  const orgOf = (slug: string): { orgId: string; connectionId: string } => orgs[slug] ?? { orgId: '', connectionId: '' };

  const claim = (slug: string, domain: string): Promise<OrganizationDomain> => {
    const { orgId, connectionId } = orgOf(slug);
    return fresh.database.withOrganization({ orgId, actor: 'test' }, (tx) => store.claim(tx, orgId, domain, connectionId));
  };
  const verify = (claimed: OrganizationDomain): ReturnType<OrganizationDomainStore['markVerified']> =>
    fresh.database.withOrganization({ orgId: claimed.orgId, actor: 'test' }, (tx) => store.markVerified(tx, claimed, 'dns'));
  const remove = ({ orgId, domain }: OrganizationDomain): Promise<OrganizationDomain | undefined> =>
    fresh.database.withOrganization({ orgId, actor: 'test' }, (tx) => store.remove(tx, orgId, domain));

  before(async () => {
    fresh = await freshDatabase();
    store = new OrganizationDomainStore(fresh.database);
    finder = new OrganizationFinder(fresh.database);
    const people = new People(fresh.database);
    for (const slug of ['acme', 'globex']) {
      const orgId = await people.organization(slug);
      orgs[slug] = { orgId, connectionId: await people.connection(orgId, 'okta') };
    }
  });
  after(() => fresh.drop());

  it('leads to its connection once it is proved, and not before or after', async () => {
    const claimed = await claim('acme', 'Routes.Example');
    expect(claimed).to.include({ domain: 'routes.example', verifiedAt: null });
    expect(await finder.forDomain('routes.example')).to.equal(undefined);
    expect(await verify(claimed)).to.include({ changed: true });
    expect(await finder.forDomain('routes.example')).to.deep.include({ connectionId: orgOf('acme').connectionId });
    expect(await verify(claimed)).to.include({ changed: false });
    await remove(claimed);
    expect(await finder.forDomain('routes.example')).to.equal(undefined);
  });

  it('may be claimed by several organizations and proved by one, also when they prove it at once', async () => {
    const claims = await Promise.all([claim('acme', 'both.example'), claim('globex', 'both.example')]);
    expect(new Set(claims.map(({ token }) => token)).size).to.equal(2);
    const outcomes = await Promise.all(claims.map((one) => verify(one).catch((error: unknown) => error)));
    expect(outcomes.filter((one) => !(one instanceof Error))).to.have.length(1);
    expect(outcomes.find((one) => one instanceof Error)).to.include({ kind: 'conflict', code: 'organizations.domain_taken' });
    expect((await store.list(orgOf('globex').orgId)).map(({ domain }) => domain)).to.deep.equal(['both.example']);
  });

  it('is claimed once in an organization', async () => {
    await claim('acme', 'bücher.example');
    expect(await codeOf(claim('acme', 'xn--bcher-kva.example'))).to.equal('organizations.domain_claimed');
  });

  it('is proved by the token of this very claim, not by that of one that was removed', async () => {
    const first = await claim('acme', 'again.example');
    await remove(first);
    const second = await claim('acme', 'again.example');
    expect(second.token).not.to.equal(first.token);
    expect(await verify(first)).to.equal(undefined);
    expect(isProved(proofRecord(second), [proofRecord(first).value])).to.equal(false);
    expect(isProved(proofRecord(second), ['v=spf1 -all', proofRecord(second).value])).to.equal(true);
  });

  it('leaves room for the name of its proof', async () => {
    const long = `${'a'.repeat(60)}.`.repeat(4);
    expect((await claim('acme', `${long.slice(0, 234)}.example`)).domain).to.have.length(242);
    expect(await codeOf(claim('acme', `${long.slice(0, 235)}.example`))).to.equal('organizations.domain_invalid');
  });
});
